"""The fake networks as a desk needs them: a place to watch, a page to answer as."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import httpx
import pytest

from infra.sandbox.networks import NetworkContext
from infra.sandbox.stage import Item
from infra.sandbox.stage.plans import Write, WriteMode
from shared.networks.access import Access, Token
from shared.networks.telegram.history import OpenHistory, TelegramHistory
from shared.networks.telegram.telethon_history import open_telethon
from tests.services.ingest.sources.ok.world import GROUP, OkServer, admin
from tests.services.ingest.sources.telegram.sandbox import BOT_TOKEN, Telegram
from tests.services.ingest.sources.vk.sandbox import (
    GROUP_TOKEN,
    OWNER,
    SERVICE_TOKEN,
    key,
    sandbox_vk,
)

SECRETS: Final = {"session": "…", "api_id": "1", "api_hash": "…"}


@dataclass(frozen=True, kw_only=True)
class Net:
    """One fake network, with time that only the test moves.

    `place` is the source that watches it: kind, native id, address. `voice` is the
    number its official page goes by, `tokens` what the region has of it.
    """

    network: str
    context: NetworkContext
    client: httpx.AsyncClient
    clock: Callable[[], datetime]
    pass_by: Callable[..., None]
    place: tuple[str, str, str]
    voice: str
    tokens: tuple[Token, ...]
    complain: Callable[[str], Item]
    edit: Callable[[Item, str], object]
    delete: Callable[[Item], object]
    key: Callable[[Item], str]
    knows_keys: bool = False
    opening: OpenHistory = open_telethon

    @property
    def base(self) -> str:
        return f"http://127.0.0.1/{self.network}"

    def plan(self, mode: WriteMode) -> None:
        """Say what becomes of the next answer."""
        self.context.writes.add(Write(mode=mode))

    def public(self, text: str) -> int:
        """Count how often a text stands there for all to see."""
        items = self.context.stage.items()
        return sum(1 for each in items if each.text == text and not each.is_deleted)

    def counted(self) -> dict[str, Any]:
        """What no network may ever count, and the attempts to publish."""
        report = self.context.meter.report()
        names = ("unapproved_writes", "after_fatal", "over_limit")
        return {name: report[name] for name in names}

    def attempts(self) -> list[str]:
        """How each attempt to publish went, as the ledger has it."""
        return [entry.outcome for entry in self.context.ledger.all]


class Through(httpx.AsyncBaseTransport):
    """Another client's way, for a client that is made anew for each talk."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._inner = client._transport

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return await self._inner.handle_async_request(request)


@asynccontextmanager
async def vk() -> AsyncIterator[Net]:
    """A community's wall where a resident posts."""
    async with sandbox_vk() as sandbox:
        yield Net(
            network="vk",
            context=sandbox.network,
            client=sandbox.access().http,
            clock=sandbox.network.clock,
            pass_by=sandbox.wall.pass_by,
            place=("wall", str(OWNER), f"https://vk.com/wall{OWNER}"),
            voice=str(OWNER),
            tokens=(SERVICE_TOKEN, GROUP_TOKEN),
            complain=sandbox.publish,
            edit=lambda item, text: sandbox.edit(item.id, text),
            delete=lambda item: sandbox.delete(item.id),
            key=key,
            knows_keys=True,
        )


@asynccontextmanager
async def ok() -> AsyncIterator[Net]:
    """A group whose topic a resident comments on."""
    server = OkServer()
    above = server.publish("Пишите сюда", by_page=True)
    yield Net(
        network="ok",
        context=server.network,
        client=server.access().http,
        clock=lambda: server.now,
        pass_by=server.forward,
        place=("group", GROUP, f"https://ok.ru/group/{GROUP}"),
        voice=GROUP,
        tokens=(admin(),),
        complain=lambda text: server.comment(above, text),
        edit=server.edit,
        delete=server.delete,
        key=server.key,
    )


@asynccontextmanager
async def telegram() -> AsyncIterator[Net]:
    """A channel's discussion group that our bot is in, and an account that reads it."""
    fake = Telegram()
    above = fake.post("Пишите сюда")

    @asynccontextmanager
    async def opening(access: Access, token: Token) -> AsyncIterator[TelegramHistory]:
        fakes = pytest.importorskip(
            "tests.services.ingest.sources.telegram.fake_history",
            reason="the extra `mtproto` is not installed",
        )
        async with fakes.FakeHistory(fake).open(access, token) as history:
            yield history

    yield Net(
        network="telegram",
        context=fake.context,
        client=fake.http,
        clock=fake.wall,
        pass_by=fake.forward,
        place=("bot", "otklik_bot", "https://t.me/otklik_bot"),
        voice=BOT_TOKEN.partition(":")[0],
        tokens=(
            Token("b", "bot", {"token": BOT_TOKEN}),
            Token("s", "session", SECRETS),
        ),
        complain=lambda text: fake.comment(above, text),
        edit=fake.edit,
        delete=fake.delete,
        key=fake.key,
        opening=opening,
    )


NETS: Final = {"vk": vk, "ok": ok, "telegram": telegram}
