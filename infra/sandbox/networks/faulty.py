"""The middleware before the fake networks: their time, and planned faults."""

import asyncio
import gzip
from collections.abc import Callable, Mapping, MutableMapping
from dataclasses import dataclass, field
from datetime import timedelta
from email.utils import format_datetime
from typing import Any, Final

import httpx
from fastapi import Request, Response
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from infra.sandbox.networks.context import (
    FakeNetwork,
    NetworkContext,
    ResponseLost,
    skew,
)
from infra.sandbox.networks.networks import Networks
from infra.sandbox.stage.plans import Fault, FaultMode

ABORT: Final = "otklik.abort"
_SORRY: Final = (
    "<html>\r\n<head><title>{0}</title></head>\r\n<body>\r\n<center><h1>{0}</h1>"
    "</center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
)
_CHANGED: Final = frozenset(
    {
        FaultMode.CUT,
        FaultMode.BREAK,
        FaultMode.CONTENT_TYPE,
        FaultMode.GZIP,
        FaultMode.CHARSET,
    }
)


@dataclass
class _Answer:
    """A whole answer, caught on its way out."""

    start: Message = field(default_factory=dict)
    body: bytes = b""

    async def catch(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.start = message
        else:
            self.body += message.get("body", b"")

    @property
    def headers(self) -> MutableHeaders:
        return MutableHeaders(scope=self.start)

    async def send(self, send: Send) -> None:
        await send(self.start)
        await send({"type": "http.response.body", "body": self.body})


class FaultyNetworks:
    """Serves requests to fake networks with their own clock and planned faults."""

    def __init__(
        self, app: ASGIApp, *, networks: Networks, fakes: tuple[FakeNetwork, ...]
    ) -> None:
        self._app = app
        self._networks = networks
        self._fakes: Mapping[str, FakeNetwork] = {
            prefix: fake for fake in fakes for prefix in fake.prefixes
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        fake = self._fake(scope)
        if fake is None:
            await self._app(scope, receive, send)
            return
        self._networks.catch_up()
        context = self._networks.context(fake.code)
        request, again = await _replayable(scope, receive)
        fault = context.fault(await fake.route_name(request))
        mark = skew.set(_ahead(fault))
        try:
            await self._serve(fake, context, fault, (scope, again, send))
        except ResponseLost:
            hang_up(scope)
        finally:
            skew.reset(mark)

    def _fake(self, scope: Scope) -> FakeNetwork | None:
        if scope["type"] != "http":
            return None
        for prefix, fake in self._fakes.items():
            if scope["path"].startswith((f"{prefix}/", f"{prefix}?")):
                return fake
        return None

    async def _serve(
        self,
        fake: FakeNetwork,
        context: NetworkContext,
        fault: Fault | None,
        call: tuple[Scope, Receive, Send],
    ) -> None:
        scope, receive, send = call
        dated = _dated(context, send)
        if fault is not None and (refusal := await _refused(fake, fault, scope)):
            await refusal(scope, receive, dated)
        elif fault is not None and fault.mode in _CHANGED:
            answer = _Answer()
            await self._app(scope, receive, answer.catch)
            _CHANGES[fault.mode](answer, fault)
            await answer.send(dated)
            if fault.mode is FaultMode.BREAK:
                hang_up(scope)
        else:
            await self._app(scope, receive, dated)


async def _refused(fake: FakeNetwork, fault: Fault, scope: Scope) -> Response | None:
    """Wait, refuse or hang up; None where the request is served after all."""
    match fault.mode:
        case FaultMode.LATENCY:
            await asyncio.sleep(max(0.0, fault.seconds))
        case FaultMode.LIMIT:
            return fake.limited(fault)
        case FaultMode.STATUS:
            return _sorry(fault)
        case FaultMode.RESET:
            hang_up(scope)
        case FaultMode.UNREACHABLE:
            be_nowhere(scope)
        case FaultMode.HANG:
            await asyncio.sleep(max(0.0, fault.seconds))
            hang_up(scope)
        case _:
            pass
    return None


def hang_up(scope: Scope) -> None:
    """End the connection; in a test without one, fail as the caller would see it."""
    abort: Callable[[], None] | None = scope.get("extensions", {}).get(ABORT)
    if abort is not None:
        abort()
    raise httpx.RemoteProtocolError("The sandbox hung up as planned.")


def be_nowhere(scope: Scope) -> None:
    """Fail as a name that is not found; over a socket the connection just ends."""
    if ABORT in scope.get("extensions", {}):
        hang_up(scope)
    raise httpx.ConnectError("[Errno -2] Name or service not known")


class Hangable:
    """Lets the app end a connection without an answer; wrap the app uvicorn runs."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        # uvicorn's `send` is a method of the cycle that owns the connection.
        transport = getattr(getattr(send, "__self__", None), "transport", None)
        if transport is not None:
            extensions: MutableMapping[str, Any] = scope.setdefault("extensions", {})
            extensions[ABORT] = transport.abort
        try:
            await self._app(scope, receive, send)
        except httpx.RemoteProtocolError:
            return


def _ahead(fault: Fault | None) -> timedelta:
    is_skewed = fault is not None and fault.mode is FaultMode.SKEW
    return timedelta(seconds=fault.seconds) if fault and is_skewed else timedelta()


def _sorry(fault: Fault) -> Response:
    text = _SORRY.format(f"{fault.status} Sorry")
    wait = fault.retry_after
    headers = {} if wait is None else {"Retry-After": str(wait)}
    return Response(text, fault.status, headers, media_type="text/html")


def _cut(answer: _Answer, _: Fault) -> None:
    answer.body = answer.body[: len(answer.body) // 2]
    answer.headers["Content-Length"] = str(len(answer.body))


def _break(answer: _Answer, _: Fault) -> None:
    answer.headers["Content-Length"] = str(len(answer.body) or 1)
    answer.body = answer.body[: len(answer.body) // 2]


def _content_type(answer: _Answer, fault: Fault) -> None:
    answer.headers["Content-Type"] = fault.value


def _gzip(answer: _Answer, _: Fault) -> None:
    answer.body = gzip.compress(answer.body)
    answer.headers["Content-Length"] = str(len(answer.body))
    answer.headers["Content-Encoding"] = "gzip"


def _charset(answer: _Answer, fault: Fault) -> None:
    answer.body = answer.body.decode().encode(fault.value, "replace")
    answer.headers["Content-Length"] = str(len(answer.body))


_CHANGES: Final[Mapping[FaultMode, Callable[[_Answer, Fault], None]]] = {
    FaultMode.CUT: _cut,
    FaultMode.BREAK: _break,
    FaultMode.CONTENT_TYPE: _content_type,
    FaultMode.GZIP: _gzip,
    FaultMode.CHARSET: _charset,
}


def _dated(context: NetworkContext, send: Send) -> Send:
    """Put the network's own time into the Date header."""

    async def dated(message: Message) -> None:
        if message["type"] == "http.response.start":
            moment = context.now().replace(microsecond=0)
            headers = MutableHeaders(scope=message)
            headers["Date"] = format_datetime(moment, usegmt=True)
        await send(message)

    return dated


async def _replayable(scope: Scope, receive: Receive) -> tuple[Request, Receive]:
    """Read the body now, so that the route's name may depend on it."""
    request = Request(scope, receive)
    body = await request.body()
    waiting: list[Message] = [
        {"type": "http.request", "body": body, "more_body": False}
    ]

    async def again() -> Message:
        return waiting.pop() if waiting else await receive()

    return request, again
