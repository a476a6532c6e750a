"""Pages by anchor: an anchor names the last item shown, so that nothing shifts."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from infra.sandbox.networks.ok.errors import OkError
from infra.sandbox.networks.ok.ids import anchor_of, place_of
from infra.sandbox.networks.ok.times import unix_ms
from infra.sandbox.stage import Item

Place: TypeAlias = tuple[int, int]
"""When an item was written (milliseconds), and its number."""


@dataclass(frozen=True)
class Part:
    """A page, in the order of reading; `anchor` asks for the next one."""

    places: Sequence[Place]
    anchor: str | None
    has_more: bool

    @property
    def numbers(self) -> list[int]:
        return [number for _, number in self.places]


def places_of(items: Iterable[Item]) -> list[Place]:
    """Put items into the order in which they were written."""
    return sorted((unix_ms(item.created_at, skewed=False), item.id) for item in items)


def newest_first(places: Sequence[Place], anchor: str, count: int) -> Part:
    """Read back from the newest, or from an anchor."""
    end = bisect_left(places, _started(anchor)) if anchor else len(places)
    start = max(0, end - count)
    return _part(places[start:end][::-1], anchor, has_more=start > 0)


def oldest_first(places: Sequence[Place], anchor: str, count: int) -> Part:
    """Read on from the oldest, or from an anchor."""
    start = bisect_right(places, _started(anchor)) if anchor else 0
    end = start + count
    return _part(places[start:end], anchor, has_more=end < len(places))


def _part(places: Sequence[Place], anchor: str, *, has_more: bool) -> Part:
    last = anchor_of(*places[-1]) if places else anchor
    return Part(places, last or None, has_more)


def _started(anchor: str) -> Place:
    place = place_of(anchor)
    if place is None:
        raise OkError(100, "anchor")
    return place
