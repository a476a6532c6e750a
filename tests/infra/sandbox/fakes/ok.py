"""A caller of the fake OK, which signs as OK's documentation says."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from hashlib import md5
from typing import Any

import httpx
from pydantic import SecretStr

from infra.sandbox.app import create_app
from infra.sandbox.clock import VirtualClock
from infra.sandbox.network import Network
from infra.sandbox.networks import NetworkContext
from infra.sandbox.networks.ok.gate import APPLICATION_KEY, APPLICATION_SECRET
from infra.sandbox.networks.ok.ids import comment_id, group_id, topic_id
from infra.sandbox.replies import ReplyBook
from infra.sandbox.stage import AuthorKind, Item, Stage, Writer
from infra.sandbox.world import Pace, World
from tests.infra.sandbox.networks import AUTHORIZED, TOKEN, Wall
from tests.infra.sandbox.worlds import START

PAGE = "ok-luginino"
GROUP = "53000900000001"
READER = "ok-reader"
ADMIN = f"ok-admin-{GROUP}"
RESIDENT = Writer(AuthorKind.USER, 700_000_011, "Ирина Т.")


def signed(method: str, token: str | None, **params: object) -> dict[str, str]:
    """Write a call with its signature."""
    sent = {
        "application_key": APPLICATION_KEY,
        "format": "json",
        "method": method,
        **{name: str(value) for name, value in params.items()},
    }
    secret = APPLICATION_SECRET
    if token is not None:
        secret = _md5(token + secret)
    joined = "".join(f"{name}={sent[name]}" for name in sorted(sent))
    session = {} if token is None else {"access_token": token}
    return {**sent, **session, "sig": _md5(joined + secret)}


def _md5(text: str) -> str:
    return md5(text.encode(), usedforsecurity=False).hexdigest()


@dataclass
class OkCaller:
    """The fake OK of a nearly silent world."""

    http: httpx.AsyncClient
    network: NetworkContext
    wall: Wall

    @property
    def stage(self) -> Stage:
        return self.network.stage

    async def raw(
        self, method: str, *, token: str | None = READER, **params: object
    ) -> httpx.Response:
        return await self.http.post("/ok/fb.do", data=signed(method, token, **params))

    async def ask(
        self, method: str, *, token: str | None = READER, **params: object
    ) -> Any:  # noqa: ANN401 -- any JSON
        """Call a method a second later, so that no rate limit is met."""
        self.wall.pass_by(seconds=1)
        answer = await self.raw(method, token=token, **params)
        assert answer.status_code == 200
        return answer.json()

    async def code(
        self, method: str, *, token: str | None = READER, **params: object
    ) -> int:
        """Give the code of the error that this call must end in."""
        body = await self.ask(method, token=token, **params)
        assert body.keys() == {"error_code", "error_msg", "error_data"}
        return int(body["error_code"])

    async def comments(self, topic: Item, **params: object) -> Any:  # noqa: ANN401
        return await self.ask(
            "discussions.getComments",
            discussionId=self.number(topic),
            discussionType="GROUP_TOPIC",
            **params,
        )

    async def answer(
        self, topic: Item, text: str, *, token: str = ADMIN, **params: object
    ) -> Any:  # noqa: ANN401 -- an id, or an error
        return await self.ask(
            "discussions.addDiscussionComment",
            token=token,
            entityId=self.number(topic),
            entityType="GROUP_TOPIC",
            comment=text,
            **{"as_admin": "true", **params},
        )

    async def order(self, path: str, **body: object) -> Any:  # noqa: ANN401 -- any JSON
        done = await self.http.post(f"/control/{path}", json=body, headers=AUTHORIZED)
        assert done.is_success, done.text
        return done.json() if done.content else None

    async def counters(self) -> dict[str, Any]:
        answer = await self.http.get("/control/counters")
        counted: dict[str, Any] = answer.json()["ok"]
        return counted

    def post(self, text: str = "Яма на Садовой", **more: Any) -> Item:  # noqa: ANN401
        """Publish a second later than what was before."""
        self.wall.pass_by(seconds=1)
        return self.stage.publish(
            PAGE, text, at=self.network.clock(), **{"writer": RESIDENT, **more}
        )

    def number(self, topic: Item) -> str:
        return topic_id(self.stage.page(topic.page), topic.id)

    def name(self, comment: Item) -> str:
        root = self.stage.item(comment.page, comment.root or 0)
        return comment_id(comment, self.number(root))


@asynccontextmanager
async def running_ok() -> AsyncIterator[OkCaller]:
    """Run the fake alone."""
    wall = Wall()
    quiet = Pace(days=1, per_day=1, interval=timedelta(hours=1))
    running = Network(
        World(seed=1, start=START, pace=quiet),
        VirtualClock(wall),
        ReplyBook(),
        SecretStr(TOKEN),
    )
    app = httpx.ASGITransport(app=create_app(running))
    async with httpx.AsyncClient(
        transport=app, base_url="http://sandbox.invalid"
    ) as client:
        running.networks.catch_up()
        network = running.networks.context("ok")
        assert group_id(network.stage.page(PAGE)) == GROUP
        yield OkCaller(client, network, wall)
    await running.networks.close()
