"""A caller of the fake X."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import httpx
from fastapi import APIRouter
from pydantic import SecretStr

from infra.sandbox.app import create_app
from infra.sandbox.clock import VirtualClock
from infra.sandbox.network import Network
from infra.sandbox.networks import NetworkContext
from infra.sandbox.networks.x import FAKE
from infra.sandbox.networks.x.api import issue_tokens, router_of
from infra.sandbox.networks.x.server import Server
from infra.sandbox.replies import ReplyBook
from infra.sandbox.stage import AuthorKind, Item, Stage, Writer
from infra.sandbox.world import Pace, World
from tests.infra.sandbox.networks import AUTHORIZED, TOKEN, Wall
from tests.infra.sandbox.worlds import START

PAGE = "x-vetlogorsk"
NAME = "x_vetlogorsk"
BEARER = "x-app"
RESIDENT = Writer(AuthorKind.USER, 700_000_011, "Ирина Т.")
FIELDS = (
    "created_at,conversation_id,entities,note_tweet,public_metrics,referenced_tweets"
)


@dataclass
class XCaller:
    """The fake X of a nearly silent world."""

    http: httpx.AsyncClient
    network: NetworkContext
    wall: Wall
    server: Server

    @property
    def stage(self) -> Stage:
        return self.network.stage

    async def get(
        self, path: str, *, token: str | None = BEARER, **params: object
    ) -> httpx.Response:
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        told = {name.replace("__", "."): str(each) for name, each in params.items()}
        return await self.http.get(f"/x/2/{path}", params=told, headers=headers)

    async def search(self, query: str = f"@{NAME}", **params: object) -> Any:  # noqa: ANN401
        given = {"query": query, "max_results": 100, "tweet__fields": FIELDS}
        if "post__fields" in params:
            del given["tweet__fields"]
        answer = await self.get("tweets/search/recent", **{**given, **params})
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def lookup(self, *ids: int, **params: object) -> Any:  # noqa: ANN401 -- JSON
        told = ",".join(str(each) for each in ids)
        answer = await self.get("tweets", ids=told, tweet__fields=FIELDS, **params)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def order(self, path: str, **body: object) -> Any:  # noqa: ANN401 -- JSON
        done = await self.http.post(f"/control/{path}", json=body, headers=AUTHORIZED)
        assert done.is_success, done.text
        return done.json() if done.content else None

    async def counters(self) -> dict[str, Any]:
        answer = await self.http.get("/control/counters")
        counted: dict[str, Any] = answer.json()["x"]
        return counted

    def post(self, text: str = "Яма на Садовой", **more: Any) -> Item:  # noqa: ANN401
        """Publish a second later than what was before."""
        self.wall.pass_by(seconds=1)
        given = {"writer": RESIDENT, **more}
        return self.stage.publish(PAGE, text, at=self.network.clock(), **given)

    def edit(self, item: Item, text: str) -> None:
        self.wall.pass_by(minutes=1)
        self.stage.edit(item.page, item.id, text, at=self.network.clock())


@asynccontextmanager
async def running_x() -> AsyncIterator[XCaller]:
    """Run the fake alone."""
    wall = Wall()
    quiet = Pace(days=1, per_day=1, interval=timedelta(hours=1))
    running = Network(
        World(seed=1, start=START, pace=quiet),
        VirtualClock(wall),
        ReplyBook(),
        SecretStr(TOKEN),
    )
    servers: list[Server] = []

    def routes(network: NetworkContext) -> APIRouter:
        issue_tokens(network)
        servers.append(Server(network))
        return router_of(servers[0])

    fake = replace(FAKE, routes=routes)
    app = httpx.ASGITransport(app=create_app(running, only=(fake,)))
    async with httpx.AsyncClient(
        transport=app, base_url="http://sandbox.invalid"
    ) as client:
        running.networks.catch_up()
        yield XCaller(client, running.networks.context("x"), wall, servers[0])
    await running.networks.close()
