"""Thirty hashtags in seven days, counted durably and rather too much."""

from datetime import datetime, timedelta

import pytest

from services.ingest.sources.base import ErrorKind, SourceError
from services.ingest.sources.instagram.budget import MOST, claim
from shared.networks.budget import LocalBudget
from shared.networks.failures import NetworkError
from tests.factories import NOW

OURS = "17841400000000001"


def budget() -> LocalBudget:
    return LocalBudget(lambda: NOW)


async def claim_many(one: LocalBudget, count: int, at: datetime = NOW) -> None:
    for number in range(count):
        await claim(one, OURS, f"яма{number}", at)


async def test_thirty_hashtags_may_be_asked_for() -> None:
    one = budget()
    await claim_many(one, MOST)

    with pytest.raises(SourceError, match="30 hashtags were asked for") as caught:
        await claim(one, OURS, "люк", NOW)

    assert caught.value.kind is ErrorKind.WAIT
    assert caught.value.retry_after == timedelta(hours=6)


async def test_same_hashtag_counts_once_in_seven_days() -> None:
    one = budget()
    await claim_many(one, MOST)

    ends = [
        await claim(one, OURS, "яма0", NOW + timedelta(days=days)) for days in range(7)
    ]

    assert set(ends) == {ends[0]}
    assert timedelta(days=6) < ends[0] - NOW <= timedelta(days=7)


async def test_places_come_back_when_meta_surely_forgot() -> None:
    one = budget()
    await claim_many(one, MOST)
    taken = []
    for days in (6, 7, 8):
        try:
            await claim(one, OURS, f"люк{days}", NOW + timedelta(days=days))
        except SourceError:
            continue
        taken.append(days)

    assert taken == [8]


async def test_hashtags_may_be_exchanged_little_by_little() -> None:
    one, asked = budget(), []
    for day in range(60):
        now = NOW + timedelta(days=day, hours=day % 24)
        for number in range(6):
            tag = f"яма{day}.{number}"
            try:
                await claim(one, OURS, tag, now)
            except SourceError:
                continue
            asked.append((now, tag))

    for moment, _ in asked:
        window = {tag for at, tag in asked if at <= moment < at + timedelta(days=7)}
        assert len(window) <= MOST
    assert len(asked) > 200


async def test_accounts_have_thirty_each() -> None:
    one = budget()
    await claim_many(one, MOST)

    assert await claim(one, "17841400000000002", "люк", NOW) > NOW


async def test_without_the_counters_nothing_is_asked() -> None:
    class Broken(LocalBudget):
        async def spend(self, name: str, amount: int, limit: int, window: str) -> None:
            raise NetworkError(f"no answer: {name} {amount} {limit} {window}")

    with pytest.raises(SourceError) as caught:
        await claim(Broken(lambda: NOW), OURS, "люк", NOW)

    assert caught.value.kind is ErrorKind.RETRY


async def test_counters_that_fail_in_between_are_no_free_place() -> None:
    class Failing(LocalBudget):
        async def spend(self, name: str, amount: int, limit: int, window: str) -> None:
            if amount:
                raise NetworkError("the budget does not answer")
            await super().spend(name, amount, limit, window)

    with pytest.raises(SourceError) as caught:
        await claim(Failing(lambda: NOW), OURS, "люк", NOW)

    assert caught.value.kind is ErrorKind.RETRY
