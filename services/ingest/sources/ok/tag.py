"""Topics of groups with one hashtag: the only search OK has."""

import json
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final

from services.ingest.domain.posts import PostKind
from services.ingest.sources.base import (
    Cursor,
    Evidence,
    Fetched,
    SourceError,
)
from services.ingest.sources.connector import Access, Place
from services.ingest.sources.memory import Memory
from services.ingest.sources.ok.harvest import Harvest
from services.ingest.sources.ok.parse import Item, topics_in
from services.ingest.sources.ok.state import Thread
from services.ingest.sources.remarks import Remark, put_off
from services.ingest.sources.steps import PASSING
from shared.networks.ok import Ok
from shared.networks.ok.discussions import onward_of
from shared.networks.ok.times import in_moscow, milliseconds, moment_of

PAGE: Final = 100
MOST_CALLS: Final = 10
MOST_EMPTY: Final = 10
BY_NUMBER: Final = 50

_OVERLAP: Final = timedelta(hours=1)
_EVERY: Final = timedelta(seconds=20)
_FIRST_HOURS: Final = 24
_WATCHED: Final = timedelta(days=3)
_CHECKED_EVERY: Final = timedelta(minutes=30)
_MOST_REMEMBERED: Final = 3_000

# Only what of a topic we read: OK counts the fields of this method, it says.
_FIELDS: Final = (
    "media_topic.*,media_topic.media,media_topic.owner_ref,media_topic.author_ref"
)


@dataclass(slots=True)
class Slice:
    """A stretch of time that is being read (Unix milliseconds)."""

    since: int
    until: int
    anchor: str = ""
    empty: int = 0


@dataclass(slots=True)
class TagState:
    """What is read up to `until`, but for the slices that are left.

    `groups` remembers the topics that were found by the groups they stand in.
    """

    until: int = 0
    checked_at: int = 0
    slices: list[Slice] = field(default_factory=list)
    checks: list[int] = field(default_factory=list)
    groups: dict[str, Memory] = field(default_factory=dict)

    def group_of(self, topic: int) -> str | None:
        found = (name for name, each in self.groups.items() if topic in each)
        return next(found, None)


class TagSource:
    """Topics of groups with a hashtag, whichever group they stand in.

    People's own pages are not searched. The operator's options: `first_hours` (how far
    back the first search looks), `calls_per_poll`, `per_second`.
    """

    def __init__(self, place: Place, access: Access) -> None:
        self._tag = place.native
        self._access = access
        self._ok = Ok(access)

    async def fetch(self, cursor: Cursor, *, now: datetime) -> Fetched:
        """What was found since the last poll, an hour of it again."""
        state, harvest = load(cursor), Harvest(now)
        notes: tuple[Remark, ...] = ()
        self._begin(state, now)
        for calls in range(int(self._access.options.get("calls_per_poll", MOST_CALLS))):
            try:
                if not await self._go_on(state, harvest):
                    break
            except SourceError as error:
                if not calls or error.kind not in PASSING:
                    raise
                notes = (put_off(error),)
                break
        _forget(state, milliseconds(now - _WATCHED))
        return Fetched(
            posts=tuple(harvest.posts),
            cursor=save(state),
            refused=tuple(harvest.refused),
            notes=notes,
            more=bool(state.slices or state.checks) and not notes,
            unknown=dict(harvest.unknown) or None,
        )

    def _begin(self, state: TagState, now: datetime) -> None:
        """Add the newest slice, and the topics that were found before, for edits."""
        time = milliseconds(now)
        hours = float(self._access.options.get("first_hours", _FIRST_HOURS))
        first = milliseconds(now - timedelta(hours=hours))
        since = state.until - _in_milliseconds(_OVERLAP) if state.until else first
        if time - state.until >= _in_milliseconds(_EVERY):
            state.slices.append(Slice(since, time))
            state.until = time
        if time - state.checked_at >= _in_milliseconds(_CHECKED_EVERY):
            state.checked_at = time
            state.checks = [
                topic for each in state.groups.values() for topic in each.standing()
            ]

    async def _go_on(self, state: TagState, harvest: Harvest) -> bool:
        """Make one call: news first; False when there is none left to make."""
        if state.slices:
            await self._search(state, harvest)
        elif state.checks:
            await self._check(state, harvest)
        else:
            return False
        return True

    async def _search(self, state: TagState, harvest: Harvest) -> None:
        part = state.slices[-1]
        wanted = {
            "since": in_moscow(moment_of(part.since)),
            "until": in_moscow(moment_of(part.until) + timedelta(seconds=1)),
            "types": ["GROUP_TOPIC"],
        }
        answer = await self._ok.call(
            "search.tagContents",
            query=self._tag,
            filter=json.dumps(wanted),
            count=PAGE,
            anchor=part.anchor or None,
            fields=_FIELDS,
        )
        if answer is None:
            _search_again(state, part)
            return
        items = list(topics_in(answer, harvest.unknown))
        for item in items:
            _take(item, state, harvest)
        state.slices.pop()
        onward = onward_of(answer, part.anchor) if isinstance(answer, dict) else None
        empty = 0 if items else part.empty + 1
        if onward is not None and empty < MOST_EMPTY:
            state.slices.append(Slice(part.since, part.until, onward, empty))

    async def _check(self, state: TagState, harvest: Harvest) -> None:
        """Read topics that were found before by number, for edits and losses."""
        asked = state.checks[:BY_NUMBER]
        answer = await self._ok.call(
            "mediatopic.getByIds", topic_ids=asked, media_limit=3
        )
        if answer is None:
            raise SourceError("OK answered nothing")
        state.checks = state.checks[len(asked) :]
        items = list(topics_in(answer, harvest.unknown))
        for item in items:
            _take(item, state, harvest)
        shown = {item.topic for item in items}
        for topic in asked:
            group = state.group_of(topic)
            known = state.groups[group].get(topic) if group else None
            if group and topic not in shown and known and not known.is_gone:
                _lose(topic, group, state, harvest, Evidence.ABSENT)


