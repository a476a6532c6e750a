"""Calls of MAX: where they go, what they carry, and what a refusal stops."""

from collections.abc import Callable
from datetime import timedelta

import httpx
import pytest

from shared.networks.access import Access, Token
from shared.networks.budget import LocalBudget
from shared.networks.failures import ErrorKind, NetworkError
from shared.networks.max.client import BASE, UNREACHED, Max
from tests.factories import NOW

SECRET = "f9LHodD0cOK-invented"


class Wire:
    """A way to MAX that answers as a test wants; its clock moves when we wait."""

    def __init__(self, answer: Callable[[httpx.Request], httpx.Response]) -> None:
        self.now = NOW
        self.requests: list[httpx.Request] = []
        self._answer = answer
        self.budget = LocalBudget(lambda: self.now, self._sleep)

    async def _sleep(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    def _hear(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        return self._answer(request)

    def api(self, base: str | None = None) -> Max:
        http = httpx.AsyncClient(transport=httpx.MockTransport(self._hear))
        token = Token("t1", "bot", {"token": SECRET})
        return Max.of(Access(http, self.budget, lambda: self.now, (token,), base=base))


def told(status: int = 200, **body: object) -> Wire:
    return Wire(lambda _: httpx.Response(status, json=body))


async def test_call_carries_the_bare_token_and_what_is_known() -> None:
    wire = told(messages=[])

    answer = await wire.api().get("messages", {"chat_id": -7, "from": None})

    (request,) = wire.requests
    assert answer == {"messages": []}
    assert str(request.url) == f"{BASE}/messages?chat_id=-7"
    assert request.headers["Authorization"] == SECRET


async def test_other_base_takes_the_calls() -> None:
    wire = told(message={})

    await wire.api("http://sandbox.invalid/max/").post("messages", {"text": "Да"})

    (request,) = wire.requests
    assert (request.method, str(request.url)) == (
        "POST",
        "http://sandbox.invalid/max/messages",
    )
    assert request.content == b'{"text":"\xd0\x94\xd0\xb0"}'


async def test_dead_token_is_not_used_again() -> None:
    wire = told(403, code="verify.token")
    api = wire.api()

    for _ in range(2):
        with pytest.raises(NetworkError) as caught:
            await api.get("me")
        assert caught.value.kind is ErrorKind.REAUTH

    assert len(wire.requests) == 1


async def test_too_many_calls_park_the_token() -> None:
    wire = told(429, code="too.many.requests")
    with pytest.raises(NetworkError):
        await wire.api().get("me")
    wire._answer = lambda _: httpx.Response(200, json={})

    with pytest.raises(NetworkError) as parked:
        await wire.api().get("me")
    wire.now += timedelta(seconds=10)
    await wire.api().get("me")

    assert parked.value.kind is ErrorKind.WAIT


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (httpx.ConnectError("refused"), UNREACHED),
        (httpx.ConnectTimeout("slow"), UNREACHED),
        (httpx.ReadTimeout("slow"), None),
    ],
)
async def test_call_that_was_never_sent_is_known_as_such(
    error: httpx.HTTPError, code: str | None
) -> None:
    def fail(_: httpx.Request) -> httpx.Response:
        raise error

    with pytest.raises(NetworkError) as caught:
        await Wire(fail).api().get("me")

    assert (caught.value.kind, caught.value.code) == (ErrorKind.RETRY, code)
    assert SECRET not in str(caught.value)


async def test_calls_are_spaced_below_thirty_a_second() -> None:
    wire = told()
    api = wire.api()

    for _ in range(26):
        await api.get("me")

    assert wire.now - NOW >= timedelta(seconds=1)


async def test_polls_and_sends_have_turns_of_their_own() -> None:
    wire = told()
    api = wire.api()

    for _ in range(3):
        await api.turn_to_poll()
    polled = wire.now - NOW
    for chat in (1, 2, 3):
        await api.turn_to_send(chat)

    assert polled >= timedelta(seconds=1)
    assert wire.now - NOW == polled


def test_without_a_token_there_is_nobody_to_call() -> None:
    wire = told()
    access = Access(httpx.AsyncClient(), wire.budget, lambda: NOW)

    with pytest.raises(NetworkError) as caught:
        Max.of(access)

    assert caught.value.kind is ErrorKind.REAUTH
