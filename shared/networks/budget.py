"""Keeps every token below its network's limits, whichever process uses it."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol, TypeAlias

from shared.networks.failures import ErrorKind, NetworkError

Sleep: TypeAlias = Callable[[float], Awaitable[None]]

LONGEST_WAIT: Final = timedelta(seconds=8)
"""A longer wait is the scheduler's, not a job's that others wait behind."""


@dataclass(frozen=True, slots=True)
class Rate:
    """At most `calls` in any window of `per`; calls are spaced evenly.

    Evenly because networks count in windows of their own: a burst that fits ours may
    straddle theirs.
    """

    calls: int
    per: timedelta = timedelta(seconds=1)

    @property
    def spacing(self) -> timedelta:
        """Time between two calls, a tenth longer: the way to the network is uneven."""
        return self.per * 1.1 / self.calls


@dataclass(frozen=True, slots=True)
class Standing:
    """How a token stands, for people to see."""

    stopped: bool = False
    parked_until: datetime | None = None


class Budget(Protocol):
    """Counts what each token spends. Names are `token` or `token/method`."""

    async def take(self, name: str, rate: Rate, *, method: str = "") -> None:
        """Wait for the turn of one call; who came first goes first.

        `method` has no turns of its own, but it may be parked as `name/method`. Raises
        `NetworkError` (WAIT) when the turn is further than `LONGEST_WAIT` or the name
        is parked, REAUTH when the token was stopped; also when that happened only while
        the turn was waited for.
        """
        ...

    def backlog(self, name: str) -> timedelta:
        """Guess how long a turn would have to be waited for, without asking anybody."""
        ...

    async def park(self, name: str, until: datetime) -> None:
        """Make no call under this name before a moment."""
        ...

    async def stop(self, token: str) -> None:
        """Make no call with this token until a person has replaced it."""
        ...

    async def spend(self, name: str, amount: int, limit: int, window: str) -> None:
        """Count towards a limit in a named window, such as `x/2026-11-22`.

        Raises `NetworkError` (WAIT) when the limit would be passed, and counts nothing.
        A negative amount gives back what was counted before and not needed; 0 only asks
        whether the limit was passed.
        """
        ...

    async def standing(self, token: str) -> Standing:
        """Say how a token stands; costs it nothing."""
        ...


def held_by(name: str, method: str) -> list[str]:
    """Name all under which a call may be parked, its token first."""
    token = name.partition("/")[0]
    return list(dict.fromkeys([token, name, f"{name}/{method}" if method else name]))


def parked(name: str, wait: timedelta) -> NetworkError:
    """Say that a name has to wait."""
    seconds = max(1, round(wait.total_seconds()))
    return NetworkError(
        f"the budget of {name} is spent for {seconds} s",
        ErrorKind.WAIT,
        retry_after=wait,
    )


def stopped(token: str) -> NetworkError:
    """Say that a token is not used any more."""
    return NetworkError(
        f"the token {token} was refused by the network and is not used until it is "
        "replaced",
        ErrorKind.REAUTH,
        token=token,
    )


def overspent(name: str, spent: int, limit: int, window: str) -> NetworkError:
    """Say that a limit in a window would be passed."""
    return NetworkError(
        f"{name}: {spent} of {limit} are spent in {window}", ErrorKind.WAIT
    )


class LocalBudget:
    """A budget within one process, for tests and tools; time and sleep are given."""

    def __init__(
        self, clock: Callable[[], datetime], sleep: Sleep = asyncio.sleep
    ) -> None:
        self._clock = clock
        self._sleep = sleep
        self._free_at: dict[str, datetime] = {}
        self._parked: dict[str, datetime] = {}
        self._stopped: set[str] = set()
        self._spent: dict[tuple[str, str], int] = {}

    async def take(self, name: str, rate: Rate, *, method: str = "") -> None:
        """Reserve the next turn and sleep until it comes; then look again."""
        names = held_by(name, method)
        now = self._clock()
        turn = max(self._held(names, now), self._free_at.get(name, now))
        if turn - now > LONGEST_WAIT:
            raise parked(names[-1], turn - now)
        self._free_at[name] = turn + rate.spacing
        if turn > now:
            await self._sleep((turn - now).total_seconds())
            now = self._clock()
            if (held := self._held(names, now)) > now:
                raise parked(names[-1], held - now)

    def backlog(self, name: str) -> timedelta:
        """Look at what is reserved."""
        now = self._clock()
        return max(self._free_at.get(name, now) - now, timedelta())

    def _held(self, names: Sequence[str], now: datetime) -> datetime:
        """Say until when one of the names is parked; raises for a stopped token."""
        if names[0] in self._stopped:
            raise stopped(names[0])
        return max(now, *(self._parked.get(each, now) for each in names))

    async def park(self, name: str, until: datetime) -> None:
        """Keep the later of two moments."""
        self._parked[name] = max(until, self._parked.get(name, until))

    async def stop(self, token: str) -> None:
        """Stop until the process ends."""
        self._stopped.add(token)

    async def spend(self, name: str, amount: int, limit: int, window: str) -> None:
        """Count in memory."""
        spent = self._spent.get((name, window), 0)
        if amount >= 0 and spent + amount > limit:
            raise overspent(name, spent, limit, window)
        self._spent[name, window] = spent + amount

    async def standing(self, token: str) -> Standing:
        """Look it up in memory."""
        until = self._parked.get(token)
        is_over = until is None or until <= self._clock()
        return Standing(token in self._stopped, None if is_over else until)
