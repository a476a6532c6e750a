"""Websockets of the fake networks without a socket: the application is asked."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import httpx

from shared.networks.failures import NetworkError
from shared.networks.sockets import Socket, SocketRefused

_LONG = 10.0


@dataclass
class AppSockets:
    """Opens websockets of an application.

    `meanwhile` happens one by one, each when a connection has nothing to say; time
    passes when nothing happens any more. `addresses` lists what was opened.
    """

    app: Any
    pass_by: Callable[..., None]
    meanwhile: list[Callable[[], None]] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)

    @asynccontextmanager
    async def open(self, address: str) -> AsyncIterator[Socket]:
        self.addresses.append(address)
        line = _Line(self)
        asked = asyncio.create_task(line.run(_scope(address)))
        try:
            await line.opened()
            yield line
        finally:
            line.to_app.put_nowait({"type": "websocket.disconnect", "code": 1000})
            await asyncio.wait_for(asked, _LONG)


class _Line:
    """One connection; no real time passes in it.

    The application is nudged and has had its say when it listens again.
    """

    def __init__(self, sockets: AppSockets) -> None:
        self._sockets = sockets
        self._listens = asyncio.Event()
        self.to_app: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.said: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.to_app.put_nowait({"type": "websocket.connect"})

    async def run(self, scope: dict[str, Any]) -> None:
        try:
            await self._sockets.app(scope, self._asked, self.said.put)
        finally:
            self._listens.set()

    async def _asked(self) -> dict[str, Any]:
        if self.to_app.empty():
            self._listens.set()
        return await self.to_app.get()

    async def opened(self) -> None:
        answer = await asyncio.wait_for(self.said.get(), _LONG)
        if answer["type"] == "websocket.http.response.start":
            body = await asyncio.wait_for(self.said.get(), _LONG)
            raise SocketRefused(answer["status"], body["body"])
        assert answer["type"] == "websocket.accept"

    async def receive(self, patience: timedelta) -> str | None:
        if patience <= timedelta():
            return None
        message = await self._said()
        while message is None and self._sockets.meanwhile:
            self._sockets.meanwhile.pop(0)()
            message = await self._said()
        if message is None:
            self._sockets.pass_by(seconds=patience.total_seconds())
            return None
        if message["type"] == "websocket.close":
            raise NetworkError(f"the network ended the stream ({message['code']})")
        return str(message["text"])

    async def _said(self) -> dict[str, Any] | None:
        if self.said.empty():
            self._listens.clear()
            self.to_app.put_nowait({"type": "websocket.receive", "text": ""})
            await asyncio.wait_for(self._listens.wait(), _LONG)
        return None if self.said.empty() else self.said.get_nowait()


def _scope(address: str) -> dict[str, Any]:
    url = httpx.URL(address)
    return {
        "type": "websocket",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "scheme": url.scheme,
        "path": url.path,
        "raw_path": url.raw_path.partition(b"?")[0],
        "root_path": "",
        "query_string": url.query,
        "headers": [(b"host", url.netloc)],
        "client": ("127.0.0.1", 1),
        "server": (url.host, 80),
        "subprotocols": [],
        "extensions": {"websocket.http.response": {}},
        "state": {},
    }