def _search_again(state: TagState, part: Slice) -> None:
    """Leave a stretch of which OK said nothing to the next search, which overlaps."""
    state.slices.pop()
    state.until = min(state.until, part.since + _in_milliseconds(_OVERLAP))


def _take(item: Item, state: TagState, harvest: Harvest) -> None:
    group = item.group or state.group_of(item.topic)
    if not group:
        harvest.unknown["topic without group"] += 1
        return
    item = replace(item, group=group)
    memory = state.groups.setdefault(group, Memory())
    known = memory.get(item.topic)
    if not item.removed:
        harvest.take_topic(item, memory)
    elif known is not None and not known.is_gone:
        _lose(item.topic, group, state, harvest, Evidence.FLAG)


def _lose(
    topic: int, group: str, state: TagState, harvest: Harvest, evidence: Evidence
) -> None:
    memory = state.groups[group]
    known = memory.get(topic)
    harvest.lose_topic(
        Item(PostKind.POST, group, topic, known.date if known else 0, "", {}),
        evidence,
        memory,
        Thread(),
    )


def _forget(state: TagState, before: int) -> None:
    dated = sorted(
        (known.date, group, topic)
        for group, memory in state.groups.items()
        for topic in memory
        if (known := memory.get(topic)) is not None
    )
    spare = len(dated) - _MOST_REMEMBERED
    for place, (date, group, topic) in enumerate(dated):
        if date < before or place < spare:
            state.groups[group].forget(topic)
    state.groups = {group: memory for group, memory in state.groups.items() if memory}


def load(cursor: Cursor) -> TagState:
    return TagState(
        until=cursor.get("until", 0),
        checked_at=cursor.get("checked_at", 0),
        slices=[Slice(*each) for each in cursor.get("slices", [])],
        checks=list(cursor.get("checks", [])),
        groups={name: Memory(each) for name, each in cursor.get("groups", {}).items()},
    )


def save(state: TagState) -> dict[str, Any]:
    return {
        "until": state.until,
        "checked_at": state.checked_at,
        "slices": [list(asdict(each).values()) for each in state.slices],
        "checks": list(state.checks),
        "groups": {name: each.as_json() for name, each in state.groups.items()},
    }


def _in_milliseconds(span: timedelta) -> int:
    return span // timedelta(milliseconds=1)
