"""Calls of OK: signed, below the limit, failures heeded."""

from collections import Counter
from datetime import timedelta

import httpx
import pytest

from shared.networks.access import Access
from shared.networks.budget import LocalBudget, Rate
from shared.networks.failures import ErrorKind, NetworkError
from shared.networks.ok import Ok
from tests.factories import NOW
from tests.services.ingest.sources.ok.world import (
    GROUP,
    OTHER_GROUP,
    OkServer,
    admin,
    application,
    user,
)


def answering(*answers: httpx.Response) -> Ok:
    waiting = list(answers)
    http = httpx.AsyncClient(
        transport=httpx.MockTransport(lambda _: waiting.pop(0)),
    )
    budget = LocalBudget(lambda: NOW)
    return Ok(Access(http, budget, lambda: NOW, tokens=(application(),)))


async def test_call_is_signed_so_that_ok_accepts_it() -> None:
    server = OkServer()
    ok = Ok(server.access(user("ok-reader")))

    answer = await ok.call("url.getInfo", url="https://ok.ru/test_roads")

    assert answer["objectIdStr"] == GROUP
    assert server.calls[0][1].keys() >= {"sig", "access_token", "application_key"}


async def test_calls_without_a_session_are_signed_by_the_application() -> None:
    server = OkServer()
    ok = Ok(server.access(application()))

    answer = await ok.call("group.getCounters", group_id=GROUP, counterTypes="MEMBERS")

    assert answer == {"counters": {"members": 5210}}
    assert "access_token" not in server.calls[0][1]


async def test_method_for_users_is_not_called_without_one() -> None:
    server = OkServer()
    ok = Ok(server.access(application()))

    with pytest.raises(NetworkError, match="needs a user token") as caught:
        await ok.call("stream.get", gid=GROUP)

    assert (caught.value.kind, server.calls) == (ErrorKind.DISABLE, [])
    assert caught.value.code == "otklik:no-token"


async def test_user_who_administers_the_group_is_preferred() -> None:
    server = OkServer()
    access = server.access(user("ok-reader"), admin(OTHER_GROUP), admin(GROUP))

    await Ok(access, group=GROUP).call("group.getStatTopics", gid=GROUP)

    assert server.calls[0][1]["access_token"] == f"ok-admin-{GROUP}"


async def test_groups_are_spread_over_users_who_administer_none_of_them() -> None:
    server = OkServer()
    users = [user(f"ok-reader-{number}") for number in range(4)]
    for value in users:
        server.network.tokens.issue("reader", value=value.secrets["access_token"])

    for group in range(40):
        await Ok(server.access(*users), group=str(group)).call("discussions.getList")
        server.forward(seconds=1)

    used = Counter(params["access_token"] for _, params in server.calls)
    assert set(used) == {value.secrets["access_token"] for value in users}
    assert max(used.values()) < 20


@pytest.mark.parametrize("goes_on", [False, True])
async def test_group_moves_from_a_busy_reader_between_readings_only(
    *, goes_on: bool
) -> None:
    server = OkServer()
    users = [user(f"ok-reader-{number}") for number in range(2)]
    for value in users:
        server.network.tokens.issue("reader", value=value.secrets["access_token"])
    access = server.access(*users)
    first = Ok(access, group=GROUP)
    await first.call("discussions.getList")
    await access.budget.take(first.reader, Rate(1, timedelta(seconds=7)))

    ok = Ok(access, group=GROUP, reader=first.reader, goes_on=goes_on)
    await ok.call("discussions.getList")
    second = ok.reader
    await ok.call("discussions.getList")

    assert (second == first.reader, ok.reader == second) == (goes_on, True)


async def test_null_is_nothing_and_no_error() -> None:
    assert await answering(httpx.Response(200, text="null")).call("url.getInfo") is None


async def test_values_are_written_as_ok_reads_them() -> None:
    server = OkServer()
    ok = Ok(server.access())
    topic = server.publish("Яма")
    numbers = [int(server.number(topic)), 7]

    await ok.call("mediatopic.getByIds", topic_ids=numbers, media_limit=2, fields=None)

    sent = server.calls[0][1]
    assert sent["topic_ids"] == f"{numbers[0]},7"
    assert "fields" not in sent


