"""A page or account that is polled: its posts, their comments, edits and losses."""

import re
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Final, TypeAlias

from services.ingest.sources.base import Cursor, Fetched
from services.ingest.sources.connector import Access
from services.ingest.sources.meta import lanes
from services.ingest.sources.meta.harvest import Harvest
from services.ingest.sources.meta.items import Edges
from services.ingest.sources.meta.reading import Reading
from services.ingest.sources.meta.state import GraphState, load, save
from services.ingest.sources.remarks import clock

MOST_CALLS: Final = 10
"""Calls in one poll; the rest waits in the cursor, and `more` asks to come again."""

HISTORY: Final = timedelta(days=7)
WATCHED: Final = timedelta(days=7)

_ID: Final = r"[1-9]\d{0,19}(?:_[1-9]\d{0,19})?"
_NAME: Final = re.compile(rf"~?{_ID}(?:/{_ID})?")

Open: TypeAlias = Callable[[Access, GraphState], Awaitable[Edges]]
"""Makes the edges of a place; asks who it is when the state does not say so yet."""


class GraphSource:
    """One page or account with the comments.

    A poll reads the newest posts, then what events and changes ask for. The
    operator's options: `history_days` (first reading), `calls_per_poll`,
    `per_second`, `version`. With `only`, which names a post of an account, that post
    is read and nothing else.
    """

    def __init__(
        self,
        access: Access,
        make: Open,
        *,
        only: Callable[[str], str] | None = None,
    ) -> None:
        self._access = access
        self._make = make
        self._only = only

    async def fetch(self, cursor: Cursor, *, now: datetime) -> Fetched:
        """Posts and comments that are new, changed or gone; raises `SourceError`.

        When only a part can not be had just now, the rest is brought, with a note.
        """
        state = load(cursor)
        edges = await self._make(self._access, state)
        network = edges.words.network.value
        harvest = Harvest(now, edges.words, f"{network}:{edges.account}")
        reading = Reading(edges, state, harvest)
        self._begin(state, edges, reading, cursor)
        for _ in range(int(self._access.options.get("calls_per_poll", MOST_CALLS))):
            if not await reading.go_on():
                break
        state.forget(int((now - WATCHED).timestamp()))
        return Fetched(
            posts=tuple(harvest.posts),
            cursor=save(state),
            refused=tuple(harvest.refused),
            notes=reading.notes or clock(edges.graph.skew),
            more=state.is_busy and not reading.notes,
            unknown=dict(harvest.unknown) or None,
        )

    def _begin(
        self, state: GraphState, edges: Edges, reading: Reading, cursor: Cursor
    ) -> None:
        """Decide what this poll looks at: the news, and what was pushed."""
        touched = [str(name) for name in cursor.get("touched", ())]
        reading.touch(name for name in touched if _NAME.fullmatch(name))
        if self._only is not None:
            state.doubt([self._only(edges.account)])
            return
        days = float(self._access.options.get("history_days", HISTORY.days))
        # Where there are few calls, the news must not starve what was begun.
        is_behind = any(chain.after for chain in state.chains)
        state.waited = is_behind and not state.waited
        if not state.waited:
            state.chains += lanes.due(state, edges, reading.time, timedelta(days=days))
