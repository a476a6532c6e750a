"""What X refuses, or answers wrongly, and when."""

from dataclasses import replace
from datetime import timedelta

import httpx
import pytest

from infra.sandbox.networks.x.problems import USAGE_CAPPED
from services.ingest.domain.posts import Network
from services.ingest.sources.base import ErrorKind, SourceError
from services.ingest.sources.connector import Place
from services.ingest.sources.x.watch import XSource
from tests.services.ingest.sources.polls import read_all, refused
from tests.services.ingest.sources.x.polls import poller
from tests.services.ingest.sources.x.world import (
    APP,
    XServer,
)
from tests.services.ingest.sources.x.world import (
    SEARCH as WORDS,
)


async def test_a_wrong_query_is_our_mistake() -> None:
    x = XServer()

    error = await refused(x, poller(x, Place(Network.X, "search", "odd:operator", "")))

    assert (error.kind, error.code) == (ErrorKind.BUG, "x:invalid-request")


# Refusals


async def test_a_burst_of_503_loses_nothing() -> None:
    x = XServer()
    x.publish("Яма")
    one = poller(x)
    x.fail(503, times=3)
    kinds = []
    for _ in range(3):
        kinds.append((await refused(x, one)).kind)
        x.forward(minutes=1)

    await read_all(x, one)

    assert kinds == [ErrorKind.RETRY] * 3
    assert one.archive.standing == x.standing()


async def test_failure_after_the_first_call_is_a_note() -> None:
    x = XServer()
    for number in range(150):
        x.publish(f"Яма {number}", at=x.now - timedelta(minutes=number))
    one = poller(x)
    x.before = [lambda: None, lambda: x.fail(503)]

    more = await one.poll(x.now)
    await read_all(x, one, minutes=1)

    assert (more, len(one.notes), len(one.archive.standing)) == (False, 1, 150)


async def test_too_many_calls_wait_until_x_says() -> None:
    x = XServer()
    one = poller(x)
    reset = str(int((x.now + timedelta(minutes=7)).timestamp()))
    problem = {"title": "Too Many Requests", "type": "about:blank", "status": 429}
    headers = {
        "x-rate-limit-reset": reset,
        "Date": f"{x.now:%a, %d %b %Y %H:%M:%S GMT}",
    }
    x.says.append(httpx.Response(429, json=problem, headers=headers))

    error = await refused(x, one)
    made = len(x.calls)
    parked = await refused(x, one)
    x.forward(minutes=8)
    await one.poll(x.now)

    assert (error.kind, error.code) == (ErrorKind.WAIT, "x:429")
    assert error.retry_after is not None
    assert timedelta(minutes=6) < error.retry_after <= timedelta(minutes=8)
    assert (parked.kind, made, len(x.calls)) == (ErrorKind.WAIT, 1, 2)


async def test_the_last_call_of_a_window_parks_the_method() -> None:
    x = XServer()
    one = poller(x)
    headers = {
        "x-rate-limit-remaining": "0",
        "x-rate-limit-reset": str(int(x.now.timestamp()) + 300),
    }
    x.says.append(httpx.Response(200, json={"meta": {}}, headers=headers))
    await one.poll(x.now)

    error = await refused(x, one)

    assert (error.kind, len(x.calls)) == (ErrorKind.WAIT, 1)


@pytest.mark.parametrize(
    ("cycle_day", "day"), [(1, "12-01"), (5, "12-05"), (28, "11-28"), (99, "11-28")]
)
async def test_the_usage_cap_stops_the_token_until_the_cycle_ends(
    cycle_day: int, day: str
) -> None:
    x = XServer()
    x.now = x.now.replace(year=2025, month=11, day=20)
    one = poller(x, cycle_day=cycle_day)
    x.fail(USAGE_CAPPED)

    error = await refused(x, one)
    parked = await refused(x, one)

    assert (error.kind, error.code) == (ErrorKind.WAIT, "x:usage-capped")
    assert error.retry_after is not None
    assert f"{x.now + error.retry_after:%m-%d}" == day
    assert (parked.kind, len(x.calls)) == (ErrorKind.WAIT, 1)


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (402, ErrorKind.HUMAN),
        (403, ErrorKind.DISABLE),
        (4030, ErrorKind.DISABLE),
        (4031, ErrorKind.DISABLE),
        (404, ErrorKind.SKIP_ITEM),
    ],
)
async def test_refusals_have_their_classes(code: int, kind: ErrorKind) -> None:
    x = XServer()
    x.fail(code)

    assert (await refused(x, poller(x))).kind is kind


async def test_without_a_token_nothing_is_asked() -> None:
    x = XServer()
    access = replace(x.access(), tokens=())

    with pytest.raises(SourceError, match="app or user token") as caught:
        await XSource(WORDS, access).fetch({}, now=x.now)

    assert (caught.value.kind, x.calls) == (ErrorKind.DISABLE, [])


async def test_what_is_no_object_is_tried_again() -> None:
    x = XServer()
    x.says.append(httpx.Response(200, json=[]))

    assert (await refused(x, poller(x))).kind is ErrorKind.RETRY


async def test_a_clock_that_differs_is_noted() -> None:
    x = XServer()
    x.skew = timedelta(hours=1)
    one = poller(x, WORDS, APP)

    await one.poll(x.now)

    assert one.notes == ["the network's clock and ours differ by 3600 s"]


async def test_times_of_the_far_future_are_refused_and_nothing_else() -> None:
    x = XServer()
    x.publish("Яма", created_at="2035-01-01T00:00:00.000Z")
    x.publish("Яма рядом")
    one = poller(x)

    await read_all(x, one)

    assert list(one.archive.standing.values()) == ["Яма рядом"]
    assert len(one.refused) == 1


async def test_a_poll_that_waited_long_makes_no_further_call() -> None:
    x = XServer()
    for number in range(350):
        x.publish(f"Яма {number}", at=x.now - timedelta(minutes=number))
    one = poller(x)
    x.before = [lambda: x.forward(seconds=15)]

    more = await one.poll(x.now)

    assert (more, len(x.calls), len(one.archive.standing)) == (True, 1, 100)
