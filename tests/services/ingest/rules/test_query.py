"""The query language: what can be said, and how faults are told."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ingest import rules
from services.ingest.rules import (
    And,
    Not,
    Or,
    Phrase,
    Prefix,
    Query,
    QueryError,
    QueryFault,
    Word,
)

PIT, ROAD, SNOW = Word("яма"), Word("дорога"), Word("снег")


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("Ямы", Word("ямы")),
        ("ямы дорог", And((Word("ямы"), Word("дорог")))),
        ("яма AND дорога И снег", And((PIT, ROAD, SNOW))),
        ("яма OR дорога ИЛИ снег", Or((PIT, ROAD, SNOW))),
        ("яма дорога OR снег", Or((And((PIT, ROAD)), SNOW))),
        ("яма (дорога OR снег)", And((PIT, Or((ROAD, SNOW))))),
        ("яма NOT снег", And((PIT, Not(SNOW)))),
        ("яма И НЕ снег", And((PIT, Not(SNOW)))),
        ("яма NOT (снег OR дорога)", And((PIT, Not(Or((SNOW, ROAD)))))),
        ("NOT NOT яма", Not(Not(PIT))),
        ("((яма))", PIT),
        ("яма(снег)", And((PIT, SNOW))),
        ("дорог*", Prefix("дорог")),
        ("Ёлк* снег", And((Prefix("елк"), SNOW))),
        ('"ямы на дорогах"', Phrase((Word("ямы"), Word("на"), Word("дорогах")))),
        ("«ям* дорог»", Phrase((Prefix("ям"), Word("дорог")))),
        ("“яма”", PIT),
        ("„яма, дорога!“", Phrase((PIT, ROAD))),
        ("яма и not снег", And((PIT, Word("и"), Word("not"), SNOW))),
        ('"яма AND снег"', Phrase((PIT, Word("and"), SNOW))),
    ],
)
def test_query_says(text: str, query: Query) -> None:
    assert rules.parse(text) == query


@pytest.mark.parametrize(
    ("text", "fault", "position"),
    [
        ("", QueryFault.EMPTY, 0),
        (" \n ", QueryFault.EMPTY, 0),
        ("я" * 8001, QueryFault.TOO_LONG, 8000),
        ("яма " * 501, QueryFault.TOO_MANY_TERMS, 2000),
        (f'"{"яма " * 501}"', QueryFault.TOO_MANY_TERMS, 0),
        ("(" * 21 + "яма" + ")" * 21, QueryFault.TOO_DEEP, 20),
        ("NOT " * 22 + "яма", QueryFault.TOO_DEEP, 80),
        ("яма, снег", QueryFault.UNKNOWN_SIGN, 3),
        ("*", QueryFault.LEADING_STAR, 0),
        ("яма **", QueryFault.LEADING_STAR, 4),
        ("яма \ud800", QueryFault.UNKNOWN_SIGN, 4),
        ('яма "снег', QueryFault.UNCLOSED_QUOTE, 4),
        ("«яма", QueryFault.UNCLOSED_QUOTE, 0),
        ('яма ""', QueryFault.EMPTY_PHRASE, 4),
        ("снег я*", QueryFault.SHORT_PREFIX, 5),
        ("яма (снег OR (дорога)", QueryFault.UNCLOSED_BRACKET, 4),
        ("яма) снег", QueryFault.UNOPENED_BRACKET, 3),
        ("яма AND", QueryFault.TERM_EXPECTED, 7),
        ("OR яма", QueryFault.TERM_EXPECTED, 0),
        ("яма OR OR снег", QueryFault.TERM_EXPECTED, 7),
        ("яма NOT", QueryFault.TERM_EXPECTED, 7),
        ("яма ()", QueryFault.TERM_EXPECTED, 5),
        ("NOT яма", QueryFault.NOTHING_TO_FIND, 0),
        ("NOT яма NOT снег", QueryFault.NOTHING_TO_FIND, 0),
        ("яма OR NOT снег", QueryFault.NOTHING_TO_FIND, 7),
        ("NOT снег OR яма", QueryFault.NOTHING_TO_FIND, 0),
        (" (яма OR NOT снег)", QueryFault.NOTHING_TO_FIND, 1),
        ("NOT (яма NOT снег)", QueryFault.NOTHING_TO_FIND, 0),
    ],
)
def test_fault_is_told_with_its_place(
    text: str, fault: QueryFault, position: int
) -> None:
    with pytest.raises(QueryError) as told:
        rules.parse(text)

    assert (told.value.fault, told.value.position) == (fault, position)
    assert str(told.value) == f"{told.value.message} (character {position + 1})"


@pytest.mark.parametrize(
    "text",
    [
        ("яма " * 500).strip(),
        "ю" * 8000,
        "(" * 20 + "яма" + ")" * 20,
        "NOT " * 20 + "яма",
        "снег (яма OR NOT снег)",
    ],
)
def test_query_at_the_limit_is_read(text: str) -> None:
    assert rules.parse(text)


SCRAPS = st.lists(
    st.sampled_from(
        ["яма", "AND", "ИЛИ", "NOT", "(", ")", '"', "«", "»", "*", " ", "-", "\ud800"]
    )
    | st.text(max_size=3)
).map("".join)


def fault_place(text: str) -> int:
    try:
        rules.parse(text)
    except QueryError as error:
        return error.position
    return 0


@given(SCRAPS)
def test_any_text_is_read_or_refused_with_a_place_inside(text: str) -> None:
    assert 0 <= fault_place(text) <= len(text)
