"""A caller of the fake VK that checks every body against two oracles."""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import httpx
from pydantic import SecretStr

from infra.sandbox.app import create_app
from infra.sandbox.clock import VirtualClock
from infra.sandbox.network import Network
from infra.sandbox.networks import NetworkContext
from infra.sandbox.networks.vk import FAKE
from infra.sandbox.replies import ReplyBook
from infra.sandbox.stage import AuthorKind, Item, Stage, Writer
from infra.sandbox.world import Pace, World
from tests import vk_schema, vk_types
from tests.infra.sandbox.networks import AUTHORIZED, TOKEN, Wall
from tests.infra.sandbox.worlds import START

PAGE = "vk-vetlogorsk"
NUMBER = 900_000_001
OWNER = -NUMBER
SERVICE = "vk-service"
GROUP = f"vk-group-{NUMBER}"
USER = f"vk-user-{NUMBER}"
OTHER_GROUP = f"vk-group-{NUMBER + 1}"
RESIDENT = Writer(AuthorKind.USER, 700_000_011, "Ирина Т.")

_GROUPS = "groups/responses.json#/definitions/groups_{}_response"
_WALL = "wall/responses.json#/definitions/wall_{}_response"
_STATS = "stats/responses.json#/definitions/stats_{}_response"
_NEWS = "newsfeed/responses.json#/definitions/newsfeed_{}_response"
SCHEMAS = {
    "wall.get": _WALL.format("get"),
    "wall.getById": _WALL.format("getById"),
    "wall.getComments": _WALL.format("getComments"),
    "wall.getComment": _WALL.format("getComment"),
    "wall.createComment": _WALL.format("createComment"),
    "wall.search": _WALL.format("search"),
    "newsfeed.search": _NEWS.format("search"),
    "groups.getById": _GROUPS.format("getById_object"),
    "groups.getCallbackConfirmationCode": _GROUPS.format("getCallbackConfirmationCode"),
    "groups.addCallbackServer": _GROUPS.format("addCallbackServer"),
    "groups.getCallbackServers": _GROUPS.format("getCallbackServers"),
    "groups.getCallbackSettings": _GROUPS.format("getCallbackSettings"),
    "groups.getLongPollServer": _GROUPS.format("getLongPollServer"),
    "groups.getLongPollSettings": _GROUPS.format("getLongPollSettings"),
    "streaming.getServerUrl": (
        "streaming/responses.json#/definitions/streaming_getServerUrl_response"
    ),
    "stats.get": _STATS.format("get"),
    "stats.getPostReach": _STATS.format("getPostReach"),
}
ERROR = "base/objects.json#/definitions/base_error"
_EXTENDED = {
    "wall.get",
    "wall.getById",
    "wall.getComments",
    "wall.getComment",
    "wall.search",
    "newsfeed.search",
}


def schema_of(method: str, *, extended: bool = False) -> str | None:
    reference = SCHEMAS.get(method)
    if reference is None or not extended or method not in _EXTENDED:
        return reference
    return reference.replace("_response", "_extended_response")


def checked(method: str, body: dict[str, Any], *, extended: bool = False) -> None:
    """Fail when VK would not write such a body."""
    reference = schema_of(method, extended=extended)
    wrong = []
    if "error" in body:
        wrong = vk_schema.problems(body["error"], ERROR)
    elif reference is not None:
        wide = extended and method in _EXTENDED
        wrong = vk_schema.problems(body, reference)
        wrong += vk_types.problems(body, method, extended=wide)
    assert wrong == [], wrong


@dataclass
class Vk:
    """The fake VK of a nearly silent world, and a caller of it."""

    http: httpx.AsyncClient
    network: NetworkContext
    wall: Wall

    @property
    def stage(self) -> Stage:
        return self.network.stage

    async def raw(
        self, method: str, *, token: str | None = SERVICE, **params: object
    ) -> httpx.Response:
        sent = {name: str(value) for name, value in params.items()}
        if token is not None:
            sent["access_token"] = token
        return await self.http.post(f"/vk/method/{method}", data={"v": "5.199"} | sent)

    async def body(
        self, method: str, *, token: str | None = SERVICE, **params: object
    ) -> dict[str, Any]:
        """Call a method a second later, so that no rate limit is met."""
        self.wall.pass_by(seconds=1)
        answer = await self.raw(method, token=token, **params)
        assert answer.status_code == 200
        assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
        body: dict[str, Any] = answer.json()
        checked(method, body, extended=str(params.get("extended", "0")) == "1")
        return body

    async def ask(
        self, method: str, *, token: str | None = SERVICE, **params: object
    ) -> Any:  # noqa: ANN401 -- any JSON
        body = await self.body(method, token=token, **params)
        assert "response" in body, body
        return body["response"]

    async def code(
        self, method: str, *, token: str | None = SERVICE, **params: object
    ) -> int:
        """Give the code of the error that this call must end in."""
        body = await self.body(method, token=token, **params)
        return int(body["error"]["error_code"])

    async def order(self, path: str, **body: object) -> Any:  # noqa: ANN401 -- any JSON
        done = await self.http.post(f"/control/{path}", json=body, headers=AUTHORIZED)
        assert done.is_success, done.text
        return done.json() if done.content else None

    def post(self, text: str = "Яма на Садовой", **more: Any) -> Item:  # noqa: ANN401
        return self.stage.publish(
            PAGE, text, at=self.network.clock(), **{"writer": RESIDENT, **more}
        )


@asynccontextmanager
async def running_vk(
    receiver: Callable[[httpx.Request], httpx.Response] | None = None,
) -> AsyncIterator[Vk]:
    """Run the fake alone; pushes go to `receiver`."""
    transport = httpx.MockTransport(receiver or _nobody)
    wall = Wall()
    quiet = Pace(days=1, per_day=1, interval=timedelta(hours=1))
    async with httpx.AsyncClient(transport=transport) as http:
        running = Network(
            World(seed=1, start=START, pace=quiet),
            VirtualClock(wall),
            ReplyBook(),
            SecretStr(TOKEN),
            http=http,
        )
        app = httpx.ASGITransport(app=create_app(running, only=(FAKE,)))
        async with httpx.AsyncClient(
            transport=app, base_url="http://sandbox.invalid"
        ) as client:
            running.networks.catch_up()
            yield Vk(client, running.networks.context("vk"), wall)


def _nobody(_: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("nobody listens")


@dataclass
class Desk:
    """A Callback server: confirms itself, remembers events, answers as told."""

    code: str = ""
    answers: list[httpx.Response] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)
    retries: list[str | None] = field(default_factory=list)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        event = json.loads(request.content)
        if event["type"] == "confirmation":
            return httpx.Response(200, text=self.code)
        self.events.append(event)
        self.retries.append(request.headers.get("X-Retry-Counter"))
        return self.answers.pop(0) if self.answers else httpx.Response(200, text="ok")

    @property
    def kinds(self) -> list[str]:
        return [event["type"] for event in self.events]
