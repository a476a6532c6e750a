"""Reading lanes: which is due, how far back, and what is missing from a page."""

from datetime import timedelta
from typing import Final

from services.ingest.sources.meta.items import Edges, Listing
from services.ingest.sources.meta.state import Chain, GraphState

MOST_EMPTY: Final = 10

_OVERLAP: Final = timedelta(hours=1)
_WATCHED: Final = timedelta(days=7)
_SIDE_EVERY: Final = timedelta(minutes=2)
_DEEP_EVERY: Final = timedelta(minutes=30)
_REFUSED_FOR: Final = timedelta(days=1)


def due(state: GraphState, edges: Edges, now: int, history: timedelta) -> list[Chain]:
    """Say which lanes are to be read from their newest post on.

    The first lane has the news; the others are asked less often. Every half hour a
    lane is read a week back: that shows edits, counters, and what is missing.
    """
    since, first = now - _seconds(history), edges.lanes[0]
    return [
        _chain(state, lane, now, is_first=lane == first, since=since)
        for lane in edges.lanes
        if _is_due(state, lane, now, edges.every if lane == first else _SIDE_EVERY)
    ]


def _is_due(state: GraphState, lane: str, now: int, every: timedelta) -> bool:
    is_refused = now - state.refused.get(lane, 0) < _REFUSED_FOR.total_seconds()
    is_queued = any(each.lane == lane and not each.after for each in state.chains)
    was_now = now - state.heads.get(lane, 0) < every.total_seconds()
    return not (is_refused or is_queued or was_now)


def _chain(
    state: GraphState, lane: str, now: int, *, is_first: bool, since: int
) -> Chain:
    """Begin at the newest post; how far back, depends on what is known."""
    high = state.high.get(lane, 0)
    if not high:
        # What a side lane shows may all be known from the first one already.
        state.deeps[lane] = now
        return Chain(lane, since, now, deep=is_first)
    oldest = _oldest(state, lane)
    is_deep = now - state.deeps.get(lane, 0) >= _DEEP_EVERY.total_seconds()
    is_busy = any(each.lane == lane for each in state.chains)
    if not is_deep or is_busy or oldest is None:
        return Chain(lane, high - _seconds(_OVERLAP), now)
    state.deeps[lane] = now
    return Chain(lane, max(now - _seconds(_WATCHED), oldest - 1), now, deep=True)


def _oldest(state: GraphState, lane: str) -> int | None:
    """When the oldest remembered post of a lane was written, if there is one."""
    dates = (state.posts.date(post) for post in state.posts if state.lane(post) == lane)
    return min(dates, default=None)


def follow(chain: Chain, page: Listing, *, has_news: bool) -> Chain | None:
    """Say where to read on after a page; None when the chain has reached its end.

    1. There is no next page, or ten in a row were empty: no page alone is the end.
    2. The last post is older than what is looked for.
    3. Everything on it is known, and nobody asked for a look further back.
    """
    dates = [item.date for item in page.items if item.date]
    empty = 0 if page.items else chain.empty + 1
    is_reached = bool(dates) and dates[-1] <= chain.until
    is_known = bool(page.items) and not has_news and not chain.deep
    if page.after is None or is_reached or is_known or empty >= MOST_EMPTY:
        return None
    edge = dates[-1] if dates else chain.edge
    return Chain(
        chain.lane, chain.until, chain.began, page.after, edge, empty, chain.deep
    )


def missing_on(state: GraphState, chain: Chain, page: Listing) -> list[int]:
    """Remembered posts of a lane that its chain should have shown by now."""
    dates = [item.date for item in page.items if item.date]
    lowest = min(dates, default=chain.edge) if page.after is not None else -1
    return [
        post
        for post in state.posts.standing()
        if state.lane(post) == chain.lane
        and state.thread(post).seen_at < chain.began
        and lowest < state.posts.date(post)
        and (not chain.after or state.posts.date(post) <= chain.edge)
    ]


def _seconds(span: timedelta) -> int:
    return int(span.total_seconds())
