"""Matching: which rules catch a text, at which words, and at what cost."""

from collections.abc import Sequence
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.ingest.rules import (
    Match,
    Matcher,
    QueryError,
    TextMatcher,
    compile_rule,
    parse,
)
from tests.services.ingest.rules.reference import Reference


def compiled(rules: Sequence[tuple[UUID, int, str]]) -> TextMatcher:
    return Matcher([compile_rule(*rule) for rule in rules])


def caught(query: str, text: str) -> tuple[str, ...] | None:
    """The highlighted pieces of the text, or None when the rule does not match."""
    [matches] = compiled([(UUID(int=1), 1, query)]).match([text])
    if not matches:
        return None
    return tuple(text[start:end] for start, end in matches[0].positions)


@pytest.mark.parametrize(
    ("query", "text", "pieces"),
    [
        ("яма", "Ямы! Ямами всё усеяно, яма.", ("Ямы", "Ямами", "яма")),
        ("яма", "ямка на дороге", None),
        ("ёлка", "Уберите елку", ("елку",)),
        ("яма дорога", "На дороге яма", ("дороге", "яма")),
        ("яма дорога", "Яма во дворе", None),
        ("яма OR снег", "Снег не убран", ("Снег",)),
        ("яма NOT реклама", "Ямы по рекламе", None),
        ("яма NOT реклама", "Ямы есть", ("Ямы",)),
        ("NOT NOT яма", "Ямы есть", ("Ямы",)),
        ("NOT (NOT яма OR реклама)", "Ямы есть", ("Ямы",)),
        ("(яма снег) OR дорога", "Яма на дороге", ("Яма", "дороге")),
        ('"горячая вода"', "Нет горячей воды", ("горячей воды",)),
        ('"горячая вода"', "Вода горячая", None),
        ('"горячая вода"', "горячая и вода", None),
        ('"горячая, вода"', "горячая!!! вода", ("горячая!!! вода",)),
        ('"вода вода"', "вода вода вода", ("вода вода вода",)),
        ('"отоп* не работает"', "Отопление не работает", ("Отопление не работает",)),
        ("отключ*", "отключили, отключение, включили", ("отключили", "отключение")),
        ("ЁЛ*", "Ёлочка", ("Ёлочка",)),
        ('вода "горячая вода"', "горячая вода", ("горячая вода",)),
        ("не работает", "Лифт не работает", ("не", "работает")),
        ("снег", "CHEГ", ("CHEГ",)),
        ("яма", "😀я\u0301ма\ud800 яма", ("я\u0301ма", "яма")),
        ("яма", "", None),
    ],
)
def test_rule_catches_these_words(
    query: str, text: str, pieces: tuple[str, ...] | None
) -> None:
    assert caught(query, text) == pieces


def test_matches_name_rule_and_version_in_the_order_of_the_rules() -> None:
    second, first, silent = UUID(int=2), UUID(int=1), UUID(int=3)
    matcher = compiled([(second, 7, "снег"), (first, 1, "яма"), (silent, 1, "газ")])

    found = matcher.match(["Яма и снег", "", "Снег"])

    assert found == [
        [Match(second, 7, ((6, 10),)), Match(first, 1, ((0, 3),))],
        [],
        [Match(second, 7, ((0, 4),))],
    ]


def test_rules_of_rare_words_are_told_apart() -> None:
    common = "яма -(" + " | ".join(f"брак{n}" for n in range(20)) + ")"
    queries = [f"(снег{n} | лед{n % 50}) вода{n}" for n in range(300)] + [common]
    texts = ["снег7 вода7", "лед7 вода57", "снег7 вода8", "яма", "яма брак19"]
    rules = [(UUID(int=n), 1, query) for n, query in enumerate(queries)]

    found = compiled(rules).match(texts)

    assert found == Reference(texts).match(rules)
    numbers = [[match.rule_id.int for match in matches] for matches in found]
    assert numbers == [[7], [57], [], [300], []]


