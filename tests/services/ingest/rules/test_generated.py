"""The engine against the reference on 20,000 posts and 2,000 rules."""

from uuid import UUID

import pytest

from services.ingest.rules import Matcher, compile_rule
from tests.services.ingest.rules.generated import Chance, made
from tests.services.ingest.rules.reference import Reference

# Measuring coverage would make it several times slower and cover nothing new. The
# reference is slow on purpose: a minute on a quiet machine.
pytestmark = [pytest.mark.no_cover, pytest.mark.timeout(1200)]

POSTS, RULES = 20_000, 2_000


def test_the_engine_answers_as_the_reference_does() -> None:
    posts, queries = made(Chance(1), POSTS, RULES)
    rules = [(UUID(int=n), n, query) for n, query in enumerate(queries)]
    reference = Reference(posts)
    matcher = Matcher([compile_rule(*rule) for rule in rules])

    found = [matcher.numbers(post) for post in posts]

    assert found == reference.numbers(queries)
    assert sum(map(len, found)) > 5 * POSTS, "rules that never hit prove nothing"


def test_positions_are_those_of_the_reference() -> None:
    posts, queries = made(Chance(2), POSTS // 20, RULES // 10)
    rules = [(UUID(int=n), n, query) for n, query in enumerate(queries)]

    found = Matcher([compile_rule(*rule) for rule in rules]).match(posts)

    assert found == Reference(posts).match(rules)
