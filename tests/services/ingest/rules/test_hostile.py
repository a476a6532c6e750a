"""Texts and queries made to be slow: the work stays in proportion to their size."""

import sys
from collections.abc import Callable
from uuid import UUID

import pytest

from services.ingest.rules import Matcher, QueryError, compile_rule, parse

RULES = (
    "вода",
    "вод*",
    "вода~",
    '"нет воды"',
    '"вода вода вода"~5',
    '"вода отключить дом"~50',
    "вода /3 горячая /100 вода",
    "вода -(яма | снег)",
    '"' + "вода " * 400 + '"',
    "#вода",
)

# Measuring coverage would make it several times slower and cover nothing new.
pytestmark = pytest.mark.no_cover


def matcher() -> Matcher:
    return Matcher([compile_rule(UUID(int=n), 1, q) for n, q in enumerate(RULES)])


def steps(work: Callable[[], object]) -> int:
    """Lines of Python that a piece of work runs: does not depend on the machine."""
    count = 0

    def trace(_frame: object, event: str, _arg: object) -> object:
        nonlocal count
        count += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        work()
    finally:
        sys.settrace(before)
    return count


TEXTS = {
    "one word again and again": lambda size: "вода " * size,
    "words in a row without a space": lambda size: "вода," * size,
    "one letter": lambda size: "а" * 5 * size,
    "stretched letters": lambda size: "во" + "о" * 5 * size + "да",
    "hyphens": lambda size: "вода-" * size,
    "soft hyphens": lambda size: "в" + "\u00ad" * 5 * size,
    "marks": lambda size: "вода" + "\u0301" * 5 * size,
    "emoji": lambda size: "👨\u200d" * size,
    "tags": lambda size: "#вода" * size,
    "signs of tags": lambda size: "#" * 5 * size,
    "words nobody knows": lambda size: " ".join(
        f"вод{chr(1072 + n % 32)}{chr(1072 + n // 32 % 32)}ъ" for n in range(size)
    ),
    "two words of a phrase": lambda size: "нет воды " * size,
}


@pytest.mark.parametrize("kind", TEXTS)
def test_work_grows_as_the_text_does(kind: str) -> None:
    make, rules = TEXTS[kind], matcher()
    small, large = make(100), make(800)
    rules.match([small, large])

    few = steps(lambda: rules.match([small]))
    many = steps(lambda: rules.match([large]))

    assert many < 12 * few


@pytest.mark.parametrize("kind", TEXTS)
def test_a_megabyte_is_matched(kind: str) -> None:
    text = TEXTS[kind](1_000_000 // 5)[:1_000_000]

    rules = matcher()

    found = [match.rule_id.int for match in rules.match([text])[0]]

    assert found == rules.numbers(text)


@pytest.mark.parametrize(
    "query",
    [
        "(" * 4_000,
        "(" * 3_999 + "яма",
        ")" * 8_000,
        "-" * 7_999 + "я",
        '"' * 8_000,
        "яма /3 " * 1_100,
        "яма | " * 1_300,
        "!" * 8_000,
        "яма~" * 2_000,
        "я*" * 4_000,
        "/" * 8_000,
        "место:" * 1_300,
        "#" * 8_000,
        "\u0301" * 8_000,
        "ё" * 8_000,
    ],
)
def test_a_hostile_query_is_refused(query: str) -> None:
    with pytest.raises(QueryError):
        parse(query)


def test_reading_a_query_takes_work_in_proportion_to_its_length() -> None:
    def query(size: int) -> str:
        return " | ".join(f'(яма "нет воды" -снег{n})' for n in range(size))

    few = steps(lambda: parse(query(10)))
    many = steps(lambda: parse(query(80)))

    assert many < 12 * few


def test_prefixes_and_slips_are_found_without_trying_every_rule() -> None:
    words = [f"{a}{b}{c}вода" for a in "бвгд" for b in "аеио" for c in "клмн"]
    queries = [f"{word}{sign}" for word in words for sign in "*~"]
    rules = [compile_rule(UUID(int=n), 1, query) for n, query in enumerate(queries)]
    few, many = Matcher(rules[:8]), Matcher(rules)
    text = "баквода бакводу гонвода " + " ".join(f"слово{n}" for n in range(50))

    of_few = steps(lambda: few.numbers(text))
    of_many = steps(lambda: many.numbers(text))

    assert of_many < 3 * of_few
