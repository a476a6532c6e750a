"""A community's wall: its posts, their comments, edits and losses."""

from datetime import datetime, timedelta
from typing import Final

from services.ingest.sources.base import Cursor, Fetched
from services.ingest.sources.connector import Access, Place
from services.ingest.sources.remarks import clock
from services.ingest.sources.vk.harvest import Harvest
from services.ingest.sources.vk.owner import owner_of
from services.ingest.sources.vk.reading import Reading, unix
from services.ingest.sources.vk.state import Chain, WallState, load, save
from shared.networks.vk import Vk

MOST_CALLS: Final = 10
"""Calls in one poll; the rest waits in the cursor, and `more` asks to come again."""

HISTORY: Final = timedelta(days=7)
WATCHED: Final = timedelta(days=7)
_OVERLAP: Final = timedelta(hours=1)
_HEAD_EVERY: Final = timedelta(seconds=20)


class WallSource:
    """One wall. A poll reads the newest posts, then what their changes ask for.

    With `post`, only that post and its comments are read. The operator's options:
    `history_days` (first reading), `calls_per_poll`.
    """

    def __init__(
        self, place: Place, access: Access, *, post: int | None = None
    ) -> None:
        self._place = place
        self._access = access
        self._post = post
        self._vk = Vk(access, place=place.native)

    async def fetch(self, cursor: Cursor, *, now: datetime) -> Fetched:
        """Posts and comments that are new, changed or gone; raises `SourceError`.

        When only a part can not be had just now, the rest is brought, with a note.
        """
        state = load(cursor)
        harvest = Harvest(now)
        reading = Reading(self._vk, state, harvest, now)
        state.owner = state.owner or await owner_of(self._place, self._vk)
        self._begin(state, reading, cursor)
        await reading.go_on_until(self._access.clock, self._most_calls)
        state.forget(unix(now - WATCHED))
        return Fetched(
            posts=tuple(harvest.posts),
            cursor=save(state),
            refused=tuple(harvest.refused),
            notes=reading.notes or clock(self._vk.skew),
            more=state.is_busy and not reading.notes,
            again_after=reading.again_after if state.is_busy else None,
            unknown=dict(harvest.unknown) or None,
            native=str(state.owner) if self._place.native.startswith("@") else None,
        )

    @property
    def _most_calls(self) -> int:
        return int(self._access.options.get("calls_per_poll", MOST_CALLS))

    def _begin(self, state: WallState, reading: Reading, cursor: Cursor) -> None:
        """Decide what this poll looks at first: the news, and what was pushed."""
        history = self._access.options.get("history_days", HISTORY.days)
        since = unix(reading.now - timedelta(days=float(history)))
        for touched in cursor.get("touched", ()):
            reading.touch(str(touched))
        if self._post is not None:
            reading.check_again([self._post])
        elif reading.time - state.head_at >= _HEAD_EVERY.total_seconds():
            overlap = int(_OVERLAP.total_seconds())
            until = state.high - overlap if state.high else since
            if not any(chain.offset == 0 for chain in state.chains):
                state.chains.insert(0, Chain(until))
            reading.check_again(reading.long_unseen())
