"""A caller of the fake TikTok."""

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
from infra.sandbox.networks.tiktok import FAKE
from infra.sandbox.networks.tiktok.api import issue_tokens, router_of
from infra.sandbox.networks.tiktok.server import CLIENT_KEY, CLIENT_SECRET, Server
from infra.sandbox.replies import ReplyBook
from infra.sandbox.stage import AuthorKind, Item, Stage, Writer
from infra.sandbox.world import Pace, World
from tests.infra.sandbox.networks import AUTHORIZED, TOKEN, Wall
from tests.infra.sandbox.worlds import START

PAGE = "tt-vetlogorsk"
NAME = "tt_vetlogorsk"
RESIDENT = Writer(AuthorKind.USER, 700_000_011, "Ирина Т.")
VIDEO_FIELDS = "id,video_description,create_time,comment_count,hashtag_names"
COMMENT_FIELDS = "id,video_id,text,reply_count,parent_comment_id,create_time"


def condition(field: str, *values: str, operation: str = "EQ") -> dict[str, Any]:
    return {"operation": operation, "field_name": field, "field_values": list(values)}


@dataclass
class TikTokCaller:
    """The fake TikTok of a nearly silent world."""

    http: httpx.AsyncClient
    network: NetworkContext
    wall: Wall
    server: Server
    token: str = ""

    @property
    def stage(self) -> Stage:
        return self.network.stage

    async def grant(self, **form: str) -> httpx.Response:
        usual = {
            "client_key": CLIENT_KEY,
            "client_secret": CLIENT_SECRET,
            "grant_type": "client_credentials",
        }
        return await self.http.post("/tiktok/v2/oauth/token/", data={**usual, **form})

    async def call(
        self, path: str, body: object, fields: str, token: str | None = None
    ) -> httpx.Response:
        return await self.http.post(
            f"/tiktok/v2/research/{path}/",
            params={"fields": fields},
            json=body,
            headers={
                "Authorization": f"Bearer {self.token if token is None else token}"
            },
        )

    async def videos(self, *conditions: Any, **body: Any) -> Any:  # noqa: ANN401 -- JSON
        answer = await self.query(*conditions, **body)
        told = answer.json()
        assert told["error"]["code"] == "ok", told
        return told["data"]

    async def query(self, *conditions: Any, **body: Any) -> httpx.Response:  # noqa: ANN401 -- JSON
        today = f"{self.network.clock():%Y%m%d}"
        wanted = list(conditions) or [condition("username", NAME)]
        asked = {"query": {"and": wanted}, "start_date": today, "end_date": today}
        return await self.call("video/query", {**asked, **body}, VIDEO_FIELDS)

    async def comments(self, **body: Any) -> Any:  # noqa: ANN401 -- JSON
        answer = await self.call("video/comment/list", body, COMMENT_FIELDS)
        told = answer.json()
        assert told["error"]["code"] == "ok", told
        return told["data"]

    async def order(self, path: str, **body: object) -> Any:  # noqa: ANN401 -- JSON
        done = await self.http.post(f"/control/{path}", json=body, headers=AUTHORIZED)
        assert done.is_success, done.text
        return done.json() if done.content else None

    async def counters(self) -> dict[str, Any]:
        answer = await self.http.get("/control/counters")
        counted: dict[str, Any] = answer.json()["tiktok"]
        return counted

    def post(self, text: str = "Яма на Садовой", **more: Any) -> Item:  # noqa: ANN401
        """Publish a second later than what was before."""
        self.wall.pass_by(seconds=1)
        given = {"writer": RESIDENT, **more}
        return self.stage.publish(PAGE, text, at=self.network.clock(), **given)

    def delete(self, item: Item) -> None:
        self.stage.delete(item.page, item.id, at=self.network.clock())


@asynccontextmanager
async def running_tiktok() -> AsyncIterator[TikTokCaller]:
    """Run the fake alone, with an access token."""
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
        context = running.networks.context("tiktok")
        caller = TikTokCaller(client, context, wall, servers[0])
        caller.token = (await caller.grant()).json()["access_token"]
        yield caller
    await running.networks.close()
