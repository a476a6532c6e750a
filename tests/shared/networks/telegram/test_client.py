"""Calls of the Bot API keep to their limits and hide the token."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

from shared.networks.access import Access, Token
from shared.networks.budget import LocalBudget
from shared.networks.failures import ErrorKind, NetworkError
from shared.networks.telegram import Bot
from shared.networks.telegram.client import UNREACHED
from tests.factories import NOW

SECRET = "800:very-secret"


class Line:
    """A way to the Bot API on which the test answers; times are virtual."""

    def __init__(self, respond: Callable[[httpx.Request], httpx.Response]) -> None:
        self.now: datetime = NOW
        self.requests: list[httpx.Request] = []
        self._respond = respond
        transport = httpx.MockTransport(self._answer)
        self.access = Access(
            http=httpx.AsyncClient(transport=transport),
            budget=LocalBudget(lambda: self.now, self._sleep),
            clock=lambda: self.now,
            tokens=(Token("b1", "bot", {"token": SECRET}),),
        )
        self.bot = Bot.of(self.access)

    async def _sleep(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        return self._respond(request)


def fine(result: object) -> Callable[[httpx.Request], httpx.Response]:
    return lambda _: httpx.Response(200, json={"ok": True, "result": result})


def refused(status: int, **body: Any) -> Callable[[httpx.Request], httpx.Response]:  # noqa: ANN401 -- JSON
    answer = {"ok": False, "error_code": status, "description": "No", **body}
    return lambda _: httpx.Response(status, json=answer)


async def test_call_is_json_to_the_bots_own_address() -> None:
    line = Line(fine({"id": 800}))

    result = await line.bot.call("getChat", chat_id="@test_d", nothing=None)

    (request,) = line.requests
    assert result == {"id": 800}
    assert str(request.url) == f"https://api.telegram.org/bot{SECRET}/getChat"
    assert json.loads(request.content) == {"chat_id": "@test_d"}


async def test_bot_knows_its_own_number() -> None:
    assert Line(fine(1)).bot.id == 800


async def test_calls_are_spread_below_the_limit() -> None:
    line = Line(fine(1))

    for _ in range(50):
        await line.bot.call("getMe")

    assert line.now - NOW > timedelta(seconds=2)


async def test_messages_to_one_group_are_three_seconds_apart() -> None:
    line = Line(fine(1))

    for _ in range(3):
        await line.bot.turn_to_send(-1009)
    await line.bot.turn_to_send(-1008)

    assert line.now - NOW == timedelta(seconds=6.6)


async def test_refused_token_is_not_used_again() -> None:
    line = Line(refused(401))

    for _ in range(2):
        with pytest.raises(NetworkError) as caught:
            await line.bot.call("getMe")
        told = (caught.value.kind, caught.value.token)
        assert told == (ErrorKind.REAUTH, line.access.tokens[0].id)

    assert len(line.requests) == 1


async def test_told_to_wait_no_call_is_made_before() -> None:
    line = Line(refused(429, parameters={"retry_after": 60}))
    with pytest.raises(NetworkError):
        await line.bot.call("getMe")

    with pytest.raises(NetworkError) as caught:
        await line.bot.call("getMe")

    assert caught.value.kind is ErrorKind.WAIT
    assert len(line.requests) == 1


async def test_token_is_not_in_an_error_of_the_way() -> None:
    def broken(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError(f"no way to {request.url}")

    line = Line(broken)

    with pytest.raises(NetworkError) as caught:
        await line.bot.call("getMe")

    told = repr(caught.value) + repr(caught.value.__cause__)
    assert (SECRET in told, "<token>" in told) == (False, True)
    assert caught.value.__suppress_context__


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (httpx.ConnectError("refused"), UNREACHED),
        (httpx.ConnectTimeout("slow"), UNREACHED),
        (httpx.ReadTimeout("slow"), None),
        (httpx.RemoteProtocolError("hung up"), None),
    ],
)
async def test_call_that_was_never_sent_is_told_from_others(
    error: httpx.HTTPError, code: str | None
) -> None:
    def broken(_: httpx.Request) -> httpx.Response:
        raise error

    with pytest.raises(NetworkError) as caught:
        await Line(broken).bot.call("sendMessage")

    assert (caught.value.kind, caught.value.code) == (ErrorKind.RETRY, code)


@pytest.mark.parametrize("body", [[], "?", {"ok": True}, {"result": 1}])
async def test_answer_without_a_result_is_no_success(body: object) -> None:
    line = Line(lambda _: httpx.Response(200, json=body))

    with pytest.raises(NetworkError):
        await line.bot.call("getMe")


async def test_without_a_token_somebody_has_to_give_one() -> None:
    line = Line(fine(1))
    access = Access(line.access.http, line.access.budget, line.access.clock)

    with pytest.raises(NetworkError) as caught:
        Bot.of(access)

    assert caught.value.kind is ErrorKind.REAUTH


async def test_clock_of_the_network_is_noticed() -> None:
    ahead = NOW + timedelta(hours=1)
    headers = {"Date": f"{ahead:%a, %d %b %Y %H:%M:%S} GMT"}
    line = Line(
        lambda _: httpx.Response(200, json={"ok": True, "result": 1}, headers=headers)
    )

    await line.bot.call("getMe")

    assert line.bot.skew == timedelta(hours=1)