def test_rules_of_two_rare_groups_are_found_by_any_pair_of_their_words() -> None:
    queries = [f"(снег{n} | лед{n}) (вода{n} | пар{n}) -брак{n}" for n in range(400)]
    texts = [
        "снег7 пар7",
        "лед7 вода7 снег7 пар7 лед7",
        "лед7 пар8",
        "снег7 лед7 пар7 брак7",
        "снег7 вода7 лед8 пар8 брак8",
    ]
    rules = [(UUID(int=n), n, query) for n, query in enumerate(queries)]

    found = compiled(rules).match(texts)

    assert found == Reference(texts).match(rules)
    words = [
        [(match.rule_id.int, len(match.positions)) for match in matches]
        for matches in found
    ]
    assert words == [[(7, 2)], [(7, 5)], [], [], [(7, 2)]]


def test_no_rules_match_nothing() -> None:
    assert compiled([]).match(["Яма"]) == [[]]


WORDS = ["яма", "ямы", "снег", "вода", "без", "лед", "дом", "жар-птица", "дорогой"]
PIECES = st.one_of(
    st.sampled_from(WORDS),
    st.sampled_from(["вод*", "лед*", "дом*", "!ямы", "!лед", "вода~", "дорога~", "🔥"]),
)
PHRASES = st.lists(PIECES, min_size=2, max_size=3).map(
    lambda words: f'"{" ".join(words)}"'
)
OPERANDS = st.one_of(
    PIECES,
    PHRASES,
    st.tuples(PIECES, PHRASES).map(lambda parts: f"({parts[0]} | {parts[1]})"),
)
TERMS = st.one_of(
    PIECES,
    PHRASES,
    st.sampled_from(["#ямы", "#нет_воды"]),
    st.tuples(PHRASES, st.integers(2, 4)).map(lambda both: f"{both[0]}~{both[1]}"),
    st.tuples(OPERANDS, st.sampled_from(["/1", "/3", "/+2"]), OPERANDS).map(" ".join),
    st.tuples(OPERANDS, OPERANDS, OPERANDS).map(
        lambda parts: f"{parts[0]} /2 {parts[1]} /+3 {parts[2]}"
    ),
)
QUERIES = st.recursive(
    TERMS,
    lambda part: st.one_of(
        part.map("-({})".format),
        st.tuples(part, st.sampled_from([" AND ", " ", " ИЛИ ", " | "]), part).map(
            lambda parts: f"({parts[0]}{parts[1]}{parts[2]})"
        ),
    ),
    max_leaves=6,
)
FORMS = [
    "Ямы", "ямой", "снега", "воду", "водой", "без", "лёд", "ледяной", "дома", "домик",
    "!", "🔥", "жар-птицу", "жар", "птицы", "дорагой", "дороги", "#ямы", "#нет_воды",
    "вооода", "CHEГ", "кто-то", "12-а", "во\u00adда",
]  # fmt: skip
TEXTS = st.lists(st.sampled_from(FORMS), max_size=8).map(" ".join)


def is_rule(query: str) -> bool:
    try:
        parse(query)
    except QueryError:
        return False
    return True


@pytest.mark.no_cover
@settings(max_examples=400)
@given(
    st.lists(QUERIES.filter(is_rule), max_size=6),
    st.lists(TEXTS, max_size=4),
)
def test_fast_matcher_agrees_with_the_naive_one(
    queries: list[str], texts: list[str]
) -> None:
    rules = [(UUID(int=n), n, query) for n, query in enumerate(queries)]

    assert compiled(rules).match(texts) == Reference(texts).match(rules)


@pytest.mark.no_cover
@given(st.lists(QUERIES.filter(is_rule), max_size=3), st.text(max_size=50))
def test_any_text_can_be_matched(queries: list[str], text: str) -> None:
    rules = [(UUID(int=n), n, query) for n, query in enumerate(queries)]

    assert compiled(rules).match([text]) == Reference([text]).match(rules)
