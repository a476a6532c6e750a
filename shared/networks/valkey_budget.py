"""The budget all processes share: turns are given out by Valkey, one script each."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from redis.asyncio import Redis
from redis.exceptions import RedisError

from shared.networks.budget import (
    LONGEST_WAIT,
    Rate,
    Sleep,
    Standing,
    held_by,
    overspent,
    parked,
    stopped,
)
from shared.networks.failures import NetworkError

_PREFIX: Final = "otklik:budget:"
_KEPT_MS: Final = 3_600_000
_STOPPED_FOR: Final = timedelta(days=30)
_WINDOW_FOR: Final = timedelta(days=40)
_SECOND: Final = 1_000_000
_LINE_FOR: Final = 60.0
_LINES: Final = 1_000
_TAKEN, _EARLY, _PARKED, _STOPPED = range(4)
"""What the script says about a turn."""

# All times are microseconds. The caller may tell the time (a virtual clock), else the
# server does, which is the same for all processes. A turn is taken when its time has
# come, never before: whoever wakes late delays the next one and wastes nothing.
_TAKE: Final = """
local now = tonumber(ARGV[2])
if now == 0 then
    local told = redis.call('TIME')
    now = tonumber(told[1]) * 1000000 + tonumber(told[2])
end
if redis.call('EXISTS', KEYS[2]) == 1 then return {3, '0'} end
local held = 0
for i = 3, #KEYS do
    held = math.max(held, tonumber(redis.call('GET', KEYS[i]) or '0') - now)
end
if held > 0 then return {2, string.format('%.0f', held)} end
local early = tonumber(redis.call('GET', KEYS[1]) or '0') - now
if early > 0 then return {1, string.format('%.0f', early)} end
local kept = math.ceil(tonumber(ARGV[1]) / 1000) + tonumber(ARGV[3])
local free = string.format('%.0f', now + tonumber(ARGV[1]))
redis.call('SET', KEYS[1], free, 'PX', kept)
return {0, '0'}
"""

_PARK: Final = """
local held = tonumber(redis.call('GET', KEYS[1]) or '0')
if tonumber(ARGV[1]) > held then
    redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
