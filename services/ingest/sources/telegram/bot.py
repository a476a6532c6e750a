"""A bot's queue by long poll: every chat it is a member of, as it happens."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final

from services.ingest.sources.base import Cursor, Fetched, SourceError
from services.ingest.sources.connector import Access
from services.ingest.sources.remarks import Remark, clock
from services.ingest.sources.telegram.messages import WATCHED
from services.ingest.sources.telegram.queue import Memory
from services.ingest.sources.telegram.reader import Reader
from shared.networks.telegram import Bot

MOST_UPDATES: Final = 100
LONG_POLL: Final = timedelta(seconds=10)
"""How long an empty queue is listened to; the option `wait_s` overrides."""


class BotSource:
    """One bot's queue. Its cursor has the offset of the next call.

    Asking with an offset is what makes Telegram forget what is behind it, so the
    offset is saved with the posts and used only by the poll after: a poll that was
    lost is told the same again.
    """

    def __init__(self, access: Access) -> None:
        self._access = access

    async def fetch(self, cursor: Cursor, *, now: datetime) -> Fetched:
        """Posts and comments of all the bot's chats; raises `SourceError`."""
        bot = Bot.of(self._access)
        memory = Memory.of(cursor)
        has_lost = memory.has_lost(now)
        memory.mind_silence(now)
        updates = await self._updates(bot, memory)
        if len(updates) >= MOST_UPDATES:
            # What waits must not hide what stands behind it in the queue.
            memory.waiting.clear()
        reader = Reader(memory, now=now, bot_id=bot.id)
        reader.read(updates)
        memory.polled_at = now
        memory.last_at = now if updates else memory.last_at or now
        return Fetched(
            posts=tuple(reader.posts),
            cursor=memory.frozen(),
            refused=tuple(reader.refused),
            notes=tuple(_notes(reader, bot, has_lost=has_lost)),
            more=len(updates) >= MOST_UPDATES,
            unknown=dict(reader.unknown) or None,
        )

    async def _updates(self, bot: Bot, memory: Memory) -> list[Any]:
        wanted = self._access.options.get("wait_s", LONG_POLL.total_seconds())
        wait = 0 if memory.waiting else int(wanted)
        updates = await bot.call(
            "getUpdates",
            wait=timedelta(seconds=wait),
            offset=memory.offset,
            limit=MOST_UPDATES,
            timeout=wait,
            allowed_updates=list(WATCHED),
        )
        if not isinstance(updates, list):
            raise SourceError("Telegram's updates are no list")
        return updates


def _notes(reader: Reader, bot: Bot, *, has_lost: bool) -> Iterator[Remark]:
    if has_lost:
        yield Remark("telegram:not-asked")
    for old, new in reader.moved.items():
        yield Remark("telegram:moved", {"old": old, "new": new})
    yield from clock(bot.skew)
