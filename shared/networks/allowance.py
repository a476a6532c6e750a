"""Allowances of a day or a month: taken before a call, settled after it.

Taking first is what keeps several processes together below a limit: none makes a call
that might pass it.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from shared.networks.budget import Budget
from shared.networks.failures import ErrorKind, NetworkError


@dataclass(frozen=True, slots=True)
class Allowance:
    """So much of something in a window, such as posts a day.

    `name` begins with the token's id, `window` names this very day or month, `until`
    is when the next one begins. `code` and `words` tell people what is spent. `known`
    is what the asker itself has spent of it: that counts although the budget may have
    been emptied.
    """

    name: str
    limit: int
    window: str
    until: datetime
    code: str
    words: str
    known: int = 0


@dataclass(frozen=True, slots=True)
class Taken:
    """An amount of an allowance."""

    of: Allowance
    amount: int


def day_of(now: datetime) -> tuple[str, datetime]:
    """Name the day in UTC, and say when it ends."""
    start = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return f"{start:%Y-%m-%d}", start + timedelta(days=1)


def month_of(now: datetime) -> tuple[str, datetime]:
    """Name the month in UTC, and say when it ends."""
    start = now.astimezone(UTC).replace(
        day=1, hour=0, minute=0, second=0, microsecond=0
    )
    later = start + timedelta(days=32)
    return f"{start:%Y-%m}", later.replace(day=1)


async def take(budget: Budget, *asked: Taken, now: datetime) -> None:
    """Count towards all allowances, or towards none; nothing is always to be had.

    Raises `NetworkError` (WAIT, until the window ends) when one of them is spent.
    """
    done: list[Taken] = []
    for each in asked:
        if not each.amount:
            continue
        try:
            if each.of.known + each.amount > each.of.limit:
                raise _spent(each.of, now)
            await _spend(budget, each)
        except NetworkError as error:
            await give_back(budget, *done)
            if error.kind is not ErrorKind.WAIT:
                raise
            raise _spent(each.of, now) from error
        done.append(each)


async def give_back(budget: Budget, *unused: Taken) -> None:
    """Give back what was taken and not needed."""
    for each in unused:
        if each.amount:
            await _spend(budget, Taken(each.of, -each.amount))


async def _spend(budget: Budget, taken: Taken) -> None:
    of = taken.of
    await budget.spend(of.name, taken.amount, of.limit, of.window)


def _spent(of: Allowance, now: datetime) -> NetworkError:
    return NetworkError(
        f"{of.words} are spent; reading goes on at {of.until:%Y-%m-%d %H:%M} UTC",
        ErrorKind.WAIT,
        retry_after=max(of.until - now, timedelta(seconds=1)),
        code=of.code,
    )
