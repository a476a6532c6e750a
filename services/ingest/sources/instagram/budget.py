"""Thirty hashtags in seven days: counted where all processes and restarts see it."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from services.ingest.sources.base import ErrorKind, SourceError
from shared.networks.budget import Budget

MOST: Final = 30
DAYS: Final = 7

_AGAIN: Final = timedelta(hours=6)


async def claim(budget: Budget, account: str, tag: str, now: datetime) -> datetime:
    """Count a hashtag among the account's thirty; say until when it is counted.

    1. One that was counted within seven days is not counted again.
    2. A new one takes a place on each day on which Meta will count it.
    3. Without a free place nothing is asked: raises `SourceError` (WAIT).

    Meta counts by the second, we by the day and rather too much: so there is a free
    place when Meta has one.
    """
    name, today = f"instagram-{account}", now.astimezone(UTC).date()
    for back in range(DAYS):
        day = today - timedelta(days=back)
        if await _is_marked(budget, name, tag, day):
            return _end(day)
    for ahead in range(DAYS + 1):
        await _take(budget, name, tag, today + timedelta(days=ahead))
    await budget.spend(name, 1, 1, _mark(tag, today))
    return _end(today)


def _end(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=DAYS), time(), UTC)


def _mark(tag: str, day: date) -> str:
    return f"hashtag/{tag}/{day}"


async def _is_marked(budget: Budget, name: str, tag: str, day: date) -> bool:
    """Look whether something was spent, by spending nothing of nothing."""
    try:
        await budget.spend(name, 0, 0, _mark(tag, day))
    except SourceError as error:
        if error.kind is not ErrorKind.WAIT:
            raise
        return True
    return False


async def _take(budget: Budget, name: str, tag: str, day: date) -> None:
    try:
        await budget.spend(name, 1, MOST, f"hashtags/{day}")
    except SourceError as error:
        if error.kind is not ErrorKind.WAIT:
            raise
        raise SourceError(
            f"{MOST} hashtags were asked for within {DAYS} days; #{tag} has to wait",
            ErrorKind.WAIT,
            retry_after=_AGAIN,
        ) from error
