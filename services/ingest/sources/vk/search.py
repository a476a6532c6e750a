"""VK's search by words: slices of time, because it shows a thousand posts at most."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from services.ingest.sources.base import (
    OF_PEOPLE,
    Cursor,
    ErrorKind,
    Evidence,
    Fetched,
    SourceError,
)
from services.ingest.sources.connector import Access, Place
from services.ingest.sources.memory import Memory
from services.ingest.sources.remarks import Remark, put_off
from services.ingest.sources.vk.harvest import Harvest
from services.ingest.sources.vk.parse import Item, post_of
from shared.networks.vk import Vk

PAGE: Final = 200
SHOWN: Final = 1_000
"""VK gives no more of a search than this, whatever it counts."""

MOST_CALLS: Final = 10
_OVERLAP: Final = timedelta(hours=1)
_FIRST: Final = timedelta(hours=24)
_WATCHED: Final = timedelta(days=3)
_CHECKED_EVERY: Final = timedelta(minutes=30)
_CHECKED_AT_ONCE: Final = 100
_MOST_REMEMBERED: Final = 3_000
_CUT_OFF: Final = Remark("vk:cut-off")


@dataclass(slots=True)
class Slice:
    """Seconds from `start` to before `end`, read on from `start_from`."""

    start: int
    end: int
    start_from: str | None = None


@dataclass(slots=True)
class SearchState:
    """What is read up to `until`, but for the slices that are left.

    `found` remembers what was found, by key: the posts are on many walls.
    """

    until: int = 0
    checked_at: int = 0
    slices: list[Slice] = field(default_factory=list)
    walls: dict[int, Memory] = field(default_factory=dict)


class SearchSource:
    """Public posts and comments with given words, whoever's wall they stand on.

    The operator's options: `first_hours` (how far back the first search looks),
    `calls_per_poll`.
    """

    def __init__(self, place: Place, access: Access) -> None:
        self._words = place.native
        self._access = access
        self._vk = Vk(access, place=place.native)

    async def fetch(self, cursor: Cursor, *, now: datetime) -> Fetched:
        """What was found since the last poll, an hour of it again."""
        state = load(cursor)
        harvest = Harvest(now)
        self._begin(state, now)
        notes: list[Remark] = []
        for calls in range(int(self._access.options.get("calls_per_poll", MOST_CALLS))):
            if not state.slices:
                break
            try:
                notes += await self._read(state, harvest)
            except SourceError as error:
                if not calls or error.kind not in {ErrorKind.RETRY, ErrorKind.WAIT}:
                    raise
                notes.append(put_off(error))
                break
        else:
            return _fetched(state, harvest, notes)
        if not state.slices and not notes:
            await self._check(state, harvest)
        return _fetched(state, harvest, notes)

    def _begin(self, state: SearchState, now: datetime) -> None:
        """Add the newest slice, to be read before what an earlier poll left."""
        if any(each.start_from for each in state.slices):
            return
        time = int(now.timestamp())
        first = timedelta(hours=float(self._access.options.get("first_hours", 24)))
        overlap = int(_OVERLAP.total_seconds())
        start = state.until - overlap if state.until else int((now - first).timestamp())
        if time > state.until:
            state.slices.append(Slice(start, time + 1))
            state.until = time

    async def _read(self, state: SearchState, harvest: Harvest) -> list[Remark]:
        """Read a page of the newest slice; halve a slice that VK would not show whole.

        A search that never ends (the same `next_from` again, or no posts) ends here.
        """
        part = state.slices[-1]
        response = await self._vk.call(
            "newsfeed.search",
            q=self._words,
            count=PAGE,
            start_time=part.start,
            end_time=part.end - 1,
            start_from=part.start_from,
        )
        state.slices.pop()
        answer = response if isinstance(response, dict) else {}
        total = answer.get("total_count")
        is_cut = isinstance(total, int) and total > SHOWN
        if is_cut and part.start_from is None and part.end - part.start > 1:
            middle = (part.start + part.end) // 2
            state.slices += [Slice(part.start, middle), Slice(middle, part.end)]
            return []
        items = answer.get("items")
        shown = items if isinstance(items, list) else []
        for item in _items(shown, harvest):
            harvest.take(item, state.walls.setdefault(item.owner, Memory()))
        onward = answer.get("next_from")
        if shown and isinstance(onward, str) and onward not in {"", part.start_from}:
            state.slices.append(Slice(part.start, part.end, onward))
        return [_CUT_OFF] if is_cut and part.start_from is None else []

    async def _check(self, state: SearchState, harvest: Harvest) -> None:
        """Read posts found before again, by id, for edits and losses.

        VK lets nobody read a comment by its id, so comments are only edited here when
        they are found again.
        """
        time = int(harvest.now.timestamp())
        if time - state.checked_at < _CHECKED_EVERY.total_seconds():
            return
        state.checked_at = time
        _forget(state, int((harvest.now - _WATCHED).timestamp()))
        asked = [
            (owner, number)
            for owner, memory in state.walls.items()
            for number in memory
            if _is_post(memory, number)
        ]
        for start in range(0, len(asked), _CHECKED_AT_ONCE):
            await self._check_some(
                asked[start : start + _CHECKED_AT_ONCE], state, harvest
            )

    async def _check_some(
        self, asked: list[tuple[int, int]], state: SearchState, harvest: Harvest
    ) -> None:
        response = await self._vk.call(
            "wall.getById", posts=[f"{owner}_{number}" for owner, number in asked]
        )
        listed = response.get("items") if isinstance(response, dict) else response
        items = list(_items(listed if isinstance(listed, list) else [], harvest))
        for item in items:
            harvest.take(item, state.walls.setdefault(item.owner, Memory()))
        shown = {(item.owner, item.id) for item in items}
        for owner, number in asked:
            memory = state.walls[owner]
            known = memory.get(number)
            if (owner, number) not in shown and known and not known.is_gone:
                memory.miss(number)
                harvest.lose(owner, number, Evidence.ABSENT, memory, Memory())


def _items(listed: list[Any], harvest: Harvest) -> Iterator[Item]:
    for each in listed:
        item = post_of(each, harvest.unknown)
        if item is not None:
            yield item


def _is_post(memory: Memory, number: int) -> bool:
    """A comment is remembered with what it stands under, a post with itself."""
    known = memory.get(number)
    return known is not None and known.above == number


def _forget(state: SearchState, before: int) -> None:
    dated = sorted(
        (known.date, owner, number)
        for owner, memory in state.walls.items()
        for number in memory
        if (known := memory.get(number)) is not None
    )
    spare = len(dated) - _MOST_REMEMBERED
    for place, (date, owner, number) in enumerate(dated):
        if date < before or place < spare:
            state.walls[owner].forget(number)
    state.walls = {owner: memory for owner, memory in state.walls.items() if memory}


def _fetched(state: SearchState, harvest: Harvest, notes: list[Remark]) -> Fetched:
    return Fetched(
        posts=tuple(harvest.posts),
        cursor=save(state),
        refused=tuple(harvest.refused),
        notes=tuple(notes),
        more=bool(state.slices) and not notes,
        unknown=dict(harvest.unknown) or None,
    )


def load(cursor: Cursor) -> SearchState:
    people = cursor.get(OF_PEOPLE, {})
    return SearchState(
        until=cursor.get("until", 0),
        checked_at=cursor.get("checked_at", 0),
        slices=[Slice(*each) for each in people.get("slices", [])],
        walls={int(o): Memory(each) for o, each in people.get("walls", {}).items()},
    )


def save(state: SearchState) -> dict[str, Any]:
    """Write the state down; walls, and where VK reads on, may name people."""
    people = {
        "slices": [list(asdict(each).values()) for each in state.slices],
        "walls": {str(owner): each.as_json() for owner, each in state.walls.items()},
    }
    return {
        "until": state.until,
        "checked_at": state.checked_at,
        OF_PEOPLE: {name: each for name, each in people.items() if each},
    }
