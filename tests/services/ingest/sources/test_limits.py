"""Every network stays below its limits for ten minutes, whatever happens meanwhile.

The budget is the one of production: two clients of one Valkey, as two processes have.
"""

from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis

from infra.sandbox.networks import FakeNetwork, fakes
from services.ingest.sources.base import ErrorKind
from shared.networks.budget import LocalBudget, Rate
from shared.networks.valkey_budget import ValkeyBudget
from tests.infra.sandbox.worlds import START
from tests.services.ingest.sources.limits import TenMinutes, stand_of

NEVER = ("over_limit", "after_fatal", "unapproved_writes")
MANY = 200
"""So many calls at least: who hardly asks proves nothing."""

FAKES = {fake.code: fake for fake in fakes()}


class Unbounded(LocalBudget):
    """A budget that lets everybody go at once."""

    def __init__(self) -> None:
        super().__init__(lambda: START)

    async def take(self, name: str, rate: Rate, *, method: str = "") -> None:
        """Let them go."""

    async def spend(self, name: str, amount: int, limit: int, window: str) -> None:
        """Let them spend."""


@pytest.fixture
async def valkeys(valkey_url: str) -> AsyncIterator[tuple[Redis, Redis]]:
    """Two clients of one server that holds no budgets yet."""
    one, other = Redis.from_url(valkey_url), Redis.from_url(valkey_url)
    await one.flushdb()
    yield one, other
    await one.aclose()
    await other.aclose()


@pytest.mark.no_cover
@pytest.mark.parametrize("code", FAKES)
async def test_ten_minutes_stay_below_every_limit(
    code: str, valkeys: tuple[Redis, Redis]
) -> None:
    fake: FakeNetwork = FAKES[code]
    stand = stand_of(fake)
    run = TenMinutes(fake, stand)
    budgets = [ValkeyBudget(each, run.wall, run.turns.sleep) for each in valkeys]

    counted = await run.run(*budgets)

    never = {name: counted[name] for name in NEVER}
    is_refused = ErrorKind.REAUTH in run.kinds
    assert never == dict.fromkeys(NEVER, 0), counted
    assert counted["requests"] > MANY
    assert is_refused is (stand.revoked is not None)


@pytest.mark.no_cover
@pytest.mark.parametrize("code", FAKES)
async def test_the_run_would_notice_who_asks_too_fast(
    code: str,
) -> None:
    """Without a budget the same run is above the limits: it looks at what matters."""
    fake = FAKES[code]
    run = TenMinutes(fake, stand_of(fake))

    counted = await run.run(Unbounded(), Unbounded())

    assert counted["over_limit"] > 0
