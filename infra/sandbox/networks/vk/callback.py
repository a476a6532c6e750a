"""The Callback API: confirms servers and pushes events to them."""

import asyncio
from datetime import timedelta
from http import HTTPStatus
from typing import Any, Final

import httpx

from infra.sandbox.networks.context import NetworkContext
from infra.sandbox.networks.vk.call import API_VERSION
from infra.sandbox.networks.vk.events import event
from infra.sandbox.networks.vk.servers import (
    FAILED,
    OK,
    WAIT,
    CallbackServer,
    Servers,
    confirmation_code,
    event_id,
)
from infra.sandbox.stage.push import Parcel, Receipt

_LONGEST_WAIT: Final = timedelta(hours=3)
_BUSY: Final = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE})


class Sender:
    """Pushes what happened since the last look to every confirmed server."""

    def __init__(self, network: NetworkContext, servers: Servers) -> None:
        self._network = network
        self._servers = servers

    async def deliver_due(self) -> int:
        """Confirm servers, then send what is due; return how many events arrived.

        No server waits for another, and each gets its events in order.
        """
        served = (self._serve(*each) for each in self._servers.all())
        return sum(await asyncio.gather(*served))

    async def _serve(self, page: str, server: CallbackServer) -> int:
        if server.status == WAIT:
            await self._confirm(page, server)
        return await self._push(page, server) if server.status == OK else 0

    async def _confirm(self, page: str, server: CallbackServer) -> None:
        found = self._network.stage.page(page)
        body = {
            "type": "confirmation",
            "group_id": found.number,
            "event_id": event_id(page, "confirmation"),
            "v": API_VERSION,
        }
        answer = await self._post(server, _signed(server, body), retries=0)
        code = confirmation_code(found, self._network.clock())
        said = "" if answer is None else answer.text.strip()
        server.status = OK if said == code else FAILED
        self._servers.keep(page, server)

    async def _push(self, page: str, server: CallbackServer) -> int:
        stage = self._network.stage
        for line in stage.happenings(server.seen, page):
            body = event(stage, line)
            if body is not None and body["type"] in server.events:
                server.line.add(body["event_id"], body["type"], body)
        server.seen = stage.last_seq

        async def send(parcel: Parcel) -> Receipt:
            return await self._send(server, parcel)

        taken = await server.line.deliver_due(send)
        if server.line.is_stopped:
            server.status = FAILED
            self._servers.keep(page, server)
        return taken

    async def _send(self, server: CallbackServer, parcel: Parcel) -> Receipt:
        body = _signed(server, dict(parcel.body), is_forged=parcel.is_forged)
        answer = await self._post(server, body, retries=parcel.retries)
        if answer is None:
            return Receipt(is_taken=False)
        if answer.status_code == HTTPStatus.GONE:
            return Receipt(is_taken=False, is_gone=True)
        is_ok = answer.status_code == HTTPStatus.OK and answer.text == "ok"
        return Receipt(is_ok, wait=None if is_ok else _asked_wait(answer))

    async def _post(
        self, server: CallbackServer, body: dict[str, Any], *, retries: int
    ) -> httpx.Response | None:
        headers = {"X-Retry-Counter": str(retries)} if retries else {}
        try:
            return await self._network.http.post(server.url, json=body, headers=headers)
        except (httpx.HTTPError, httpx.InvalidURL):
            return None


def _signed(
    server: CallbackServer, body: dict[str, Any], *, is_forged: bool = False
) -> dict[str, Any]:
    """Add the secret: all the proof there is, the body is not signed."""
    if is_forged:
        return body | {"secret": f"not-{server.secret}"}
    return body | {"secret": server.secret} if server.secret else body


def _asked_wait(answer: httpx.Response) -> timedelta | None:
    """Read how long a busy server wants to be left alone, three hours at most."""
    asked = answer.headers.get("Retry-After", "")
    if answer.status_code not in _BUSY or not asked.isdecimal():
        return None
    return min(timedelta(seconds=int(asked)), _LONGEST_WAIT)
