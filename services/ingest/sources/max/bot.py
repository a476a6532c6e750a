"""A bot's queue by long poll: every chat and channel it is a member of."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from services.ingest.sources.base import Cursor, Fetched, SourceError
from services.ingest.sources.connector import Access
from services.ingest.sources.max.updates import WATCHED, Updates, lost_of
from services.ingest.sources.remarks import Remark, clock
from shared.networks.max.client import Max

MOST_UPDATES: Final = 100
LONG_POLL: Final = timedelta(seconds=10)
"""How long an empty queue is listened to; the option `wait_s` overrides."""
LONGEST_POLL: Final = 30
LOST_AFTER: Final = timedelta(hours=24)
"""MAX keeps updates for a day; what is older is gone for ever."""


class BotSource:
    """One bot's queue. Its cursor has the marker of the next call.

    Passing a marker is what makes MAX forget what is before it, so the marker is saved
    with the posts and passed only by the poll after: a poll that was lost is told the
    same again.
    """

    def __init__(self, access: Access) -> None:
        self._access = access

    async def fetch(self, cursor: Cursor, *, now: datetime) -> Fetched:
        """Messages and comments of all the bot's chats; raises `SourceError`."""
        api = Max.of(self._access)
        me = cursor.get("me") or await number_of(api)
        answer = await self._updates(api, cursor.get("marker"))
        told, marker = answer["updates"], answer.get("marker")
        updates = Updates(now, me)
        updates.read(told)
        is_marker = isinstance(marker, int) and not isinstance(marker, bool)
        return Fetched(
            posts=tuple(updates.posts),
            cursor={
                "me": me,
                "marker": marker if is_marker else cursor.get("marker"),
                "polled_at": now.isoformat(),
            },
            refused=tuple(updates.refused),
            notes=tuple(_notes(updates, api, has_lost=_has_lost(cursor, now))),
            more=len(told) >= MOST_UPDATES,
            unknown=dict(updates.unknown) or None,
        )

    async def _updates(self, api: Max, marker: int | None) -> Mapping[str, Any]:
        wanted = self._access.options.get("wait_s", LONG_POLL.total_seconds())
        wait = min(int(wanted), LONGEST_POLL)
        await api.turn_to_poll()
        answer = await api.get(
            "updates",
            {
                "marker": marker,
                "limit": MOST_UPDATES,
                "timeout": wait,
                "types": ",".join(WATCHED),
            },
            wait=timedelta(seconds=wait),
        )
        if not isinstance(answer, dict) or not isinstance(answer.get("updates"), list):
            raise SourceError("MAX's updates are no list")
        return answer


async def number_of(api: Max) -> int:
    """Ask for our bot's number, by which its own messages are known."""
    me = await api.get("me")
    number = me.get("user_id") if isinstance(me, dict) else None
    if not isinstance(number, int):
        raise SourceError("MAX did not say who the bot is")
    return number


def _has_lost(cursor: Cursor, now: datetime) -> bool:
    polled_at = cursor.get("polled_at")
    return polled_at is not None and (
        now - datetime.fromisoformat(polled_at) > LOST_AFTER
    )


def _notes(updates: Updates, api: Max, *, has_lost: bool) -> Iterator[Remark]:
    if has_lost:
        yield Remark("max:not-asked")
    yield from lost_of(updates)
    yield from clock(api.skew)
