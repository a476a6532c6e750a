"""Tokens stay below their limits."""

from datetime import UTC, datetime, timedelta

import pytest

from shared.networks.budget import LocalBudget, Rate
from shared.networks.failures import ErrorKind, NetworkError

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


@pytest.fixture
def budget(world: World) -> LocalBudget:
    return LocalBudget(world.clock, world.sleep)


async def test_no_second_sees_more_calls_than_the_rate(
    world: World, budget: LocalBudget
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
    world: World, budget: LocalBudget
) -> None:
    await budget.take("vk-1", Rate(1, timedelta(seconds=10)))
    await budget.take("vk-2", Rate(1, timedelta(seconds=10)))

    assert world.now == START


async def test_a_turn_too_far_away_is_left_to_the_scheduler(
    budget: LocalBudget,
) -> None:
    slow = Rate(1, timedelta(minutes=5))
    await budget.take("tme", slow)

    with pytest.raises(NetworkError) as caught:
        await budget.take("tme", slow)

    assert caught.value.kind is ErrorKind.WAIT
    assert caught.value.retry_after == timedelta(minutes=5.25)


async def test_a_refused_turn_is_not_reserved(
    world: World, budget: LocalBudget
) -> None:
    slow = Rate(1, timedelta(minutes=5))
    await budget.take("tme", slow)
    with pytest.raises(NetworkError):
        await budget.take("tme", slow)

    world.now += timedelta(minutes=5.25)
    await budget.take("tme", slow)

    assert world.now == START + timedelta(minutes=5.25)


@pytest.mark.parametrize("name", ["vk-1", "vk-1/wall.get"])
async def test_a_parked_token_parks_its_methods_a_parked_method_only_itself(
    world: World, budget: LocalBudget, name: str
) -> None:
    await budget.park(name, START + timedelta(hours=1))
    await budget.park(name, START + timedelta(minutes=1))

    with pytest.raises(NetworkError) as caught:
        await budget.take("vk-1/wall.get", THREE)
    if name != "vk-1":
        await budget.take("vk-1/wall.getComments", THREE)

    assert caught.value.retry_after == timedelta(hours=1)
    assert world.now == START


async def test_a_stopped_token_makes_no_call(budget: LocalBudget) -> None:
    await budget.stop("vk-1")

    with pytest.raises(NetworkError) as caught:
        await budget.take("vk-1/wall.get", THREE)

    assert caught.value.kind is ErrorKind.REAUTH


async def test_a_limit_in_a_window_is_kept_and_the_next_window_is_free(
    budget: LocalBudget,
) -> None:
    await budget.spend("x", 60, 100, "2026-11-11")

    with pytest.raises(NetworkError):
        await budget.spend("x", 41, 100, "2026-11-11")
    await budget.spend("x", 40, 100, "2026-11-11")
    await budget.spend("x", 100, 100, "2026-11-12")

    with pytest.raises(NetworkError):
        await budget.spend("x", 1, 100, "2026-11-11")
