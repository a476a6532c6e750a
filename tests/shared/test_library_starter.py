"""What a new region starts with."""

import re
from collections import Counter

from services.ingest.rules import parse
from shared.library import starter

LIBRARY = starter.load()
# Product.md, Conduct 2: topics are public services, not opinions.
OPINIONS = re.compile(
    r"полит|выбор|митинг|протест|партия|губернатор|президент|депутат|религи|церк|мечет",
    re.IGNORECASE,
)


def test_there_are_topics_of_many_public_services() -> None:
    assert len(LIBRARY.topics) >= 20
    assert all(topic.code.count(".") == 1 for topic in LIBRARY.topics)
    assert all(
        topic.code.startswith(f"{group.code}.")
        for group in LIBRARY.groups
        for topic in group.topics
    )


def test_codes_are_unique() -> None:
    for codes in (
        [topic.code for topic in LIBRARY.topics],
        [authority.code for authority in LIBRARY.authorities],
        [rule.topic for rule in LIBRARY.rules],
    ):
        assert max(Counter(codes).values()) == 1


def test_every_topic_has_a_rule_and_an_authority() -> None:
    topics = {topic.code for topic in LIBRARY.topics}

    assert {rule.topic for rule in LIBRARY.rules} == topics
    assert {topic.authority for topic in LIBRARY.topics} <= {
        authority.code for authority in LIBRARY.authorities
    }


def test_every_rule_can_be_read_and_says_what_it_is_for() -> None:
    for rule in LIBRARY.rules:
        parse(rule.query)
        assert rule.purpose
        assert rule.name


def test_no_rule_and_no_topic_is_about_opinions() -> None:
    texts = [
        *(topic.name for topic in LIBRARY.topics),
        *(f"{rule.name} {rule.purpose} {rule.query}" for rule in LIBRARY.rules),
    ]

    assert [text for text in texts if OPINIONS.search(text)] == []


def test_local_routes_come_before_those_for_everywhere() -> None:
    routes = LIBRARY.routes({"north": "adm.north"})

    local = [route for route in routes if route.municipality]
    assert list(routes[: len(local)]) == local
    assert starter.Route("yards.tree", "adm.north", "north") in local
    assert starter.Route("housing.heating", "housing") in routes
    assert {route.topic for route in routes} == {one.code for one in LIBRARY.topics}
