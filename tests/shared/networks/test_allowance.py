"""Allowances of days and months."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from shared.networks.allowance import (
    Allowance,
    Taken,
    day_of,
    give_back,
    month_of,
    take,
)
from shared.networks.budget import LocalBudget
from shared.networks.failures import ErrorKind, NetworkError

NOW = datetime(2025, 12, 31, 21, 30, tzinfo=UTC)
MIDNIGHT = datetime(2026, 1, 1, tzinfo=UTC)


def budget() -> LocalBudget:
    return LocalBudget(lambda: NOW)


def allowance(name: str = "token/posts", limit: int = 100) -> Allowance:
    return Allowance(name, limit, "2025-12-31", MIDNIGHT, "x:guard-day", "the posts")


def test_day_and_month_end_at_midnight_utc() -> None:
    moscow = NOW.astimezone(ZoneInfo("Europe/Moscow"))  # where the new year is begun

    assert day_of(moscow) == ("2025-12-31", MIDNIGHT)
    assert month_of(moscow) == ("2025-12", MIDNIGHT)
    assert month_of(datetime(2026, 2, 1, tzinfo=UTC)) == (
        "2026-02",
        datetime(2026, 3, 1, tzinfo=UTC),
    )


async def test_what_is_spent_waits_until_the_window_ends_in_words() -> None:
    spent = budget()
    await take(spent, Taken(allowance(), 100), now=NOW)

    with pytest.raises(NetworkError) as caught:
        await take(spent, Taken(allowance(), 1), now=NOW)

    error = caught.value
    assert (error.kind, error.code) == (ErrorKind.WAIT, "x:guard-day")
    assert error.retry_after == timedelta(hours=2, minutes=30)
    assert str(error) == "the posts are spent; reading goes on at 2026-01-01 00:00 UTC"


async def test_nothing_is_to_be_had_of_what_is_spent() -> None:
    spent = budget()
    await take(spent, Taken(allowance(), 100), now=NOW)
    lowered = allowance(limit=10)

    await take(spent, Taken(lowered, 0), Taken(allowance("token/money"), 1), now=NOW)

    with pytest.raises(NetworkError):
        await take(spent, Taken(lowered, 1), now=NOW)


async def test_all_are_taken_or_none() -> None:
    spent = budget()
    wide, narrow = allowance("token/posts"), allowance("token/money", 10)

    with pytest.raises(NetworkError):
        await take(spent, Taken(wide, 60), Taken(narrow, 11), now=NOW)

    await take(spent, Taken(wide, 100), Taken(narrow, 10), now=NOW)


async def test_what_was_not_needed_can_be_taken_again() -> None:
    spent = budget()
    await take(spent, Taken(allowance(), 100), now=NOW)

    await give_back(spent, Taken(allowance(), 30), Taken(allowance(), 0))

    await take(spent, Taken(allowance(), 30), now=NOW)
    with pytest.raises(NetworkError):
        await take(spent, Taken(allowance(), 1), now=NOW)


async def test_giving_back_is_possible_when_the_limit_was_lowered() -> None:
    spent = budget()
    await take(spent, Taken(allowance(limit=100), 100), now=NOW)

    await give_back(spent, Taken(allowance(limit=10), 95))

    await take(spent, Taken(allowance(limit=10), 5), now=NOW)


async def test_failure_of_the_budget_is_no_waiting() -> None:
    class Silent(LocalBudget):
        async def spend(self, *_: object) -> None:
            raise NetworkError("the budget does not answer")

    with pytest.raises(NetworkError) as caught:
        await take(Silent(lambda: NOW), Taken(allowance(), 1), now=NOW)

    assert caught.value.kind is ErrorKind.RETRY
