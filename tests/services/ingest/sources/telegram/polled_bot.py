"""A bot's source as it is polled: with its own updates, or with any the test writes."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import httpx

from services.ingest.domain.posts import IncomingPost
from services.ingest.sources.base import Fetched
from services.ingest.sources.telegram.bot import BotSource
from tests.services.ingest.sources.telegram.sandbox import (
    BOT_TOKEN,
    Telegram,
)


class Bot:
    """A source, and the cursor that is kept between its polls."""

    def __init__(self, telegram: Telegram) -> None:
        self.telegram = telegram
        self.source = BotSource(telegram.access())
        self.cursor: Mapping[str, Any] = {}

    async def poll(self, **later: float) -> Fetched:
        self.telegram.forward(**later)
        fetched = await self.source.fetch(self.cursor, now=self.telegram.now)
        self.cursor = fetched.cursor
        return fetched

    async def texts(self, **later: float) -> list[str]:
        return [each.post.text for each in (await self.poll(**later)).posts]


class Told:
    """The same bot, whose next updates the test writes itself.

    `asked` are the offsets it asked with; `note` and the like are of the last poll.
    """

    def __init__(self, bot: Bot) -> None:
        self._bot = bot
        self._next: list[Any] = []
        self.asked: list[int | None] = []
        http = httpx.AsyncClient(transport=httpx.MockTransport(self._answer))
        self._source = BotSource(replace(bot.telegram.access(), http=http))

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(json.loads(request.content).get("offset"))
        return httpx.Response(200, json={"ok": True, "result": self._next})

    async def poll(self, updates: list[Any]) -> list[IncomingPost]:
        self._next = updates
        now = self._bot.telegram.now
        fetched = await self._source.fetch(self._bot.cursor, now=now)
        self._bot.cursor = fetched.cursor
        self.note, self.unknown = fetched.note, fetched.unknown
        self.refused = fetched.refused
        return [each.post for each in fetched.posts]


async def updates_of(telegram: Telegram) -> list[dict[str, Any]]:
    """Ask the fake for its updates as they are."""
    url = f"http://telegram.invalid/telegram/bot{BOT_TOKEN}/getUpdates"
    answer = await telegram.http.post(url, json={})
    found: list[dict[str, Any]] = answer.json()["result"]
    return found
