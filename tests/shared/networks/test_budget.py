"""Tokens stay below their limits: one contract, within a process and across them."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias

import pytest
from redis.asyncio import Redis

from services.ingest.sources.base import ErrorKind, SourceError
from shared.networks.budget import Budget, LocalBudget, Rate, Standing
from shared.networks.valkey_budget import ValkeyBudget, open_budget

START = datetime(2026, 11, 11, 9, 0, tzinfo=UTC)
THREE = Rate(3)


class World:
    """A clock that moves only when somebody sleeps."""

    def __init__(self) -> None:
        self.now = START

    def clock(self) -> datetime:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture(params=["local", "valkey"])
async def budget(
    request: pytest.FixtureRequest, world: World, valkey_url: str
) -> AsyncIterator[Budget]:
    if request.param == "local":
        yield LocalBudget(world.clock, world.sleep)
        return
    client = Redis.from_url(valkey_url)
    yield ValkeyBudget(client, world.clock, world.sleep)
    await client.aclose()


Waited: TypeAlias = Callable[[Callable[[Budget], Awaitable[None]]], Budget]
"""Makes a budget to which something happens while somebody waits for a turn."""


@pytest.fixture(params=["local", "valkey"])
async def waited(
    request: pytest.FixtureRequest, world: World, valkey_url: str
) -> AsyncIterator[Waited]:
    client = Redis.from_url(valkey_url)

    def made(happens: Callable[[Budget], Awaitable[None]]) -> Budget:
        async def sleep(seconds: float) -> None:
            await happens(budget)
            await world.sleep(seconds)

        budget: Budget = (
            LocalBudget(world.clock, sleep)
            if request.param == "local"
            else ValkeyBudget(client, world.clock, sleep)
        )
        return budget

    yield made
    await client.aclose()


async def test_no_second_sees_more_calls_than_the_rate(
    world: World, budget: Budget
) -> None:
    taken = []
    for _ in range(30):
        await budget.take("vk-1", THREE)
        taken.append(world.now)

    fullest = max(
        sum(1 for other in taken if timedelta() <= other - one < timedelta(seconds=1))
        for one in taken
    )
    assert fullest == 3


async def test_two_tokens_do_not_wait_for_each_other(
    world: World, budget: Budget
) -> None:
    await budget.take("vk-1", Rate(1, timedelta(seconds=10)))
    await budget.take("vk-2", Rate(1, timedelta(seconds=10)))

    assert world.now == START


async def test_a_turn_too_far_away_is_left_to_the_scheduler(
    budget: Budget,
) -> None:
    slow = Rate(1, timedelta(minutes=5))
    await budget.take("tme", slow)

    with pytest.raises(SourceError) as caught:
        await budget.take("tme", slow)

    assert caught.value.kind is ErrorKind.WAIT
    assert caught.value.retry_after == timedelta(minutes=5.5)


async def test_a_refused_turn_is_not_reserved(world: World, budget: Budget) -> None:
    slow = Rate(1, timedelta(minutes=5))
    await budget.take("tme", slow)
    with pytest.raises(SourceError):
        await budget.take("tme", slow)

    world.now += timedelta(minutes=5.5)
    await budget.take("tme", slow)

    assert world.now == START + timedelta(minutes=5.5)


@pytest.mark.parametrize("name", ["vk-1", "vk-1/wall.get"])
async def test_a_method_without_turns_of_its_own_may_be_parked(
    budget: Budget, name: str
) -> None:
    await budget.park(name, START + timedelta(hours=1))

    with pytest.raises(SourceError) as caught:
        await budget.take("vk-1", THREE, method="wall.get")
    if name != "vk-1":
        await budget.take("vk-1", THREE, method="wall.getComments")

    assert caught.value.retry_after == timedelta(hours=1)


@pytest.mark.parametrize("name", ["vk-1", "vk-1/wall.get"])
async def test_a_parked_token_parks_its_methods_a_parked_method_only_itself(
    world: World, budget: Budget, name: str
) -> None:
    await budget.park(name, START + timedelta(hours=1))
    await budget.park(name, START + timedelta(minutes=1))

    with pytest.raises(SourceError) as caught:
        await budget.take("vk-1/wall.get", THREE)
    if name != "vk-1":
        await budget.take("vk-1/wall.getComments", THREE)

    assert caught.value.retry_after == timedelta(hours=1)
    assert world.now == START


async def test_a_stopped_token_makes_no_call(budget: Budget) -> None:
    await budget.stop("vk-1")

    with pytest.raises(SourceError) as caught:
        await budget.take("vk-1/wall.get", THREE)

    assert caught.value.kind is ErrorKind.REAUTH


@pytest.mark.parametrize("name", ["vk-1", "vk-1/wall.get"])
async def test_what_was_stopped_while_a_turn_was_waited_for_is_not_called(
    name: str, waited: Waited
) -> None:
    budget = waited(lambda each: each.stop("vk-1"))
    await budget.take(name, THREE)

    with pytest.raises(SourceError) as caught:
        await budget.take(name, THREE)

    assert caught.value.kind is ErrorKind.REAUTH


@pytest.mark.parametrize("parked", ["vk-1", "vk-1/wall.get"])
async def test_what_was_parked_while_a_turn_was_waited_for_waits_on(
    parked: str, waited: Waited
) -> None:
    budget = waited(lambda each: each.park(parked, START + timedelta(hours=1)))
    await budget.take("vk-1/wall.get", THREE)

    with pytest.raises(SourceError) as caught:
        await budget.take("vk-1/wall.get", THREE)

    left = timedelta(hours=1) - THREE.spacing
    assert (caught.value.kind, caught.value.retry_after) == (ErrorKind.WAIT, left)


async def test_a_limit_in_a_window_is_kept_and_the_next_window_is_free(
    budget: Budget,
) -> None:
    await budget.spend("x", 60, 100, "2026-11-11")

    with pytest.raises(SourceError):
        await budget.spend("x", 41, 100, "2026-11-11")
    await budget.spend("x", 40, 100, "2026-11-11")
    await budget.spend("x", 100, 100, "2026-11-12")

    with pytest.raises(SourceError):
        await budget.spend("x", 1, 100, "2026-11-11")


async def test_nought_asks_whether_a_limit_was_passed(budget: Budget) -> None:
    await budget.spend("x", 0, 0, "hashtag/яма")
    await budget.spend("x", 1, 1, "hashtag/яма")

    with pytest.raises(SourceError):
        await budget.spend("x", 0, 0, "hashtag/яма")
    await budget.spend("x", 0, 1, "hashtag/яма")


async def test_what_is_given_back_can_be_spent_again(budget: Budget) -> None:
    await budget.spend("x", 100, 100, "2026-11-11")

    await budget.spend("x", -30, 10, "2026-11-11")

    await budget.spend("x", 30, 100, "2026-11-11")
    with pytest.raises(SourceError):
        await budget.spend("x", 1, 100, "2026-11-11")


async def test_how_a_token_stands_can_be_seen(world: World, budget: Budget) -> None:
    await budget.park("vk-1", START + timedelta(minutes=5))
    await budget.stop("vk-2")

    seen = [await budget.standing(each) for each in ("vk-1", "vk-2", "vk-3")]
    world.now += timedelta(minutes=6)
    later = await budget.standing("vk-1")

    assert seen == [
        Standing(parked_until=START + timedelta(minutes=5)),
        Standing(stopped=True),
        Standing(),
    ]
    assert later == Standing()


async def test_processes_share_one_budget(valkey_url: str) -> None:
    slow = Rate(1, timedelta(minutes=5))
    async with open_budget(valkey_url) as one, open_budget(valkey_url) as other:
        await one.take("tme", slow)

        with pytest.raises(SourceError) as caught:
            await other.take("tme", slow)

    assert caught.value.kind is ErrorKind.WAIT


async def test_who_is_in_a_hurry_does_not_wait_for_long(valkey_url: str) -> None:
    slow = Rate(1, timedelta(seconds=10))
    hurry = timedelta(seconds=5)
    async with open_budget(valkey_url) as one, open_budget(valkey_url, hurry) as other:
        await one.take("ok-1", slow)

        with pytest.raises(SourceError) as caught:
            await other.take("ok-1", slow)

    assert caught.value.kind is ErrorKind.WAIT
    assert caught.value.retry_after is not None
    assert hurry < caught.value.retry_after <= slow.spacing


async def test_who_came_first_goes_first_one_after_another(
    world: World, valkey_url: str
) -> None:
    left: list[tuple[int, datetime]] = []

    async def call(number: int) -> None:
        await budget.take("vk-1", THREE)
        left.append((number, world.now))

    client = Redis.from_url(valkey_url)
    budget = ValkeyBudget(client, world.clock, world.sleep)
    await asyncio.gather(*(call(number) for number in range(4)))
    await client.aclose()

    assert left == [(number, START + number * THREE.spacing) for number in range(4)]


async def test_a_long_line_is_left_to_the_scheduler(
    world: World, valkey_url: str
) -> None:
    client = Redis.from_url(valkey_url)
    budget = ValkeyBudget(client, world.clock, world.sleep)
    waiting = [
        asyncio.ensure_future(budget.take("vk-1", Rate(1, timedelta(seconds=2))))
        for _ in range(4)
    ]
    await asyncio.sleep(0)

    with pytest.raises(SourceError) as caught:
        await budget.take("vk-1", Rate(1, timedelta(seconds=2)))
    backlog = budget.backlog("vk-1")
    await asyncio.gather(*waiting)
    later = budget.backlog("vk-1")
    await client.aclose()

    assert caught.value.kind is ErrorKind.WAIT
    assert (backlog, later) == (timedelta(seconds=8.8), timedelta())


async def test_who_gave_up_waiting_holds_nobody_up(
    world: World, valkey_url: str
) -> None:
    client = Redis.from_url(valkey_url)
    budget = ValkeyBudget(client, world.clock, world.sleep)
    first, second = (
        asyncio.ensure_future(budget.take("vk-1", THREE)) for _ in range(2)
    )
    await asyncio.sleep(0)

    second.cancel()
    await asyncio.gather(first, second, return_exceptions=True)
    await budget.take("vk-1", THREE)
    await client.aclose()

    assert world.now == START + THREE.spacing
    assert budget.backlog("vk-1") == timedelta()


async def test_a_parked_method_lets_others_pass(world: World, valkey_url: str) -> None:
    left: dict[str, datetime] = {}

    async def call(method: str) -> None:
        await budget.take("vk-1", THREE, method=method)
        left[method] = world.now

    async def sleep(seconds: float) -> None:
        await asyncio.sleep(0.02)
        await world.sleep(seconds)

    client = Redis.from_url(valkey_url)
    budget = ValkeyBudget(client, world.clock, sleep)
    await budget.park("vk-1/wall.getComments", START + timedelta(seconds=5))
    await asyncio.gather(call("wall.getComments"), call("wall.get"))
    await client.aclose()

    assert left == {
        "wall.get": START,
        "wall.getComments": START + timedelta(seconds=5),
    }


async def test_who_wakes_late_delays_the_next_and_wastes_nothing(
    world: World, valkey_url: str
) -> None:
    left: list[datetime] = []

    async def oversleep(seconds: float) -> None:
        await world.sleep(seconds + 1)

    client = Redis.from_url(valkey_url)
    budget = ValkeyBudget(client, world.clock, oversleep)
    for _ in range(3):
        await budget.take("vk-1", THREE)
        left.append(world.now)
    await client.aclose()

    late = THREE.spacing + timedelta(seconds=1)
    assert left == [START, START + late, START + 2 * late]


class SlowValkey(Redis):
    """Answers scripts a while after it has run them."""

    world: World
    delays: Sequence[float] = ()

    async def evalsha(self, *args: Any) -> Any:  # noqa: ANN401 -- passed on
        answer = await super().evalsha(*args)
        delay, *self.delays = self.delays or [0]
        await self.world.sleep(delay)
        return answer


def slow(url: str, world: World, *delays: float) -> SlowValkey:
    client = SlowValkey.from_url(url)
    client.world, client.delays = world, delays
    return client


async def test_calls_held_up_together_do_not_leave_together(
    world: World, valkey_url: str
) -> None:
    left: list[datetime] = []
    client = slow(valkey_url, world, 1.0)
    budget = ValkeyBudget(client, world.clock, world.sleep)

    for _ in range(3):
        await budget.take("vk-1", THREE)
        left.append(world.now)
    await client.aclose()

    late = START + timedelta(seconds=1)
    assert left == [late, late + THREE.spacing, late + 2 * THREE.spacing]


async def test_lines_nobody_stands_in_are_forgotten(
    world: World, valkey_url: str
) -> None:
    client = Redis.from_url(valkey_url)
    budget = ValkeyBudget(client, world.clock, world.sleep)

    for chat in range(3_000):
        await budget.take(f"bot-1/{chat}", THREE)
        world.now += timedelta(seconds=0.1)
    await client.aclose()

    assert len(budget._lines) < 1_700


async def test_without_valkey_no_call_is_made() -> None:
    async with open_budget("unix:///nonexistent/valkey.sock") as budget:
        with pytest.raises(SourceError) as caught:
            await budget.take("vk-1", THREE)

    assert caught.value.kind is ErrorKind.RETRY
