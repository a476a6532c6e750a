"""Posts and money that X may cost are never overdrawn."""

from datetime import timedelta

from infra.sandbox.networks.x.server import SEARCH
from services.ingest.domain.posts import Network
from services.ingest.sources.base import ErrorKind
from services.ingest.sources.connector import Place
from tests.services.ingest.sources.polls import read_all, refused
from tests.services.ingest.sources.x.polls import poller
from tests.services.ingest.sources.x.world import (
    ACCOUNT,
    XServer,
)

# What it may cost


async def test_no_call_is_made_that_might_pass_the_posts_of_a_day() -> None:
    x = XServer()
    for number in range(200):
        x.publish(f"Яма {number}", at=x.now - timedelta(minutes=number / 10))
    one = poller(x, posts_a_day=125)

    await one.poll(x.now)
    error = await refused(x, one)
    made = len(x.calls)
    again = await refused(x, one)

    # A page of a hundred, one of twenty; no page has fewer than ten.
    sizes = [int(asked["max_results"]) for asked in x.called(SEARCH)]
    assert (sizes, x.paid, len(x.calls)) == ([100, 20], 120, made)
    assert (error.kind, error.code) == (ErrorKind.WAIT, "x:guard-day")
    assert again.retry_after is not None
    assert "posts a day" in str(again)


async def test_at_midnight_reading_goes_on_where_it_was() -> None:
    x = XServer()
    for number in range(200):
        x.publish(f"Яма {number}", at=x.now - timedelta(minutes=number / 10))
    one = poller(x, posts_a_day=120)
    await one.poll(x.now)
    error = await refused(x, one)
    assert error.retry_after is not None

    x.now += error.retry_after
    await read_all(x, one)

    assert len(one.archive.standing) == 200


async def test_the_money_of_a_month_is_one_for_all_sources_of_a_token() -> None:
    x = XServer()
    for number in range(100):
        x.publish(f"Яма и люк {number}", at=x.now - timedelta(minutes=number))
    one = poller(x, money_a_month=1)
    other = poller(x, Place(Network.X, "search", "люк", ""), money_a_month=1)
    await read_all(x, one)
    await read_all(x, other)

    error = await refused(x, poller(x, ACCOUNT, money_a_month=1))

    month = timedelta(days=31)
    assert (error.kind, error.code) == (ErrorKind.WAIT, "x:guard-month")
    assert error.retry_after is not None
    assert timedelta() < error.retry_after <= month
    assert "1 dollars a month" in str(error)


async def test_what_is_paid_for_today_is_read_again_for_nothing() -> None:
    x = XServer()
    item = x.publish("Яма")
    for number in range(10):
        x.publish(f"Яма {number}")
    one = poller(x, posts_a_day=21)
    await read_all(x, one)
    x.delete(item)

    # Ten of the day's posts are left: enough to search, not to pay eleven again.
    await read_all(x, one, minutes=31)

    assert (len(one.archive.standing), x.paid) == (10, 11)


async def test_checks_never_take_more_than_their_share() -> None:
    x = XServer()
    for number in range(40):
        x.publish(f"Яма {number}")
    one = poller(x, posts_a_day=100, checks_share=0.2)
    await read_all(x, one)
    x.forward(days=1)
    before = x.paid

    for _ in range(10):
        await read_all(x, one, minutes=31)

    assert x.paid - before == 20


async def test_posts_of_a_refused_call_cost_nothing() -> None:
    x = XServer()
    for number in range(30):
        x.publish(f"Яма {number}")
    one = poller(x, posts_a_day=100)
    for code in (503, 429, 503):
        x.fail(code)
        await refused(x, one)
        x.forward(minutes=16)

    await read_all(x, one)

    assert (len(one.archive.standing), x.paid) == (30, 30)


async def test_a_killed_poll_is_counted_twice_at_most() -> None:
    x = XServer()
    for number in range(30):
        x.publish(f"Яма {number}")
    one = poller(x, posts_a_day=130)
    await one.poll(x.now, saves=False)

    await read_all(x, one)

    assert (len(one.archive.standing), x.paid) == (30, 30)
    assert len(one.archive.effects) == 30
