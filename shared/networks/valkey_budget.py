"""The budget all processes share: turns are given out by Valkey, one script each."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from redis.asyncio import Redis
from redis.exceptions import RedisError

from shared.networks.budget import (
    LONGEST_WAIT,
    Rate,
    Sleep,
    Standing,
    overspent,
    parked,
    stopped,
)
from shared.networks.failures import NetworkError

_PREFIX: Final = "otklik:budget:"
_KEPT_MS: Final = 3_600_000
_STOPPED_FOR: Final = timedelta(days=30)
_WINDOW_FOR: Final = timedelta(days=40)
_TURNS: Final = 5
"""A process that wakes late so often in a row had better try again another time."""

# All times are microseconds. The caller may tell the time (a virtual clock), else the
# server does, which is the same for all processes.
_TAKE: Final = """
local now = tonumber(ARGV[3])
if now == 0 then
    local told = redis.call('TIME')
    now = tonumber(told[1]) * 1000000 + tonumber(told[2])
end
if redis.call('EXISTS', KEYS[4]) == 1 then return {-1, 0} end
local turn = now
for i = 1, 3 do
    local held = tonumber(redis.call('GET', KEYS[i]) or '0')
    if held > turn then turn = held end
end
local wait = turn - now
if wait > tonumber(ARGV[2]) then return {1, string.format('%.0f', wait)} end
local free = turn + tonumber(ARGV[1])
local kept = math.ceil((free - now) / 1000) + tonumber(ARGV[4])
redis.call('SET', KEYS[1], string.format('%.0f', free), 'PX', kept)
return {0, string.format('%.0f', wait)}
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
        self._watch = time.monotonic if clock is None else lambda: clock().timestamp()
        self._sleep = sleep
        self._take = client.register_script(_TAKE)
        self._park = client.register_script(_PARK)
        self._spend = client.register_script(_SPEND)

    async def take(self, name: str, rate: Rate) -> None:
        """Reserve the next turn and sleep until it comes; then look again.

        Who wakes late, because the machine was busy, takes another turn: calls that
        were held up together would leave together.
        """
        for _ in range(_TURNS):
            begun = self._watch()
            wait = await self._reserve(name, rate)
            if wait:
                await self._sleep(wait.total_seconds())
                await self._check(name, name.partition("/")[0])
            late = timedelta(seconds=self._watch() - begun) - wait
            if late <= rate.slack:
                return
        raise parked(name, rate.spacing)

    async def _reserve(self, name: str, rate: Rate) -> timedelta:
        """Reserve the next turn and say how far it is."""
        token = name.partition("/")[0]
        keys = [
            f"{_PREFIX}free:{name}",
            f"{_PREFIX}parked:{name}",
            f"{_PREFIX}parked:{token}",
            f"{_PREFIX}stopped:{token}",
        ]
        now = 0 if self._clock is None else _micros(self._clock())
        spacing, longest = _length(rate.spacing), _length(self._longest)
        said, wait = await _answered(
            self._take(keys=keys, args=[spacing, longest, now, _KEPT_MS])
        )
        if said < 0:
            raise stopped(token)
        turn = timedelta(microseconds=int(wait))
        if said > 0:
            raise parked(name, turn)
        return turn

    async def _check(self, name: str, token: str) -> None:
        """Raise when a token was stopped, or a name parked, while we slept."""
        marks = (f"stopped:{token}", f"parked:{token}", f"parked:{name}")
        keys = [_PREFIX + mark for mark in marks]
        is_stopped, *held = await _answered(self._client.mget(keys))
        if is_stopped is not None:
            raise stopped(token)
        until = max((_moment(int(each)) for each in held if each), default=None)
        now = self._now()
        if until is not None and until > now:
            raise parked(name, until - now)

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
