"""What a group's source knows between polls; all of it is in the cursor."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from services.ingest.sources.forgetting import forget
from services.ingest.sources.memory import Memory


class Names:
    """Numbers for OK's long comment ids, because a `Memory` counts by numbers."""

    def __init__(self, names: list[str] | None = None) -> None:
        self._names = list(names or [])
        self._numbers = {name: place for place, name in enumerate(self._names, 1)}

    def number(self, name: str) -> int:
        """Give a name its number, the same every time; an empty name is 0."""
        if not name:
            return 0
        if name not in self._numbers:
            self._names.append(name)
            self._numbers[name] = len(self._names)
        return self._numbers[name]

    def name(self, number: int) -> str:
        return self._names[number - 1] if number else ""

    def as_json(self) -> list[str]:
        return list(self._names)


@dataclass(slots=True)
class Chain:
    """Pages of the group's topics that are read one after another, newest first.

    `until` is the time down to which they are read, `empty` counts pages in a row
    that promised more and had nothing; `deep` ones go on where all is known.
    """

    until: int
    anchor: str = ""
    empty: int = 0
    deep: bool = False


@dataclass(slots=True)
class Branch:
    """A discussion that is being read: from its start if `whole`, else its new end."""

    topic: int
    anchor: str = ""
    whole: bool = True
    empty: int = 0


@dataclass(slots=True)
class Thread:
    """The comments under a topic, and when they were read (Unix milliseconds).

    `count` is how many there were, `told_at` when the topic's counters were last handed
    on, `unseen` what is remembered but was not met yet by the reading in progress.
    """

    count: int = 0
    read_at: int = 0
    seen_at: int = 0
    told_at: int = 0
    unseen: list[int] = field(default_factory=list)
    names: Names = field(default_factory=Names)
    comments: Memory = field(default_factory=Memory)

    def clear(self) -> None:
        self.comments, self.names = Memory(), Names()


@dataclass(slots=True)
class GroupState:
    """Everything of one group; `high` is the date of the newest topic seen.

    `reader` is the token it was read with last, `way` the method that lists the topics,
    chosen at `way_at`. `by_offset` says that
    comments are read by the older method. `deep_at` is when a whole day was listed.
    """

    group: str = ""
    reader: str = ""
    way: str = ""
    way_at: int = 0
    by_offset: bool = False
    high: int = 0
    head_at: int = 0
    deep_at: int = 0
    hint_at: int = 0
    topics: Memory = field(default_factory=Memory)
    threads: dict[int, Thread] = field(default_factory=dict)
    chains: list[Chain] = field(default_factory=list)
    branches: list[Branch] = field(default_factory=list)
    checks: list[int] = field(default_factory=list)

    @property
    def is_busy(self) -> bool:
        """Say whether something is left to read at once."""
        return bool(self.chains or self.branches or self.checks)

    def thread(self, topic: int) -> Thread:
        return self.threads.setdefault(topic, Thread())

    def is_being_read(self, topic: int) -> bool:
        return any(branch.topic == topic for branch in self.branches)

    def drop_branches(self, topic: int) -> None:
        self.branches = [each for each in self.branches if each.topic != topic]

    def check(self, topics: list[int]) -> None:
        """Queue topics to be read by their ids."""
        queued = set(self.checks)
        self.checks += [each for each in topics if each not in queued]

    def forget(self, before: int) -> None:
        """Forget topics written and last met before a moment, and the spare ones."""
        reading = {branch.topic for branch in self.branches}
        forget(self.topics, self.threads, before=before, met=self._met, reading=reading)

    def _met(self, topic: int) -> int:
        thread = self.threads.get(topic)
        return thread.seen_at if thread else 0


def load(cursor: Mapping[str, Any]) -> GroupState:
    """Read a cursor; an empty one is the state of a group nobody has read."""
    return GroupState(
        group=cursor.get("group", ""),
        reader=cursor.get("reader", ""),
        way=cursor.get("way", ""),
        way_at=cursor.get("way_at", 0),
        by_offset=cursor.get("by_offset", False),
        high=cursor.get("high", 0),
        head_at=cursor.get("head_at", 0),
        deep_at=cursor.get("deep_at", 0),
        hint_at=cursor.get("hint_at", 0),
        topics=Memory(cursor.get("topics")),
        threads={
            int(topic): _loaded(stored)
            for topic, stored in cursor.get("threads", {}).items()
        },
        chains=[Chain(*each) for each in cursor.get("chains", [])],
        branches=[Branch(*each) for each in cursor.get("branches", [])],
        checks=list(cursor.get("checks", [])),
    )


def save(state: GroupState) -> dict[str, Any]:
    """Write a state as JSON values."""
    return {
        "group": state.group,
        "reader": state.reader,
        "way": state.way,
        "way_at": state.way_at,
        "by_offset": state.by_offset,
        "high": state.high,
        "head_at": state.head_at,
        "deep_at": state.deep_at,
        "hint_at": state.hint_at,
        "topics": state.topics.as_json(),
        "threads": {str(topic): _saved(each) for topic, each in state.threads.items()},
        "chains": [list(asdict(each).values()) for each in state.chains],
        "branches": [list(asdict(each).values()) for each in state.branches],
        "checks": list(state.checks),
    }


def _loaded(stored: Mapping[str, Any]) -> Thread:
    names, comments = Names(stored["names"]), Memory(stored["comments"])
    return Thread(**{**stored, "names": names, "comments": comments})


def _saved(thread: Thread) -> dict[str, Any]:
    return {
        "count": thread.count,
        "read_at": thread.read_at,
        "seen_at": thread.seen_at,
        "told_at": thread.told_at,
        "unseen": thread.unseen,
        "names": thread.names.as_json(),
        "comments": thread.comments.as_json(),
    }
