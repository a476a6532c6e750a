"""A group: its topics, their comments, edits and losses."""

from datetime import datetime, timedelta
from typing import Final

from services.ingest.sources.base import Cursor, Fetched
from services.ingest.sources.connector import Access, Place
from services.ingest.sources.ok.harvest import Harvest
from services.ingest.sources.ok.owner import group_of, refuse_unwatched, topic_of
from services.ingest.sources.ok.reading import Reading
from services.ingest.sources.ok.state import Chain, GroupState, load, save
from services.ingest.sources.ok.topics import ways_of
from services.ingest.sources.remarks import clock
from shared.networks.ok import Ok
from shared.networks.ok.times import milliseconds

MOST_CALLS: Final = 10
"""Calls in one poll; the rest waits in the cursor, and `more` asks to come again."""

HISTORY: Final = timedelta(days=7)
WATCHED: Final = timedelta(days=7)
_OVERLAP: Final = timedelta(hours=1)
_DEEP: Final = timedelta(days=1)
_DEEP_EVERY: Final = timedelta(hours=1)
_HEAD_EVERY: Final = timedelta(seconds=20)
_WAY_FOR: Final = timedelta(days=1)


class GroupSource:
    """One group, or one topic of it, with the comments.

    A poll reads the newest topics, then what their changes ask for. The operator's
    options: `topic_methods` (the order of attempts), `activity` (False: do not ask
    where something was written), `history_days` (first reading), `calls_per_poll`,
    `per_second`.
    """

    def __init__(self, place: Place, access: Access) -> None:
        refuse_unwatched(place)
        self._place = place
        self._access = access
        self._topic = topic_of(place)
        self._ways = ways_of(access.options.get("topic_methods"))

    async def fetch(self, cursor: Cursor, *, now: datetime) -> Fetched:
        """Topics and comments that are new, changed or gone; raises `SourceError`.

        When only a part can not be had just now, the rest is brought, with a note.
        """
        state = load(cursor)
        harvest = Harvest(now)
        ok = Ok(
            self._access,
            group=state.group or self._place.native,
            reader=state.reader,
            goes_on=state.is_busy,
        )
        state.group = state.group or await group_of(self._place, ok)
        reading = Reading(ok, state, harvest, self._ways)
        self._begin(state, reading)
        most = int(self._access.options.get("calls_per_poll", MOST_CALLS))
        await reading.go_on_until(self._access.clock, most)
        state.reader = ok.reader
        state.forget(milliseconds(now - WATCHED))
        return Fetched(
            posts=tuple(harvest.posts),
            cursor=save(state),
            refused=tuple(harvest.refused),
            notes=reading.notes or clock(ok.skew),
            more=state.is_busy and not reading.notes,
            again_after=reading.again_after if state.is_busy else None,
            unknown=dict(harvest.unknown) or None,
        )

    def _begin(self, state: GroupState, reading: Reading) -> None:
        """Decide what this poll looks at first."""
        if self._topic is not None:
            state.check([self._topic])
            return
        if reading.time - state.way_at >= _milliseconds(_WAY_FOR):
            state.way, state.way_at, state.by_offset = "", reading.time, False
        if reading.time - state.head_at < _milliseconds(_HEAD_EVERY):
            return
        if not any(not chain.anchor for chain in state.chains):
            state.chains.insert(0, self._head(state, reading))
        state.check(reading.long_unseen())
        reading.asks_for_activity = self._access.options.get("activity") is not False

    def _head(self, state: GroupState, reading: Reading) -> Chain:
        """Begin at the newest topic: down to what is known, an hour at most.

        Once an hour it is a whole day: statistics have no topic before somebody saw
        it, and it then stands among the older ones.
        """
        if not state.high:
            days = float(self._access.options.get("history_days", HISTORY.days))
            state.deep_at = reading.time
            until = reading.time - _milliseconds(timedelta(days=days))
            return Chain(until, deep=True)
        if reading.time - state.deep_at < _milliseconds(_DEEP_EVERY):
            return Chain(state.high - _milliseconds(_OVERLAP))
        state.deep_at = reading.time
        return Chain(state.high - _milliseconds(_DEEP), deep=True)


def _milliseconds(span: timedelta) -> int:
    return span // timedelta(milliseconds=1)
