"""The query language: what can be said, and how faults are told."""

import re
from dataclasses import astuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ingest import rules
from services.ingest.rules import (
    And,
    Exact,
    Field,
    FieldName,
    Gap,
    Not,
    Or,
    Phrase,
    Prefix,
    Query,
    QueryError,
    QueryFault,
    Slip,
    Word,
)
from tests.services.ingest.rules.test_matcher import QUERIES

PIT, ROAD, SNOW = Word("яма"), Word("дорога"), Word("снег")
EXACT, ROADS, SLIP = Exact("снег"), Prefix("дорог"), Slip("дорога")
WITHIN, AFTER = Gap(3, ordered=False), Gap(3, ordered=True)
TOWN = ("нижний", "яр")
YARD = Field(FieldName.SOURCE, ("двор", "5"))


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
        ("яма - снег", QueryFault.STRAY_DASH, 4),
        ("яма \u2014 снег", QueryFault.STRAY_DASH, 4),
        ("яма -", QueryFault.STRAY_DASH, 4),
        ("яма 12/1", QueryFault.STRAY_SLASH, 6),
        ("яма / снег", QueryFault.STRAY_SLASH, 4),
        ("яма /0 снег", QueryFault.DISTANCE_RANGE, 4),
        ("яма /101 снег", QueryFault.DISTANCE_RANGE, 4),
        (f"яма /{'9' * 5000} снег", QueryFault.DISTANCE_RANGE, 4),
        ('"яма снег"~0', QueryFault.DISTANCE_RANGE, 10),
        ('"яма снег дорога"~1', QueryFault.DISTANCE_TOO_SHORT, 17),
        ('"жар-птица яма"~1', QueryFault.DISTANCE_TOO_SHORT, 15),
        ('"яма"~5', QueryFault.CLOSE_WORDS, 5),
        (f'"{"яма " * 11}"~20', QueryFault.CLOSE_WORDS, 46),
        ('"яма снег"~', QueryFault.CLOSE_WORDS, 10),
        ("~", QueryFault.CLOSE_WORDS, 0),
        ("яма /3 (снег дорога)", QueryFault.DISTANCE_OPERAND, 7),
        ("яма /3 -снег", QueryFault.DISTANCE_OPERAND, 7),
        ("#яма /3 снег", QueryFault.DISTANCE_OPERAND, 0),
        ("яма /3", QueryFault.TERM_EXPECTED, 6),
        ("/3 яма", QueryFault.TERM_EXPECTED, 0),
        ("яма /3 /2 снег", QueryFault.TERM_EXPECTED, 7),
        ("яма ! снег", QueryFault.EXACT_WORD_EXPECTED, 4),
        ("!дорог*", QueryFault.EXACT_WITH_SIGN, 6),
        ('"!дорога~"', QueryFault.EXACT_WITH_SIGN, 8),
        ("дорога~2", QueryFault.SLIP_NUMBER, 6),
        ("яма~", QueryFault.SHORT_SLIP, 0),
        ("яма # снег", QueryFault.TAG_EXPECTED, 4),
        ("город:Яр яма", QueryFault.UNKNOWN_FIELD, 0),
        ("в 12:30", QueryFault.UNKNOWN_FIELD, 2),
        ("яма сеть: vk", QueryFault.FIELD_VALUE_EXPECTED, 9),
        ('яма место:""', QueryFault.FIELD_VALUE_EXPECTED, 10),
        ("яма место:!!!", QueryFault.UNKNOWN_VALUE, 10),
        ("яма вид:открытка", QueryFault.UNKNOWN_VALUE, 8),
        ("яма сеть:привет", QueryFault.UNKNOWN_VALUE, 9),
        ("яма место:«Яр", QueryFault.UNCLOSED_QUOTE, 10),
        ("сеть:vk", QueryFault.ONLY_FIELDS, 0),
        ("сеть:vk -яма", QueryFault.ONLY_FIELDS, 0),
        ("яма | сеть:vk", QueryFault.ONLY_FIELDS, 6),
        ("и", QueryFault.TOO_BROAD, 0),
        ("яма | на", QueryFault.TOO_BROAD, 6),
        ("(в | на) сеть:vk", QueryFault.TOO_BROAD, 0),
        ("по*", QueryFault.TOO_BROAD, 0),
        ('"и в"', QueryFault.TOO_BROAD, 0),
        ("!нас", QueryFault.TOO_BROAD, 0),
        ("в /3 на", QueryFault.TOO_BROAD, 0),
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


@pytest.mark.parametrize("fault", QueryFault)
def test_every_fault_is_told_in_both_languages(fault: QueryFault) -> None:
    error = QueryError(fault, 3)

    russian, english = error.told("ru"), error.told("en")

    assert all(re.search("[а-я]", text) for text in astuple(russian))
    assert all(re.search("[a-z]", text) for text in astuple(english))
    assert "{" not in "".join(astuple(russian) + astuple(english))
    assert english.message == error.message


SCRAPS = st.lists(
    st.sampled_from(
        [*'()"«»*~!#|/- ', "яма", "AND", "ИЛИ", "NOT", "/3 ", "сеть:", "\ud800"]
    )
    | st.text(max_size=3)
).map("".join)


def fault_place(text: str) -> int:
    try:
        rules.parse(text)
    except QueryError as error:
        return error.position
    return 0


@given(QUERIES | SCRAPS)
def test_a_printed_query_is_read_as_the_same_query(text: str) -> None:
    try:
        query = rules.parse(text)
    except QueryError:
        return

    assert rules.parse(rules.printed(query)) == query
    assert rules.tree(query)


@given(SCRAPS)
def test_any_text_is_read_or_refused_with_a_place_inside(text: str) -> None:
    assert 0 <= fault_place(text) <= len(text)
