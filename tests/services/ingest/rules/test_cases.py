"""Rules and texts written by hand, from cases.txt."""

from pathlib import Path
from uuid import UUID

import pytest

from services.ingest.rules import Matcher, compile_rule
from tests.services.ingest.rules.reference import Reference

CASES = [
    (line[2:].split(" || ", 1)[0], line.split(" || ", 1)[1], line[0] == "+")
    for line in Path(__file__).with_name("cases.txt").read_text("utf-8").splitlines()
    if line.startswith(("+ ", "- "))
]


@pytest.mark.parametrize(("query", "text", "caught"), CASES)
def test_a_rule_catches_what_a_person_expects(
    query: str, text: str, *, caught: bool
) -> None:
    rule = compile_rule(UUID(int=1), 1, query)

    [found] = Matcher([rule]).match([text])

    assert bool(found) is caught


def test_the_reference_reads_all_cases_alike() -> None:
    rules = [(UUID(int=n), 1, query) for n, (query, _, _) in enumerate(CASES)]
    texts = [text for _, text, _ in CASES]

    found = Matcher([compile_rule(*rule) for rule in rules]).match(texts)

    assert found == Reference(texts).match(rules)


def test_there_are_three_hundred_cases() -> None:
    assert len(set(CASES)) >= 300
