"""Pages by cursor: a cursor names the last item shown, so that nothing shifts."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from infra.sandbox.graph.errors import GraphError
from infra.sandbox.stage import Item

Place: TypeAlias = tuple[int, str, int]
"""When an item was written (Unix seconds), its page, its number."""

USUAL: Final = 25
MOST: Final = 100


@dataclass(frozen=True)
class Part:
    """A page, in the order of reading; `has_more` says that there is a next one."""

    places: Sequence[Place]
    has_more: bool

    def paging(self, address: str) -> dict[str, Any]:
        """Write `paging`: cursors on every page that has items, `next` but the last."""
        if not self.places:
            return {}
        cursors = {
            "before": cursor_of(self.places[0]),
            "after": cursor_of(self.places[-1]),
        }
        told: dict[str, Any] = {"cursors": cursors}
        if self.has_more:
            joint = "&" if "?" in address else "?"
            told["next"] = f"{address}{joint}after={cursors['after']}"
        return {"paging": told}


def places_of(items: Iterable[Item]) -> list[Place]:
    """Put items into the order in which they were written."""
    return sorted(
        (int(item.created_at.timestamp()), item.page, item.id) for item in items
    )


def newest_first(places: Sequence[Place], after: str, limit: int) -> Part:
    """Read back from the newest, or from a cursor."""
    end = bisect_left(places, _started(after)) if after else len(places)
    start = max(0, end - limit)
    return Part(places[start:end][::-1], has_more=start > 0)


def oldest_first(places: Sequence[Place], after: str, limit: int) -> Part:
    """Read on from the oldest, or from a cursor."""
    start = bisect_right(places, _started(after)) if after else 0
    return Part(places[start : start + limit], has_more=start + limit < len(places))


def cursor_of(place: Place) -> str:
    text = "/".join(str(each) for each in place)
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _started(cursor: str) -> Place:
    try:
        text = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
        at, page, number = text.split("/")
        return int(at), page, int(number)
    except ValueError:
        raise GraphError(100, "(#100) Invalid cursors values") from None


def limit_of(text: str | None) -> int:
    """Read `limit`; more than Graph gives is lowered."""
    if not text:
        return USUAL
    if not text.isdecimal():
        raise GraphError(100, "(#100) param limit must be an integer")
    return min(int(text), MOST)