end
return 1
"""

_SPEND: Final = """
local spent = tonumber(redis.call('GET', KEYS[1]) or '0')
local amount = tonumber(ARGV[1])
if amount >= 0 and spent + amount > tonumber(ARGV[2]) then return {0, spent} end
redis.call('INCRBY', KEYS[1], ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return {1, spent}
"""


@dataclass(frozen=True, slots=True)
class _Asked:
    """A turn that is waited for until a moment (seconds of the watch)."""

    name: str
    method: str
    rate: Rate
    until: float

    def in_time(self, now: float, wait: float) -> float:
        """Give the wait back; raises when the turn would come too late."""
        if wait and now + wait > self.until:
            raise parked(self.name, timedelta(seconds=wait))
        return wait


@dataclass(slots=True)
class _Line:
    """Those of this process who wait for turns of one name, first come first served.

    Turns are not reserved in Valkey: without a line, luck would decide who waits.
    `left` is when the last one left (seconds of the watch).
    """

    spacing: timedelta
    left: float
    waiting: int = 0
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def backlog(self) -> timedelta:
        return self.waiting * self.spacing

    @contextmanager
    def joined(self) -> Iterator[None]:
        """Count somebody as waiting."""
        self.waiting += 1
        try:
            yield
        finally:
            self.waiting -= 1


class ValkeyBudget:
    """Turns reserved in Valkey; when it does not answer, no call is made.

    `longest` is the longest wait for a turn before WAIT is raised.
    """

    def __init__(
        self,
        client: Redis,
        clock: Callable[[], datetime] | None = None,
        sleep: Sleep = asyncio.sleep,
        longest: timedelta = LONGEST_WAIT,
    ) -> None:
        self._client = client
        self._longest = longest
        self._clock = clock
        self._lines: dict[str, _Line] = {}
        self._most_lines = _LINES
        self._watch = time.monotonic if clock is None else lambda: clock().timestamp()
        self._sleep = sleep
        self._take = client.register_script(_TAKE)
        self._park = client.register_script(_PARK)
        self._spend = client.register_script(_SPEND)

    async def take(self, name: str, rate: Rate, *, method: str = "") -> None:
        """Stand in this process's line, then take a turn of those Valkey has for all.

        Who is parked lets others pass meanwhile, whose method may not be.
        """
        line = self._line(name, rate)
        if line.backlog > self._longest:
            raise parked(name, line.backlog)
        until = self._watch() + self._longest.total_seconds()
        asked = _Asked(name, method, rate, until)
        with line.joined():
            while held := await self._first(line, asked):
                await self._sleep(held)

    def backlog(self, name: str) -> timedelta:
        """Count who stands in this process's line."""
        line = self._lines.get(name)
        return line.backlog if line else timedelta()

    def _line(self, name: str, rate: Rate) -> _Line:
        if len(self._lines) >= self._most_lines:
            in_use = self._watch() - _LINE_FOR
            self._lines = {
                key: each
                for key, each in self._lines.items()
                if each.waiting or each.left > in_use
            }
            self._most_lines = max(_LINES, 2 * len(self._lines))
        return self._lines.setdefault(name, _Line(rate.spacing, -_LINE_FOR))

    async def _first(self, line: _Line, asked: _Asked) -> float:
        """Be the first in line until a turn comes; return for how long it is parked.

        A turn may be told late, because the machine was busy. Then the next one here
        waits longer: calls that were held up together would leave together.
        """
        async with line.lock:
            gap = line.left + asked.rate.spacing.total_seconds() - self._watch()
            if gap > 0:
                await self._sleep(asked.in_time(self._watch(), gap))
            said, wait = await self._ask(asked)
            while said == _EARLY:
                await self._sleep(wait)
                said, wait = await self._ask(asked)
            if said == _PARKED:
                return wait
            line.left = self._watch()
            return 0.0

    async def _ask(self, asked: _Asked) -> tuple[int, float]:
        """Ask for a turn; raises when there is none in time."""
        token, *others = held_by(asked.name, asked.method)
        keys = [f"free:{asked.name}", f"stopped:{token}"]
        keys += [f"parked:{each}" for each in (token, *others)]
        now = 0 if self._clock is None else _micros(self._clock())
        said, micros = await _answered(
            self._take(
                keys=[_PREFIX + each for each in keys],
                args=[_length(asked.rate.spacing), now, _KEPT_MS],
            )
        )
        if said == _STOPPED:
            raise stopped(token)
        return said, asked.in_time(self._watch(), int(micros) / _SECOND)

    async def park(self, name: str, until: datetime) -> None:
        """Keep the later of two moments."""
        lasts = max(until - self._now(), timedelta()) // timedelta(milliseconds=1)
        key = f"{_PREFIX}parked:{name}"
        await _answered(self._park(keys=[key], args=[_micros(until), lasts + _KEPT_MS]))

    async def stop(self, token: str) -> None:
        """Stop for longer than anybody needs to notice; the credential says it too."""
        key = f"{_PREFIX}stopped:{token}"
        await _answered(self._client.set(key, 1, ex=_STOPPED_FOR))

    async def spend(self, name: str, amount: int, limit: int, window: str) -> None:
        """Count in Valkey; a window is forgotten some weeks later."""
        key = f"{_PREFIX}spent:{name}:{window}"
        kept = _WINDOW_FOR // timedelta(milliseconds=1)
        done, spent = await _answered(
            self._spend(keys=[key], args=[amount, limit, kept])
        )
        if not done:
            raise overspent(name, int(spent), limit, window)

    async def standing(self, token: str) -> Standing:
        """Read both marks at once."""
        keys = [f"{_PREFIX}stopped:{token}", f"{_PREFIX}parked:{token}"]
        is_stopped, held = await _answered(self._client.mget(keys))
        until = None if held is None else _moment(int(held))
        is_over = until is None or until <= self._now()
        return Standing(is_stopped is not None, None if is_over else until)

    def _now(self) -> datetime:
        return datetime.now(UTC) if self._clock is None else self._clock()


@asynccontextmanager
async def open_budget(
    url: str, longest: timedelta = LONGEST_WAIT
) -> AsyncIterator[ValkeyBudget]:
    """Connect to the Valkey at a URL when it is first needed; close it again."""
    client = Redis.from_url(url)
    try:
        yield ValkeyBudget(client, longest=longest)
    finally:
        await client.aclose()


async def _answered(asked: Any) -> Any:  # noqa: ANN401 -- whatever the script answers
    try:
        return await asked
    except (RedisError, OSError) as error:
        reason = type(error).__name__
        raise NetworkError(f"the budget does not answer ({reason})") from error


def _micros(moment: datetime) -> int:
    return (moment - datetime.fromtimestamp(0, UTC)) // timedelta(microseconds=1)


def _length(span: timedelta) -> int:
    return span // timedelta(microseconds=1)


def _moment(micros: int) -> datetime:
    return datetime.fromtimestamp(0, UTC) + timedelta(microseconds=micros)
