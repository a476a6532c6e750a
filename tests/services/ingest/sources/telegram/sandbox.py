"""A quiet Telegram: the sandbox's fake on a stage where only the test acts."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import httpx
from fastapi import FastAPI

from infra.sandbox.clock import VirtualClock
from infra.sandbox.networks import NetworkContext, Networks
from infra.sandbox.networks.faulty import FaultyNetworks
from infra.sandbox.networks.telegram import FAKE
from infra.sandbox.networks.telegram.shapes import comment_id, group_number
from infra.sandbox.stage import AuthorKind, Item, StagePage, Writer
from infra.sandbox.stage.plans import Delivery, DeliveryMode, Fault, FaultMode
from infra.sandbox.world import Kind
from services.ingest.sources.connector import Access, Token
from shared.networks.budget import LocalBudget
from tests.infra.sandbox.networks import Wall
from tests.infra.sandbox.worlds import world

BOT_TOKEN = "800:sandbox-bot"
RESIDENT = Writer(AuthorKind.USER, 700000021, "Олеся Придуманная")
CHANNEL = "tg-oblast"


class _Quiet(Networks):
    """Networks on whose stages the seeded world does not play."""

    def catch_up(self) -> None:
        """Leave the stages as the test has made them."""


class Telegram:
    """The fake, its page, and a client's way to it; times are virtual."""

    def __init__(
        self, page: str = CHANNEL, *, push: httpx.AsyncClient | None = None
    ) -> None:
        self.wall = Wall()
        self.networks = _Quiet(world(), VirtualClock(self.wall), push)
        self.context: NetworkContext = self.networks.context("telegram")
        self.stage = self.context.stage
        self.code = page
        self.before: list[Callable[[], None]] = []
        app = FastAPI()
        app.include_router(FAKE.routes(self.context))
        app.add_middleware(FaultyNetworks, networks=self.networks, fakes=(FAKE,))
        self.http = httpx.AsyncClient(
            transport=_Watched(httpx.ASGITransport(app=app), self.before)
        )
        self.budget = LocalBudget(self.wall, self._sleep)

    async def _sleep(self, seconds: float) -> None:
        self.wall.now += timedelta(seconds=seconds)

    @property
    def now(self) -> datetime:
        return self.wall.now

    @property
    def page(self) -> StagePage:
        return self.stage.page(self.code)

    @property
    def handle(self) -> str:
        return self.page.screen_name

    @property
    def group(self) -> str:
        """Handle of the discussion group."""
        return f"c/{group_number(self.page)}"

    def access(self, *tokens: Token, **options: Any) -> Access:  # noqa: ANN401 -- JSON
        given = tokens or (Token("b1", "bot", {"token": BOT_TOKEN}),)
        usual = {"wait_s": 0, "preview_base": "http://telegram.invalid/tme"}
        return Access(
            http=self.http,
            budget=self.budget,
            clock=self.wall,
            tokens=given,
            base="http://telegram.invalid/telegram",
            options={**usual, **options},
        )

    # What happens

    def post(self, text: str, **extra: Any) -> Item:  # noqa: ANN401 -- JSON
        return self.stage.publish(self.code, text, at=self.now, extra=extra)

    def comment(self, above: Item, text: str, **extra: Any) -> Item:  # noqa: ANN401 -- JSON
        return self.stage.publish(
            self.code,
            text,
            at=self.now,
            writer=extra.pop("writer", RESIDENT),
            parent=above.id,
            extra=extra,
        )

    def edit(self, item: Item, text: str) -> Item:
        return self.stage.edit(self.code, item.id, text, at=self.now)

    def delete(self, item: Item) -> Item:
        return self.stage.delete(self.code, item.id, at=self.now)

    def forward(self, **by: float) -> None:
        self.wall.pass_by(**by)

    def fault(self, mode: FaultMode, **more: Any) -> None:  # noqa: ANN401 -- a plan
        self.context.faults.add(Fault(mode=mode, **more))

    def deliver(self, mode: DeliveryMode, **more: Any) -> None:  # noqa: ANN401 -- a plan
        self.context.deliveries.add(Delivery(mode=mode, **more))

    # What stands, and what was counted

    def key(self, item: Item) -> str:
        """Give the key Otklik must give an item."""
        if item.kind is Kind.POST:
            return f"{self.handle}/{item.id}"
        return f"{self.group}/{comment_id(item.id)}"

    def item(self, key: str) -> Item:
        handle, _, number = key.rpartition("/")
        own = int(number) if handle == self.handle else int(number) // 2
        return self.stage.item(self.code, own)

    def standing(self, *, comments: bool = True) -> dict[str, str]:
        return {
            self.key(item): item.text
            for item in self.stage.items(self.code)
            if not item.is_deleted and (comments or item.kind is Kind.POST)
        }

    def report(self) -> Mapping[str, Any]:
        return self.context.meter.report()


class _Watched(httpx.AsyncBaseTransport):
    """Does what a test wants to happen before the next calls."""

    def __init__(
        self, inner: httpx.AsyncBaseTransport, before: list[Callable[[], None]]
    ) -> None:
        self._inner = inner
        self._before = before

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self._before:
            self._before.pop(0)()
        return await self._inner.handle_async_request(request)