async def test_errors_come_under_200() -> None:
    body = {"error_code": 104, "error_msg": "PARAM_SIGNATURE", "error_data": None}

    with pytest.raises(NetworkError) as caught:
        await answering(httpx.Response(200, json=body)).call("url.getInfo")

    assert (caught.value.kind, caught.value.code) == (ErrorKind.BUG, "ok:104")


@pytest.mark.parametrize("status", [302, 403, 502])
async def test_other_answers_are_tried_again(status: int) -> None:
    ok = answering(httpx.Response(status, json={}))

    with pytest.raises(NetworkError) as caught:
        await ok.call("url.getInfo")

    assert (caught.value.kind, caught.value.code) == (ErrorKind.RETRY, None)


async def test_skew_of_the_clocks_is_noticed() -> None:
    headers = {"Date": f"{NOW + timedelta(minutes=9):%a, %d %b %Y %H:%M:%S GMT}"}
    ok = answering(httpx.Response(200, json={}, headers=headers))

    await ok.call("url.getInfo")

    assert ok.skew is not None
    assert abs(ok.skew - timedelta(minutes=9)) < timedelta(seconds=1)


@pytest.mark.parametrize(
    ("option", "seconds"), [(None, 4), (1, 4), (3, 1.3), (50, 1.3), (0, 4)]
)
async def test_one_call_a_second_unless_told_otherwise(
    option: int | None, seconds: float
) -> None:
    server = OkServer()
    start = server.now
    options = {} if option is None else {"per_second": option}
    ok = Ok(server.access(**options))

    for _ in range(5):
        await ok.call("url.getInfo", url="https://ok.ru/nobody")

    assert (server.now - start).total_seconds() >= seconds
    assert server.network.meter.report()["over_limit"] == 0


async def test_blocks_grow_from_minutes_to_hours() -> None:
    server = OkServer()
    ok = Ok(server.access())
    waits = []
    for _ in range(5):
        server.fail("stream.get", 8)
        with pytest.raises(NetworkError) as caught:
            await ok.call("stream.get", gid=GROUP)
        waited = caught.value.retry_after
        assert waited is not None
        waits.append(waited)
        server.forward(seconds=waited.total_seconds() + 1)

    minutes = [wait.total_seconds() / 60 for wait in waits]
    assert minutes == [5, 30, 120, 360, 360]


async def test_flood_parks_the_whole_token() -> None:
    server = OkServer()
    ok = Ok(server.access())
    server.fail("stream.get", 8)
    with pytest.raises(NetworkError):
        await ok.call("stream.get", gid=GROUP)

    with pytest.raises(NetworkError) as caught:
        await ok.call("url.getInfo", url="https://ok.ru/test_roads")

    assert (caught.value.kind, len(server.calls)) == (ErrorKind.WAIT, 1)


async def test_limit_of_a_method_parks_that_method_alone() -> None:
    server = OkServer()
    ok = Ok(server.access())
    server.fail("stream.get", 11)
    with pytest.raises(NetworkError) as caught:
        await ok.call("stream.get", gid=GROUP)

    other = await ok.call("url.getInfo", url="https://ok.ru/test_roads")
    with pytest.raises(NetworkError):
        await ok.call("stream.get", gid=GROUP)

    assert caught.value.retry_after == timedelta(hours=1)
    assert other["type"] == "GROUP"
    assert [method for method, _ in server.calls] == ["stream.get", "url.getInfo"]


@pytest.mark.parametrize("code", [102, 103])
async def test_dead_session_is_not_used_again(code: int) -> None:
    server = OkServer()
    ok = Ok(server.access())
    server.fail("stream.get", code)
    kinds = []
    for _ in range(3):
        with pytest.raises(NetworkError) as caught:
            await ok.call("stream.get", gid=GROUP)
        kinds.append((caught.value.kind, caught.value.token))

    refused = (ErrorKind.REAUTH, server.access().tokens[0].id)
    assert (kinds, len(server.calls)) == ([refused] * 3, 1)
