"""The sandbox's VK for the connector: its world, with time that only a test moves."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import httpx

from infra.sandbox.networks import NetworkContext
from infra.sandbox.stage import Item
from services.ingest.sources.connector import Access, Token
from shared.networks.access import Exchange
from shared.networks.budget import LocalBudget
from tests.infra.sandbox.fakes.vk import (
    GROUP,
    NUMBER,
    OWNER,
    PAGE,
    RESIDENT,
    SERVICE,
    USER,
    Vk,
    running_vk,
)
from tests.infra.sandbox.networks import Wall

BASE = "http://sandbox.invalid/vk"
SERVICE_TOKEN = Token("service", "service", {"token": SERVICE})
GROUP_TOKEN = Token("group", "community", {"token": GROUP, "group": str(NUMBER)})
USER_TOKEN = Token(
    "user",
    "user",
    {
        "token": USER,
        "refresh": f"vk-refresh-{NUMBER}",
        "client_id": "51",
        "device_id": "d",
    },
)
TOKENS = (SERVICE_TOKEN, GROUP_TOKEN, USER_TOKEN)


class _Between(httpx.AsyncBaseTransport):
    """Lets things happen between two calls."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self._inner = inner
        self.before: list[Callable[[], None]] = []
        self.methods: list[str] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.methods.append(request.url.path.rpartition("/")[2])
        if self.before:
            self.before.pop(0)()
        return await self._inner.handle_async_request(request)


@dataclass
class SandboxVk:
    """A wall of the sandbox: `vk` is the fake itself, `methods` what we called."""

    vk: Vk
    transport: _Between
    kept: list[Token] = field(default_factory=list)

    @property
    def network(self) -> NetworkContext:
        return self.vk.network

    @property
    def wall(self) -> Wall:
        return self.vk.wall

    @property
    def now(self) -> datetime:
        return self.network.clock()

    @property
    def methods(self) -> list[str]:
        return self.transport.methods

    def access(self, *tokens: Token, **options: Any) -> Access:  # noqa: ANN401 -- JSON
        async def sleep(seconds: float) -> None:
            self.wall.pass_by(seconds=seconds)

        async def keep(token: Token, exchange: Exchange) -> Token:
            self.kept.append(await exchange(token))
            return self.kept[-1]

        return Access(
            http=httpx.AsyncClient(transport=self.transport),
            budget=LocalBudget(self.network.clock, sleep),
            clock=self.network.clock,
            tokens=tokens or (SERVICE_TOKEN,),
            base=BASE,
            options=options,
            keep=keep,
        )

    def publish(
        self, text: str, *, parent: int | None = None, ago: timedelta = timedelta()
    ) -> Item:
        return self.network.stage.publish(
            PAGE, text, at=self.now - ago, writer=RESIDENT, parent=parent
        )

    def edit(self, number: int, text: str) -> None:
        self.network.stage.edit(PAGE, number, text, at=self.now)

    def delete(self, number: int) -> None:
        self.network.stage.delete(PAGE, number, at=self.now)

    def restore(self, number: int) -> None:
        self.network.stage.restore(PAGE, number, at=self.now)

    def standing(self) -> dict[str, str]:
        """Texts of what a perfect archive would hold, by our keys."""
        stage = self.network.stage
        return {
            key(item): item.text
            for item in stage.items(PAGE)
            if not item.is_deleted
            and (item.root is None or not stage.item(PAGE, item.root).is_deleted)
        }

    async def fault(self, mode: str, route: str, **more: Any) -> None:  # noqa: ANN401 -- JSON
        await self.vk.order("vk/faults", mode=mode, route=route, **more)

    def report(self) -> dict[str, Any]:
        return self.network.meter.report()


def key(item: Item) -> str:
    return f"{'wall' if item.root is None else 'wallreply'}:{OWNER}_{item.id}"


@asynccontextmanager
async def sandbox_vk(
    receiver: Callable[[httpx.Request], httpx.Response] | None = None,
) -> AsyncIterator[SandboxVk]:
    """Run the sandbox's VK; what it pushes goes to `receiver`."""
    async with running_vk(receiver) as vk:
        yield SandboxVk(vk, _Between(vk.http._transport))
