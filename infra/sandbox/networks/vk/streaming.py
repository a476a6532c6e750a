"""The Streaming API: rules by HTTP, and what fits them by a websocket.

Nothing is kept for who does not listen: events before the connection are not told.
"""

import asyncio
import json
from collections.abc import Callable, Iterator
from fnmatch import fnmatchcase
from typing import Any, Final

from fastapi import APIRouter, Request, WebSocket
from fastapi.responses import HTMLResponse, JSONResponse, Response

from infra.sandbox.networks.context import NetworkContext
from infra.sandbox.networks.vk.call import SERVICE, Call, Method
from infra.sandbox.networks.vk.stream_events import event, service_message
from infra.sandbox.networks.vk.stream_rules import StreamRefusal, StreamRules
from infra.sandbox.stage.plans import Delivery, DeliveryMode, Fault, FaultMode

RULES: Final = "streaming.rules"
STREAM: Final = "streaming.stream"
RESTART: Final = 3000
_METHODS: Final = ["GET", "POST", "DELETE", "PUT"]
_LOOK_EVERY: Final = 0.02
_BROKEN: Final = 1011
_TAKEN: Final = 1006


def methods(rules: StreamRules) -> dict[str, Method]:
    """Bind the method that leads to the stream; service keys alone may call it."""

    def get_server_url(call: Call) -> dict[str, str]:
        host = call.base_url.partition("://")[2]
        key = rules.key_for(call.token.value)
        return {"endpoint": f"{host}/vk/streaming", "key": key}

    return {"streaming.getServerUrl": Method(get_server_url, frozenset({SERVICE}))}


def limited(fault: Fault) -> Response:
    refusal = StreamRefusal(fault.code or 2000)
    return JSONResponse(refusal.body, refusal.status)


def routes(router: APIRouter, network: NetworkContext, rules: StreamRules) -> None:
    """Serve the rules and the stream below `/streaming`."""
    lines = Lines(network, rules)

    # Clients write a slash at the end, or none.
    @router.api_route("/streaming/rules{_:path}", methods=_METHODS)
    async def change(request: Request) -> Response:
        try:
            return JSONResponse(await _changed(request, rules))
        except StreamRefusal as refusal:
            return JSONResponse(refusal.body, refusal.status)

    @router.websocket("/streaming/stream")
    async def stream(websocket: WebSocket) -> None:
        await lines.serve(websocket)


async def _changed(request: Request, rules: StreamRules) -> dict[str, Any]:
    key = rules.check(request.query_params.get("key"))
    if request.method == "GET":
        listed = [{"tag": tag, "value": value} for tag, value in rules.of(key).items()]
        return {"code": 200, "rules": listed or None}
    if request.method == "PUT":
        raise StreamRefusal(1001)
    if "application/json" not in request.headers.get("Content-Type", ""):
        raise StreamRefusal(1002)
    try:
        body = json.loads(await request.body())
    except ValueError:
        raise StreamRefusal(2000) from None
    told = body if isinstance(body, dict) else {}
    if request.method == "POST":
        rules.add(key, told.get("rule"))
    else:
        rules.remove(key, told.get("tag"))
    return {"code": 200}


class Lines:
    """The open connections: one for a key and a `stream_id`."""

    def __init__(self, network: NetworkContext, rules: StreamRules) -> None:
        self._network = network
        self._rules = rules
        self._open: set[tuple[str, str]] = set()

    async def serve(self, websocket: WebSocket) -> None:
        """Refuse as the plan or the key wants it, or tell until somebody leaves."""
        self._network.catch_up()
        fault = self._network.fault(STREAM)
        try:
            line = self._admitted(websocket, fault)
        except StreamRefusal as refusal:
            answer = JSONResponse(refusal.body, refusal.status)
            await websocket.send_denial_response(answer)
            return
        if fault is not None and fault.mode is FaultMode.STATUS:
            sorry = HTMLResponse("<h1>Sorry</h1>", fault.status)
            await websocket.send_denial_response(sorry)
            return
        self._open.add(line)
        try:
            seen = self._network.stage.last_seq
            await websocket.accept()
            await self._tell(websocket, line[0], seen, fault)
        finally:
            self._open.discard(line)

    def _admitted(self, websocket: WebSocket, fault: Fault | None) -> tuple[str, str]:
        asked = websocket.query_params
        key = self._rules.check(asked.get("key"))
        stream_id = asked.get("stream_id", "0")
        if not stream_id.isdecimal():
            raise StreamRefusal(1005)
        if (key, stream_id) in self._open:
            self._network.meter.over_limit(key)
            raise StreamRefusal(_TAKEN)
        code = fault.code if fault and fault.mode is FaultMode.LIMIT else None
        if code is not None and code < RESTART:
            raise StreamRefusal(code)
        return key, stream_id

    async def _tell(
        self, websocket: WebSocket, key: str, seen: int, fault: Fault | None
    ) -> None:
        """Tell what happens from now on; planned faults end it in their own way."""
        if fault is not None and fault.mode is FaultMode.LIMIT:
            await websocket.send_json(service_message(fault.code or RESTART))
            await websocket.close()
            return
        if fault is not None and fault.mode is FaultMode.RESET:
            await websocket.close(_BROKEN)
            return
        while not await _has_left(websocket):
            self._network.catch_up()
            newest = self._network.stage.last_seq
            for text in self._due(key, seen):
                if text is None:
                    await websocket.close(_BROKEN)
                    return
                if fault is not None and fault.mode is FaultMode.BREAK:
                    await websocket.send_text(text[: len(text) // 2])
                    await websocket.close(_BROKEN)
                    return
                await websocket.send_text(text)
            seen = newest

    def _due(self, key: str, seen: int) -> Iterator[str | None]:
        """Write what happened since, as the delivery plan wants it; None: hang up."""
        held: list[str] = []
        for kind, text in self._events(key, seen):
            plan = self._network.deliveries.take(_fits(kind))
            mode = None if plan is None else plan.mode
            if mode is DeliveryMode.DROP:
                continue
            if mode is DeliveryMode.REORDER:
                held.append(text)
                continue
            if mode is DeliveryMode.STOP:
                yield None
            yield text
            if mode is DeliveryMode.DUPLICATE:
                yield text
            yield from held
            held.clear()
        yield from held

    def _events(self, key: str, seen: int) -> Iterator[tuple[str, str]]:
        stage, rules = self._network.stage, self._rules.of(key)
        for line in stage.happenings(seen):
            told = event(stage, line, rules)
            if told is not None:
                kind = f"stream.{told['event_type']}.{told['action']}"
                message = {"code": 100, "event": told}
                yield kind, json.dumps(message, ensure_ascii=False)


async def _has_left(websocket: WebSocket) -> bool:
    """Wait a moment for the other side to go; whatever it says is not heard."""
    try:
        async with asyncio.timeout(_LOOK_EVERY):
            message = await websocket.receive()
    except TimeoutError:
        return False
    return bool(message["type"] == "websocket.disconnect")


def _fits(kind: str) -> Callable[[Delivery], bool]:
    return lambda plan: fnmatchcase(kind, plan.event)
