"""What is proposed for a candidate and what the moderator may decide."""

from uuid import UUID

import pytest

from services.triage.domain.decision import (
    DECIDERS,
    CandidateStatus,
    Decided,
    Decision,
    Proposed,
    Tone,
    decide,
    title_of,
)
from services.triage.domain.gazetteer import Gazetteer, Place, PlaceKind
from services.triage.domain.refusals import (
    Fault,
    FieldsMissing,
    NotAllowedNow,
    RoleMissing,
)
from services.triage.domain.routing import Routing, RoutingRule
from services.triage.domain.suggestions import (
    Library,
    MatchedRule,
    Proposal,
    Reason,
    Suggestion,
    TopicProposal,
    suggest,
)
from services.triage.domain.urgency import (
    Urgency,
    UrgencyFound,
    UrgentSign,
    UrgentWords,
)
from shared import library
from shared.identity.principal import Kind, Principal, Role

PLACES = [
    Place(PlaceKind.MUNICIPALITY, "Верхнереченск", "town"),
    Place(PlaceKind.MUNICIPALITY, "Заозёрный район", "district"),
    Place(PlaceKind.STREET, "улица Садовая", "town"),
    Place(PlaceKind.STREET, "улица Лесная", "town"),
    Place(PlaceKind.STREET, "улица Лесная", "district"),
]
ROUTING = Routing(
    (
        RoutingRule(1, "town-roads", topic="pits", municipality="town"),
        RoutingRule(2, "roads", topic_group="roads"),
        RoutingRule(3, "health", topic="clinic"),
        RoutingRule(4, "district", municipality="district"),
    ),
    {"pits": "roads", "snow": "roads", "clinic": "health"},
)
KNOWN = Library(
    Gazetteer(PLACES, library.lines("place_words.txt")),
    ROUTING,
    UrgentWords(library.table("urgent_words.toml")),
)
CALM = UrgencyFound(Urgency.NORMAL)


def test_suggestion_gives_reasons_as_codes() -> None:
    text = "В Верхнереченске яма, прорвало трубу"
    matches = [MatchedRule("Ямы", "pits", 1), MatchedRule("Прочее", None, 9)]

    found = suggest(text, matches, "district", KNOWN)

    assert found == Suggestion(
        topic=TopicProposal("pits", 0.5, Reason("rules_matched", {"rules": "Ямы"})),
        municipality=Proposal(
            "town", Reason("named_in_text", {"words": "Верхнереченске"})
        ),
        authority=Proposal("town-roads", Reason("routing_rule", {"number": "1"})),
        urgency=UrgencyFound(Urgency.HIGH, (UrgentSign("accident", "прорвало трубу"),)),
    )


def test_nothing_known_nothing_suggested() -> None:
    assert suggest("Яма", [], None, KNOWN) == Suggestion(None, None, None, CALM)


@pytest.mark.parametrize(
    ("matches", "topic", "confidence", "rules"),
    [
        ([("А", "pits", 1)], "pits", 0.5, "А"),
        ([("А", "pits", 1), ("Б", "pits", 1)], "pits", 0.67, "А, Б"),
        ([("А", "pits", 1), ("Б", "snow", 3)], "snow", 0.33, "Б"),
        (
            [("А", "pits", 1), ("Б", "snow", 9), ("В", "pits", 1)],
            "pits",
            0.5,
            "А, В",
        ),
        ([("А", "pits", 2), ("Б", "snow", 2)], "pits", 0.33, "А"),
    ],
)
def test_topic_is_what_most_rules_say(
    matches: list[tuple[str, str, int]], topic: str, confidence: float, rules: str
) -> None:
    found = suggest("", [MatchedRule(*match) for match in matches], None, KNOWN)

    assert found.topic == TopicProposal(
        topic, confidence, Reason("rules_matched", {"rules": rules})
    )


SAYS = Reason("rule_says", {"rule": "Ямы в порту"})


@pytest.mark.parametrize(
    ("text", "source", "topic", "authority", "place"),
    [
        ("Яма", None, "pits", Proposal("port", SAYS), Proposal("town", SAYS)),
        (
            "Яма",
            "district",
            "pits",
            Proposal("port", SAYS),
            Proposal("district", Reason("place_of_source")),
        ),
        (
            "Яма",
            "district",
            "snow",
            Proposal("roads", Reason("routing_rule", {"number": "2"})),
            Proposal("district", Reason("place_of_source")),
        ),
    ],
)
def test_a_rule_may_name_an_authority_and_a_place(
    text: str,
    source: str | None,
    topic: str,
    authority: Proposal,
    place: Proposal,
) -> None:
    """Its authority counts for its own topic; its place where nothing else says one."""
    rule = MatchedRule("Ямы в порту", "pits", 1, "port", "town")
    louder = [MatchedRule("Снег", "snow", 9)] if topic == "snow" else []

    found = suggest(text, [rule, *louder], source, KNOWN)

    assert found.topic is not None
    assert (found.topic.code, found.authority, found.municipality) == (
        topic,
        authority,
        place,
    )


FROM_SOURCE = Reason("place_of_source")


