"""Lists a group's topics, by whichever of OK's three methods it lets us use."""

import re
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Any, Final

from services.ingest.sources.base import ErrorKind, SourceError
from services.ingest.sources.ok.parse import (
    Item,
    Unknown,
    listed,
    number_in,
    topics_in,
)
from services.ingest.sources.ok.state import Chain, GroupState
from shared.networks.ok import Ok
from shared.networks.ok.client import Value
from shared.networks.ok.discussions import onward_of
from shared.networks.ok.errors import NO_RIGHT, UNKNOWN_METHOD, code_of
from shared.networks.ok.times import milliseconds_of

PAGE: Final = 50
MOST_EMPTY: Final = 10

STATISTICS: Final = "group.getStatTopics"
TOPICS: Final = "mediatopic.getTopics"
STREAM: Final = "stream.get"
WAYS: Final = (STATISTICS, TOPICS, STREAM)
"""For administrators and documented; not documented; of 2015."""

_PLACED: Final = re.compile(r"\{media_topic:(\d{1,18})\}")
_FIGURES: Final = {
    "comments": "comments",
    "likes": "likes",
    "reach": "reach",
    "renderings": "views",
    "reshares": "reposts",
}


@dataclass(frozen=True, slots=True)
class Listing:
    """A page of topics: their dates by number, and what was told of them beside.

    `topics` are those shown whole; the rest has to be read by their numbers. `told` is
    False when OK answered `null`.
    """

    dates: Mapping[int, int]
    topics: tuple[Item, ...] = ()
    figures: Mapping[int, Mapping[str, int]] = field(default_factory=dict)
    onward: str | None = None
    told: bool = True


def ways_of(option: object) -> tuple[str, ...]:
    """Read the operator's order of attempts; what is unknown in it does not count."""
    given = option.split(",") if isinstance(option, str) else option
    names = [str(each).strip() for each in given] if isinstance(given, list) else []
    return tuple(each for each in names if each in WAYS) or WAYS


async def list_page(
    ok: Ok,
    state: GroupState,
    chain: Chain,
    *,
    ways: Sequence[str],
    unknown: Unknown,
) -> Listing:
    """Read a page by the method that works, newest topics first.

    Which one that is, is found out by trying, and kept in the state. Raises
    `SourceError`; a group that can not be had at all is none to be watched.
    """
    way = state.way if state.way in ways else ways[0]
    while True:
        try:
            page = await _list_by(way, ok, state.group, chain, unknown)
        except SourceError as error:
            following = _after(way, ways)
            if following is None or not is_not_for_us(error):
                raise _of_the_group(error) from error
            way = following
        else:
            state.way = way
            return page


async def _list_by(
    way: str, ok: Ok, group: str, chain: Chain, unknown: Unknown
) -> Listing:
    params: dict[str, Value] = {"gid": group, "count": PAGE}
    if way == STATISTICS:
        params["start_time"] = chain.until
        params["fields"] = "id,created_ms,comments,likes,reach,renderings,reshares"
    if way == STREAM:
        params["patterns"] = "POST"
    answer = await ok.call(way, **params, anchor=chain.anchor or None)
    onward = onward_of(answer, chain.anchor) if isinstance(answer, dict) else None
    if way == STATISTICS:
        return _of_statistics(answer, onward)
    if way == TOPICS:
        return _of_topics(answer, onward, unknown)
    return _of_stream(answer, onward, unknown)


def is_not_for_us(error: SourceError) -> bool:
    """Say whether another method may still be allowed."""
    return code_of(error) in {*NO_RIGHT, UNKNOWN_METHOD}


def follow(chain: Chain, page: Listing, known: AbstractSet[int]) -> Chain | None:
    """Say where to read on after a page; None when the chain has reached its end.

    1. OK says so, or promises more after ten empty pages in a row.
    2. The page reaches `until`; one without dates says nothing about that.
    3. Everything on it is known, and nobody asked for a look further back.
    """
    empty = 0 if page.dates else chain.empty + 1
    dates = [date for date in page.dates.values() if date]
    is_reached = bool(dates) and min(dates) <= chain.until
    is_news = chain.deep or not page.dates or not page.dates.keys() <= known
    if page.onward is None or is_reached or not is_news or empty >= MOST_EMPTY:
        return None
    return Chain(chain.until, page.onward, empty, chain.deep)


def missing_on(state: GroupState, chain: Chain, page: Listing) -> list[int]:
    """Remembered topics that this page should have shown, and did not."""
    dates = [date for date in page.dates.values() if date]
    if not dates:
        return []
    newest = max(dates) if chain.anchor else None
    return [
        topic
        for topic in state.topics.standing()
        if topic not in page.dates
        and min(dates) < state.topics.date(topic)
        and (newest is None or state.topics.date(topic) < newest)
    ]


def _of_statistics(answer: object, onward: str | None) -> Listing:
    dates, figures = {}, {}
    for each in listed(answer, "topics"):
        number = number_in(each, "id")
        if number is not None:
            dates[number] = milliseconds_of(each)
            figures[number] = _figures(each)
    return Listing(dates, (), figures, onward, told=answer is not None)


def _figures(data: Mapping[str, Any]) -> dict[str, int]:
    told = {ours: number_in(data, theirs) for theirs, ours in _FIGURES.items()}
    return {name: count for name, count in told.items() if count is not None}


def _of_topics(answer: object, onward: str | None, unknown: Unknown) -> Listing:
    topics = tuple(topics_in(answer, unknown))
    dates = {item.topic: item.date for item in topics}
    return Listing(dates, topics, {}, onward, told=answer is not None)


def _of_stream(answer: object, onward: str | None, unknown: Unknown) -> Listing:
    """Read the news of a group; a topic's number stands in the words of a message."""
    topics = tuple(topics_in(answer, unknown))
    dates = {item.topic: item.date for item in topics}
    for each in listed(answer, "feeds"):
        message = each.get("message") if isinstance(each, dict) else None
        found = _PLACED.search(message) if isinstance(message, str) else None
        if found is None:
            unknown["feed without topic"] += 1
        else:
            dates.setdefault(int(found[1]), milliseconds_of(each))
    return Listing(dates, topics, {}, onward, told=answer is not None)


def _after(way: str, ways: Sequence[str]) -> str | None:
    """Give the way to try when one is not for us; None after the last."""
    place = ways.index(way) + 1
    return ways[place] if place < len(ways) else None


def _of_the_group(error: SourceError) -> SourceError:
    """What would be one post's elsewhere is the whole group's here."""
    if error.kind is not ErrorKind.SKIP_ITEM:
        return error
    return SourceError(str(error), ErrorKind.DISABLE, code=error.code)
