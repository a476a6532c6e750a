"""Allowances of 24 hours."""

import json
from datetime import timedelta

from infra.sandbox.graph.usage import HEADER, Usage
from tests.infra.sandbox.worlds import START


def told(usage: Usage, after: timedelta = timedelta()) -> dict[str, int]:
    header = json.loads(usage.header("a", START + after)[HEADER])
    entry: dict[str, int] = header["a"][0]
    return entry


def test_allowance_climbs_and_ends() -> None:
    usage = Usage("pages", engaged=10 / 4800)

    taken = [usage.count("a", START) for _ in range(11)]

    assert taken == [True] * 10 + [False]
    assert (told(usage)["call_count"], told(usage)["type"]) == (100, "pages")


def test_allowance_comes_back_after_a_day_and_says_when() -> None:
    usage = Usage("pages", engaged=2 / 4800)
    usage.count("a", START)
    usage.count("a", START + timedelta(hours=1))

    wait = told(usage, timedelta(hours=2))["estimated_time_to_regain_access"]
    too_soon = usage.count("a", START + timedelta(hours=23, minutes=59))
    in_time = usage.count("a", START + timedelta(hours=24))

    assert (wait, too_soon, in_time) == (22 * 60, False, True)


def test_accounts_have_allowances_of_their_own() -> None:
    usage = Usage("pages", engaged=1 / 4800)

    assert [usage.count(name, START) for name in ("a", "b", "a")] == [True, True, False]
