"""What a new region starts with."""

import re
from collections import Counter
from pathlib import Path
from uuid import UUID

import pytest

from services.ingest.rules import Matcher, compile_rule
from shared import russian
from shared.library import starter

LIBRARY = starter.load()
REVIEW = Path(__file__).parents[2] / "docs/rule-library-review.md"

# Product.md, Conduct 2: topics are public services, not opinions and not people.
OPINIONS = re.compile(
    r"полит|выборы|голосован|митинг|протест|пикет|забастов|партия|партий|оппозиц"
    r"|губернатор|президент|депутат|чиновник|министр|мэр\b|власт|коррупц|взятк|критик"
    r"|религи|церк|храм|мечет|синагог|священник|секта|\bвойн|\bармия|мобилизац|мигрант",
    re.IGNORECASE,
)
# Words that are somebody's name, but first of all what they are.
NO_PERSONS = {"пена", "лор", "тина", "поребрик", "люк", "ферма", "мор"}


def test_there_are_topics_of_many_public_services() -> None:
    assert len(LIBRARY.topics) >= 20
    assert all(topic.code.count(".") == 1 for topic in LIBRARY.topics)
    assert all(
        topic.code.startswith(f"{group.code}.")
        for group in LIBRARY.groups
        for topic in group.topics
    )


def test_topics_and_groups_have_english_names() -> None:
    named = [*LIBRARY.groups, *LIBRARY.topics]

    assert all(re.fullmatch(r"[A-Z][A-Za-z ,'-]+", one.name_en) for one in named)


def test_codes_and_names_are_unique() -> None:
    for codes in (
        [topic.code for topic in LIBRARY.topics],
        [authority.code for authority in LIBRARY.authorities],
        [rule.name for rule in LIBRARY.rules],
        [rule.query for rule in LIBRARY.rules],
    ):
        assert max(Counter(codes).values()) == 1


def test_there_are_rules_for_every_topic_of_every_group() -> None:
    topics = {topic.code for topic in LIBRARY.topics}

    assert len(LIBRARY.rules) >= 150
    assert {rule.topic for rule in LIBRARY.rules} == topics
    assert {topic.authority for topic in LIBRARY.topics} <= {
        authority.code for authority in LIBRARY.authorities
    }


@pytest.mark.parametrize("rule", LIBRARY.rules, ids=lambda rule: rule.name)
def test_a_rule_says_what_it_is_for_and_catches_its_own_example_only(
    rule: starter.Rule,
) -> None:
    matcher = Matcher([compile_rule(UUID(int=1), 1, rule.query)])

    catches, spares = matcher.match([rule.catches, rule.spares])

    assert len(catches) == 1
    assert spares == []
    assert catches[0].positions
    assert len(rule.purpose.split()) >= 2
    assert rule.owner.startswith("Куратор ")


def test_no_rule_and_no_topic_is_about_opinions() -> None:
    texts = [
        *(topic.name for topic in LIBRARY.topics),
        *(
            f"{rule.name} {rule.purpose} {rule.query} {rule.catches}"
            for rule in LIBRARY.rules
        ),
    ]

    assert [text for text in texts if OPINIONS.search(text)] == []


def test_the_search_for_opinions_finds_them() -> None:
    found = ["Митинг на площади", "Депутат ничего не делает", "Строят храм"]

    assert all(OPINIONS.search(text) for text in found)


def test_no_rule_looks_for_a_person() -> None:
    words = {
        token.word.capitalize()
        for rule in LIBRARY.rules
        for token in russian.tokens(f"{rule.name} {rule.purpose} {rule.query}")
    }

    persons = {russian.lemma(word) for word in words if russian.name_kind(word)}
    assert persons <= NO_PERSONS
    assert russian.name_kind("Ивановна") == "patronymic", "the check can find one"


def test_the_review_list_names_every_rule_with_its_purpose_and_owner() -> None:
    names = {topic.code: topic.name for topic in LIBRARY.topics}
    rows = [
        f"| {rule.name} | {names[rule.topic]} | {rule.purpose} | {rule.owner} |"
        for rule in LIBRARY.rules
    ]

    listed = [
        line for line in REVIEW.read_text("utf-8").splitlines() if "| Куратор " in line
    ]
    assert listed == rows


def test_local_routes_come_before_those_for_everywhere() -> None:
    routes = LIBRARY.routes({"north": "adm.north"})

    local = [route for route in routes if route.municipality]
    assert list(routes[: len(local)]) == local
    assert starter.Route("yards.tree", "adm.north", "north") in local
    assert starter.Route("housing.heating", "housing") in routes
    assert {route.topic for route in routes} == {one.code for one in LIBRARY.topics}
