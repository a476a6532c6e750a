"""A small VK with a stream: rules, events for who listens, and the faults of a test."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import httpx

from services.ingest.sources.connector import Access, Token
from services.ingest.sources.vk import VkConnector
from shared.networks.failures import NetworkError
from shared.networks.sockets import Socket
from tests.services.ingest.sources.archive import Poller
from tests.services.ingest.sources.vk.server import OWNER, RESIDENT, Json, VkServer
from tests.services.ingest.sources.vk.test_contract import WORDS

KEY = "stream-key-1"
RESTART: Json = {
    "code": 300,
    "service_message": {"message": "Server is being restarted", "service_code": 3000},
}


def refusal(code: int, said: str = "asked for") -> Json:
    return {"code": 400, "error": {"message": said, "error_code": code}}


@dataclass
class StreamServer(VkServer):
    """What is told waits in `told` for the next listener.

    `refuse` are answers instead of a connection, `breaks_after` ends one after so many
    messages; `connected` lists addresses.
    """

    rules: dict[str, str] = field(default_factory=dict)
    told: list[str] = field(default_factory=list)
    refuse: list[Exception] = field(default_factory=list)
    refused_rules: dict[str, list[Any]] = field(default_factory=dict)
    breaks_after: int | None = None
    connected: list[str] = field(default_factory=list)
    listening: int = 0
    waited: timedelta = timedelta()
    restarts: bool = False

    def access(self, *tokens: Token, **options: Any) -> Access:  # noqa: ANN401 -- JSON
        return replace(super().access(*tokens, **options), socket=self.open)

    def tell(self, kind: str = "post", action: str = "new", **fields: Any) -> None:  # noqa: ANN401 -- JSON
        """Tell an event that fits all rules there are now."""
        event = streamed(kind, action, at=int(self.now.timestamp()), **fields)
        self.say({"code": 100, "event": {"tags": list(self.rules), **event}})

    def say(self, message: object) -> None:
        self.told.append(json.dumps(message, ensure_ascii=False))

    def handle(self, request: httpx.Request) -> httpx.Response:
        if request.url.path != "/rules/":
            return super().handle(request)
        self.calls.append((f"rules {request.method}", KEY, self.now))
        assert request.url.params["key"] == KEY
        if self.refused_rules.get(request.method):
            return httpx.Response(400, json=self.refused_rules[request.method].pop(0))
        return httpx.Response(200, json=self._ruled(request))

    def _ruled(self, request: httpx.Request) -> Json:
        if request.method == "GET":
            listed = [{"value": v, "tag": t} for t, v in self.rules.items()]
            return {"code": 200, "rules": listed or None}
        body = json.loads(request.content)
        tag = body["tag"] if request.method == "DELETE" else body["rule"]["tag"]
        if request.method == "DELETE":
            del self.rules[tag]
        else:
            self.rules[tag] = body["rule"]["value"]
        return {"code": 200}

    def _streaming_getserverurl(self, _form: dict[str, str]) -> Json:
        return {"endpoint": "stream.example", "key": KEY}

    @asynccontextmanager
    async def open(self, address: str) -> AsyncIterator[Socket]:
        self.connected.append(address)
        if self.refuse:
            raise self.refuse.pop(0)
        assert not self.listening, "VK refuses a second connection with a key"
        self.listening += 1
        try:
            yield _Line(self)
        finally:
            self.listening -= 1


@dataclass
class _Line:
    """One connection: it says what there is, and then nothing for a while."""

    vk: StreamServer
    said: int = 0

    async def receive(self, patience: timedelta) -> str | None:
        if self.said == self.vk.breaks_after:
            raise NetworkError("the network ended the stream (1006)")
        if self.vk.told and patience > timedelta():
            self.said += 1
            return self.vk.told.pop(0)
        if self.vk.restarts:
            return json.dumps(RESTART)
        self.vk.now += patience
        self.vk.waited += patience
        return None


def streamed(
    kind: str,
    action: str,
    *,
    number: int,
    at: int,
    text: str = "Яма",
    post: int = 0,
    **fields: Any,  # noqa: ANN401 -- JSON
) -> Json:
    """Write an event as the stream does."""
    ids = {"post_owner_id": OWNER, "post_id": post or number}
    if kind == "comment":
        ids["comment_id"] = number
    author = {"id": RESIDENT, "author_url": f"https://vk.com/id{RESIDENT}"}
    return {
        "event_type": kind,
        "event_id": ids,
        "event_url": f"https://vk.com/wall{OWNER}_{post or number}",
        "text": text,
        "action": action,
        "action_time": at,
        "creation_time": at,
        "attachments": [],
        "author": author,
        **fields,
    }


async def listening(vk: StreamServer) -> Poller:
    """Listen with a rule that stands; the next search is 30 s away."""
    poller = Poller(VkConnector().open(WORDS, vk.access(push="stream")))
    await poller.poll(vk.now)
    vk.calls.clear()
    vk.connected.clear()
    return poller
