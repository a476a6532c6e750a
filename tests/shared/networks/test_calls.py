"""What goes wrong between us and a network is classed, never guessed at."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from shared.networks.calls import LARGEST_ANSWER, Answer, call, is_skewed
from shared.networks.failures import ErrorKind, NetworkError

NOW = datetime(2026, 11, 11, 9, 0, tzinfo=UTC)


async def _call(respond: Callable[[httpx.Request], httpx.Response]) -> Answer:
    transport = httpx.MockTransport(respond)
    async with httpx.AsyncClient(transport=transport) as http:
        request = http.build_request("POST", "https://api.example/method")
        return await call(http, request, now=NOW)


async def test_json_comes_back_whatever_the_status_below_500() -> None:
    answer = await _call(lambda _: httpx.Response(429, json={"ok": False}))

    assert (answer.status, answer.data, answer.skew) == (429, {"ok": False}, None)


@pytest.mark.parametrize(
    "response",
    [
        httpx.Response(502, html="<h1>Bad gateway</h1>"),
        httpx.Response(200, content=b'{"response": {"items": ['),
        httpx.Response(200, html="<h1>Login</h1>"),
        httpx.Response(200, content=b"\xff\xfe\x00"),
        httpx.Response(200, content=b"[" * 100_000),
    ],
    ids=["html 502", "cut", "html 200", "no text", "too deep"],
)
async def test_what_no_network_means_to_say_is_tried_again(
    response: httpx.Response,
) -> None:
    with pytest.raises(NetworkError) as caught:
        await _call(lambda _: response)

    assert caught.value.kind is ErrorKind.RETRY


async def test_a_lost_connection_is_tried_again() -> None:
    def lost(_: httpx.Request) -> httpx.Response:
        raise httpx.ReadError("reset by peer")

    with pytest.raises(NetworkError, match="reset by peer") as caught:
        await _call(lost)

    assert caught.value.kind is ErrorKind.RETRY


async def test_an_endless_answer_is_cut() -> None:
    huge = b"[" + b"1," * (LARGEST_ANSWER // 2) + b"1]"

    with pytest.raises(NetworkError, match="larger than"):
        await _call(lambda _: httpx.Response(200, content=huge))


async def test_a_server_that_asks_for_time_gets_it_within_an_hour() -> None:
    with pytest.raises(NetworkError) as caught:
        await _call(lambda _: httpx.Response(503, headers={"Retry-After": "999999"}))

    assert caught.value.retry_after == timedelta(hours=1)


@pytest.mark.parametrize(
    ("told", "skew"),
    [
        ("Wed, 11 Nov 2026 09:10:00 GMT", timedelta(minutes=10)),
        ("Wed, 11 Nov 2026 08:59:50 GMT", timedelta(seconds=-10)),
        ("yesterday", None),
    ],
)
async def test_a_clock_that_differs_is_noticed(
    told: str, skew: timedelta | None
) -> None:
    answer = await _call(lambda _: httpx.Response(200, headers={"Date": told}, json={}))

    assert answer.skew == skew
    assert is_skewed(answer.skew) is (skew == timedelta(minutes=10))