@pytest.mark.parametrize(
    ("text", "source", "expected"),
    [
        ("Яма", "town", Proposal("town", FROM_SOURCE)),
        ("Яма", None, None),
        (
            "Заозёрный район забыт",
            "town",
            Proposal("district", Reason("named_in_text", {"words": "Заозёрный"})),
        ),
        ("Темно на Садовой", "district", Proposal("district", FROM_SOURCE)),
        (
            "Темно на Садовой",
            None,
            Proposal("town", Reason("named_in_text", {"words": "Садовой"})),
        ),
        (
            "Темно на Лесной",
            "district",
            Proposal("district", Reason("named_in_text", {"words": "Лесной"})),
        ),
        (
            "Из Верхнереченска в Заозёрный район, назад в Заозёрный район",
            None,
            Proposal("district", Reason("named_in_text", {"words": "Заозёрный"})),
        ),
    ],
)
def test_place_is_what_the_text_names_else_the_source(
    text: str, source: str | None, expected: Proposal | None
) -> None:
    assert suggest(text, [], source, KNOWN).municipality == expected


@pytest.mark.parametrize(
    ("topic", "municipality", "number"),
    [
        ("pits", "town", 1),
        ("pits", "district", 2),
        ("pits", None, 2),
        ("snow", "town", 2),
        ("clinic", "district", 3),
        (None, "district", 4),
        ("unknown", "district", 4),
        ("unknown", "town", None),
        (None, None, None),
    ],
)
def test_first_routing_rule_that_fits_decides(
    topic: str | None, municipality: str | None, number: int | None
) -> None:
    rule = ROUTING.route(topic, municipality)

    assert (rule.number if rule else None) == number


INCIDENT = UUID(int=5)
PROPOSED = Proposed(topic="pits", municipality="town")


def moderator(*roles: Role) -> Principal:
    return Principal(Kind.PERSON, UUID(int=1), "Вера", 1, "demo", frozenset(roles))


@pytest.mark.parametrize(
    ("asked", "taken"),
    [
        (
            Decided(decision=Decision.OPEN),
            Decided(
                decision=Decision.OPEN,
                topic="pits",
                municipality="town",
                authority="town-roads",
                tone=Tone.COMPLAINT,
            ),
        ),
        (
            Decided(
                decision=Decision.OPEN,
                topic="clinic",
                municipality="district",
                tone=Tone.QUESTION,
            ),
            Decided(
                decision=Decision.OPEN,
                topic="clinic",
                municipality="district",
                authority="health",
                tone=Tone.QUESTION,
            ),
        ),
        (
            Decided(decision=Decision.OPEN, authority="water", incident_id=INCIDENT),
            Decided(
                decision=Decision.OPEN,
                topic="pits",
                municipality="town",
                authority="water",
                tone=Tone.COMPLAINT,
            ),
        ),
        (
            Decided(decision=Decision.JOIN, incident_id=INCIDENT),
            Decided(
                decision=Decision.JOIN,
                topic="pits",
                municipality="town",
                incident_id=INCIDENT,
            ),
        ),
        (
            Decided(decision=Decision.NOT_COMPLAINT, tone=Tone.THANKS),
            Decided(
                decision=Decision.NOT_COMPLAINT,
                topic="pits",
                municipality="town",
                tone=Tone.THANKS,
            ),
        ),
        (
            Decided(decision=Decision.NOISE, topic="pits"),
            Decided(decision=Decision.NOISE),
        ),
    ],
)
def test_decision_is_completed_from_the_proposals(
    asked: Decided, taken: Decided
) -> None:
    done = decide(
        CandidateStatus.NEW, asked, moderator(Role.MODERATOR), PROPOSED, ROUTING
    )

    assert done == taken


@pytest.mark.parametrize(
    ("asked", "faults"),
    [
        (Decided(decision=Decision.OPEN), ("topic", Fault.REQUIRED)),
        (Decided(decision=Decision.JOIN), ("incident_id", Fault.REQUIRED)),
        (
            Decided(decision=Decision.NOT_COMPLAINT, tone=Tone.COMPLAINT),
            ("tone", Fault.NOT_FITTING),
        ),
        (
            Decided(decision=Decision.NOISE, tone=Tone.COMPLAINT),
            ("tone", Fault.NOT_FITTING),
        ),
    ],
)
def test_decision_needs_its_fields(asked: Decided, faults: tuple[str, Fault]) -> None:
    done = decide(
        CandidateStatus.NEW, asked, moderator(Role.ADMIN), Proposed(), Routing()
    )

    assert done == FieldsMissing((faults,))


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("status", CandidateStatus)
def test_moderators_decide_once(status: CandidateStatus, role: Role) -> None:
    asked = Decided(decision=Decision.NOISE)
    free = status is CandidateStatus.NEW
    expected = (
        (asked if free else NotAllowedNow(()))
        if role in DECIDERS
        else (RoleMissing(DECIDERS))
    )

    assert decide(status, asked, moderator(role), PROPOSED, ROUTING) == expected


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("Яма на дороге. Когда починят?", "Яма на дороге."),
        ("  Нет света!\nВторой день", "Нет света!"),
        ("Ул.Лесная  без   света", "Ул.Лесная без света"),
        (
            "На ул. Лесной, д. 97 нет воды. Когда дадут?",
            "На ул. Лесной, д. 97 нет воды.",
        ),
        ("В пос. Заречный темно... Почините", "В пос. Заречный темно..."),
        ("Дом не г. Яма", "Дом не г. Яма"),
        (
            "слово " * 20,
            "слово " * 12 + "слово…",
        ),
        ("я" * 100, "я" * 79 + "…"),
        ("", ""),
    ],
)
def test_title_is_the_first_sentence(text: str, title: str) -> None:
    assert title_of(text) == title
