"""A quiet MAX: the sandbox's fake on a stage where only the test acts."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import httpx
from fastapi import FastAPI

from infra.sandbox.clock import VirtualClock
from infra.sandbox.networks import NetworkContext, Networks
from infra.sandbox.networks.faulty import FaultyNetworks
from infra.sandbox.networks.max import FAKE, TOKEN, router_of, shapes
from infra.sandbox.networks.max.server import Server
from infra.sandbox.stage import AuthorKind, Item, StagePage, Writer
from infra.sandbox.stage.plans import Delivery, DeliveryMode, Fault, FaultMode
from services.ingest.sources.connector import Access, Token
from shared.networks.budget import LocalBudget
from shared.networks.max.names import spot_at
from tests.infra.sandbox.networks import Wall
from tests.infra.sandbox.worlds import world

RESIDENT = Writer(AuthorKind.USER, 700000021, "Олеся Придуманная")
CHANNEL = "max-oblast"
CHAT = "max-vetlogorsk"


class _Quiet(Networks):
    """Networks on whose stages the seeded world does not play."""

    def catch_up(self) -> None:
        """Leave the stages as the test has made them."""


class MaxServer:
    """The fake, one of its pages, and a client's way to it; times are virtual."""

    def __init__(
        self, page: str = CHANNEL, *, push: httpx.AsyncClient | None = None
    ) -> None:
        self.wall = Wall()
        # A client that reads no certificates is there at once.
        push = push or httpx.AsyncClient(transport=httpx.MockTransport(_nobody))
        self.networks = _Quiet(world(), VirtualClock(self.wall), push)
        self.context: NetworkContext = self.networks.context("max")
        self.stage = self.context.stage
        self.server = Server(self.context)
        self.code = page
        self.before: list[Callable[[], None]] = []
        self.asked: list[httpx.URL] = []
        self.http = httpx.AsyncClient(transport=_Watched(self))
        self.budget = LocalBudget(self.wall, self._sleep)
        self._app = self._serving()
        self.bot()

    def _serving(self) -> httpx.ASGITransport:
        app = FastAPI()
        app.include_router(router_of(self.server))
        app.add_middleware(FaultyNetworks, networks=self.networks, fakes=(FAKE,))
        return httpx.ASGITransport(app=app)

    async def handle(self, request: httpx.Request) -> httpx.Response:
        """Do what a test wants to happen first, then answer."""
        self.asked.append(request.url)
        if self.before:
            self.before.pop(0)()
        return await self._app.handle_async_request(request)

    async def _sleep(self, seconds: float) -> None:
        self.wall.now += timedelta(seconds=seconds)

    @property
    def now(self) -> datetime:
        return self.wall.now

    @property
    def page(self) -> StagePage:
        return self.stage.page(self.code)

    @property
    def chat(self) -> int:
        return shapes.chat_id(self.page)

    def bot(self, value: str = TOKEN) -> Token:
        """Give a bot; each has a queue of its own."""
        if self.context.tokens.find(value) is None:
            self.context.tokens.issue("bot", value=value)
        return Token(value, "bot", {"token": value})

    def access(self, *tokens: Token, **options: Any) -> Access:  # noqa: ANN401 -- JSON
        return Access(
            http=self.http,
            budget=self.budget,
            clock=self.wall,
            tokens=tokens or (self.bot(),),
            base="http://max.invalid/max",
            options={"wait_s": 0, **options},
        )

    # What happens

    def post(
        self,
        text: str,
        *,
        at: datetime | None = None,
        **extra: Any,  # noqa: ANN401 -- JSON
    ) -> Item:
        return self.stage.publish(
            self.code,
            text,
            at=at or self.now,
            writer=extra.pop("writer", RESIDENT),
            extra=extra,
        )

    def comment(
        self,
        above: Item,
        text: str,
        *,
        at: datetime | None = None,
        **extra: Any,  # noqa: ANN401 -- JSON
    ) -> Item:
        return self.stage.publish(
            self.code,
            text,
            at=at or self.now,
            writer=extra.pop("writer", RESIDENT),
            parent=above.id,
            extra=extra,
        )

    def edit(self, item: Item, text: str) -> Item:
        return self.stage.edit(self.code, item.id, text, at=self.now)

    def delete(self, item: Item) -> Item:
        return self.stage.delete(self.code, item.id, at=self.now)

    def restore(self, item: Item) -> Item:
        return self.stage.restore(self.code, item.id, at=self.now)

    def forward(self, **by: float) -> None:
        self.wall.pass_by(**by)

    def fault(self, mode: FaultMode, **more: Any) -> None:  # noqa: ANN401 -- a plan
        self.context.faults.add(Fault(mode=mode, **more))

    def deliver(self, mode: DeliveryMode, **more: Any) -> None:  # noqa: ANN401 -- a plan
        self.context.deliveries.add(Delivery(mode=mode, **more))

    # What stands, and what was counted

    def mid(self, item: Item) -> str:
        return shapes.mid(self.page, item)

    def key(self, item: Item) -> str:
        """Give the key Otklik must give an item."""
        return shapes.spot(self.page, item).key

    def item(self, key: str) -> Item:
        spot = spot_at(key)
        assert spot is not None
        found = self.server.index.find(spot.mid)
        assert found is not None
        return found[1]

    def standing(self) -> dict[str, str]:
        return {
            self.key(item): item.text
            for item in self.stage.items(self.code)
            if shapes.is_shown(self.stage, item)
        }

    def report(self) -> Mapping[str, Any]:
        return self.context.meter.report()


class _Watched(httpx.AsyncBaseTransport):
    """The way to a server."""

    def __init__(self, server: MaxServer) -> None:
        self._server = server

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return await self._server.handle(request)


def _nobody(request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError(f"nobody listens at {request.url}")
