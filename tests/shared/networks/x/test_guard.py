"""The guard: posts a day, money a month, and no call that might pass them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from shared.networks.access import Access, Token
from shared.networks.budget import LocalBudget
from shared.networks.failures import ErrorKind, NetworkError
from shared.networks.x.guard import Guard, Paid

NOW = datetime(2025, 11, 11, 18, tzinfo=UTC)
TOKEN = Token("t", "app", {"token": "x-app"})


class World:
    """One budget for all guards, and a clock to move."""

    def __init__(self) -> None:
        self.now = NOW
        self.budget = LocalBudget(lambda: self.now)

    def guard(self, place: str = "search:яма", **options: Any) -> Guard:  # noqa: ANN401
        access = Access(
            http=httpx.AsyncClient(),
            budget=self.budget,
            clock=lambda: self.now,
            tokens=(TOKEN,),
            options=options,
        )
        return Guard(access, TOKEN, place)


async def refused(guard: Guard, posts: int) -> NetworkError:
    with pytest.raises(NetworkError) as caught:
        await guard.take_posts(posts)
    return caught.value


async def test_posts_of_a_day_are_spent_and_come_back_at_midnight() -> None:
    world = World()
    guard = world.guard(posts_a_day=100)
    await guard.take_posts(100)

    error = await refused(guard, 1)
    world.now += timedelta(hours=6)
    await guard.take_posts(100)

    assert (error.kind, error.code) == (ErrorKind.WAIT, "x:guard-day")
    assert error.retry_after == timedelta(hours=6)
    assert "the 100 posts a day" in str(error)


async def test_every_source_has_a_day_of_its_own_but_one_purse() -> None:
    world = World()
    options = {"posts_a_day": 1000, "money_a_month": 1, "price_per_post": 0.005}
    await world.guard("search:яма", **options).take_posts(150)
    await world.guard("search:люк", **options).take_posts(50)

    error = await refused(world.guard("search:свет", **options), 1)

    assert (error.code, error.retry_after) == (
        "x:guard-month",
        datetime(2025, 12, 1, tzinfo=UTC) - NOW,
    )


async def test_the_largest_page_that_fits_is_taken() -> None:
    guard = World().guard(posts_a_day=130)

    sizes = [(await guard.take_most((100, 50, 20, 10)))[0] for _ in range(2)]
    with pytest.raises(NetworkError) as caught:
        await guard.take_most((100, 50, 20, 11))

    assert (sizes, caught.value.code) == ([100, 20], "x:guard-day")


async def test_what_did_not_come_is_given_back() -> None:
    guard = World().guard(posts_a_day=100)
    taken = await guard.take_posts(100)

    await guard.settle(taken, 100, 7)
    await guard.take_posts(93)

    assert (await refused(guard, 1)).code == "x:guard-day"


async def test_checks_have_a_share_of_the_day() -> None:
    guard = World().guard(posts_a_day=100, checks_share=0.25)
    await guard.take_posts(25, for_checks=True)

    with pytest.raises(NetworkError):
        await guard.take_posts(1, for_checks=True)
    await guard.take_posts(75)

    assert (await refused(guard, 1)).code == "x:guard-day"


async def test_cards_cost_money_but_no_posts() -> None:
    guard = World().guard(posts_a_day=0, money_a_month="0.02")
    await guard.take_user()
    await guard.take_user()

    with pytest.raises(NetworkError) as caught:
        await guard.take_user()

    assert caught.value.code == "x:guard-month"


async def test_counters_that_were_lost_let_no_source_spend_twice() -> None:
    world, paid = World(), Paid()
    options = {"posts_a_day": 300, "money_a_month": 1, "price_per_post": 0.005}
    guard = replace(world.guard(**options), paid=paid)
    taken = await guard.take_posts(200)
    await guard.settle(taken, 200, 150)
    paid.add(paid.new_among(map(str, range(150)), NOW))

    world.budget = LocalBudget(lambda: world.now)
    kept = Paid.from_json(paid.as_json())
    after = replace(world.guard(**options), paid=kept)
    codes = [(await refused(after, posts)).code for posts in (51, 151)]
    await after.take_posts(50)
    world.now += timedelta(days=31)
    await after.take_posts(200)

    assert codes == ["x:guard-month", "x:guard-day"]


async def test_replaced_secrets_have_the_same_purse() -> None:
    world, key = World(), "0" * 32
    old, new = (Token(f"{key}-{version}", "app", {}) for version in (1, 2))
    guard = world.guard(posts_a_day=1000, money_a_month=1)
    await replace(guard, token=old).take_posts(200)

    error = await refused(replace(guard, token=new), 1)

    assert error.code == "x:guard-month"


@pytest.mark.parametrize("odd", ["many", -1, True, None, "nan", "inf", [1]])
async def test_what_is_no_limit_leaves_the_usual_one(odd: object) -> None:
    guard = World().guard(posts_a_day=odd)
    await guard.take_posts(200)

    assert (await refused(guard, 1)).code == "x:guard-day"


async def test_a_silent_budget_is_no_spent_one() -> None:
    class Silent(LocalBudget):
        async def spend(self, *_: object) -> None:
            raise NetworkError("the budget does not answer")

    world = World()
    world.budget = Silent(lambda: NOW)

    with pytest.raises(NetworkError) as caught:
        await world.guard().take_most((100, 10))

    assert caught.value.kind is ErrorKind.RETRY


def test_a_post_is_paid_for_once_a_day() -> None:
    paid = Paid()
    first = paid.new_among(["1", "2", "2"], NOW)
    paid.add(first)

    again = Paid.from_json(paid.as_json())
    same_day = again.new_among(["2", "3"], NOW)
    next_day = again.new_among(["2", "3"], NOW + timedelta(hours=6))

    assert (first, same_day, next_day) == (["1", "2"], ["3"], ["2", "3"])
