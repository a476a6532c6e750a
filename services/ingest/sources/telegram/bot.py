"""A bot's queue by long poll: every chat it is a member of, as it happens."""

from datetime import datetime, timedelta
from typing import Any, Final

from services.ingest.sources.base import Cursor, Fetched, SourceError
from services.ingest.sources.connector import Access
from services.ingest.sources.telegram.messages import WATCHED
from services.ingest.sources.telegram.queue import Memory
from services.ingest.sources.telegram.reader import Reader
from shared.networks.calls import is_skewed
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
            note=_note(reader, bot, has_lost=has_lost),
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


def _note(reader: Reader, bot: Bot, *, has_lost: bool) -> str | None:
    told = []
    if has_lost:
        told.append(
            "the bot was not asked for more than 24 h: what was written before that "
            "is lost to it; let a channel source (MTProto or preview) read it"
        )
    told.extend(
        f"the group {old} is the supergroup {new} now"
        for old, new in reader.moved.items()
    )
    if is_skewed(bot.skew) and bot.skew is not None:
        seconds = round(bot.skew.total_seconds())
        told.append(f"Telegram's clock is {seconds} s ahead of ours")
    return "; ".join(told) or None
