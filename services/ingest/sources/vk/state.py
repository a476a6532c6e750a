"""What a wall's source knows between polls; all of it is in the cursor."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from services.ingest.sources.forgetting import forget
from services.ingest.sources.memory import Memory


@dataclass(slots=True)
class Chain:
    """Pages of the wall that are read one after another, newest first.

    `until` is the time down to which they are read, `last` that of the last post read.
    """

    until: int
    offset: int = 0
    last: int = 0


@dataclass(slots=True)
class Branch:
    """A level of a comment tree that is being read, from the comment `start` on.

    `comment` is the one whose replies these are; 0 for those under the post itself.
    `whole` says that the tree is read in full, not only its new end.
    """

    post: int
    comment: int = 0
    start: int = 0
    whole: bool = True


@dataclass(slots=True)
class Thread:
    """The comments under a post, and when they were read (Unix seconds).

    `count` is how many there were, `last` the newest of the first level, `told` when
    the post's counters were last handed on, `unseen` what is remembered but was not
    met yet by the reading in progress.
    """

    count: int = 0
    read_at: int = 0
    last: int = 0
    seen_at: int = 0
    told_at: int = 0
    unseen: list[int] = field(default_factory=list)
    comments: Memory = field(default_factory=Memory)

    def clear(self) -> None:
        self.comments = Memory()


@dataclass(slots=True)
class WallState:
    """Everything of one wall; `high` is the date of the newest post seen."""

    owner: int = 0
    high: int = 0
    head_at: int = 0
    posts: Memory = field(default_factory=Memory)
    threads: dict[int, Thread] = field(default_factory=dict)
    chains: list[Chain] = field(default_factory=list)
    branches: list[Branch] = field(default_factory=list)
    checks: list[int] = field(default_factory=list)

    @property
    def is_busy(self) -> bool:
        """Say whether something is left to read at once."""
        return bool(self.chains or self.branches or self.checks)

    def thread(self, post: int) -> Thread:
        return self.threads.setdefault(post, Thread())

    def is_being_read(self, post: int) -> bool:
        return any(branch.post == post for branch in self.branches)

    def drop_branches(self, post: int) -> None:
        self.branches = [each for each in self.branches if each.post != post]

    def forget(self, before: int) -> None:
        """Forget posts written and last met before a moment (Unix), and the spare ones.

        A post that is gone was not met, however often VK was asked for it.
        """
        reading = {branch.post for branch in self.branches}
        forget(self.posts, self.threads, before=before, met=self._met, reading=reading)

    def _met(self, post: int) -> int:
        known, thread = self.posts.get(post), self.threads.get(post)
        return thread.seen_at if thread and known and not known.is_gone else 0


def load(cursor: Mapping[str, Any]) -> WallState:
    """Read a cursor; an empty one is the state of a wall nobody has read."""
    return WallState(
        owner=cursor.get("owner", 0),
        high=cursor.get("high", 0),
        head_at=cursor.get("head_at", 0),
        posts=Memory(cursor.get("posts")),
        threads={
            int(number): Thread(**{**stored, "comments": Memory(stored["comments"])})
            for number, stored in cursor.get("threads", {}).items()
        },
        chains=[Chain(*each) for each in cursor.get("chains", [])],
        branches=[Branch(*each) for each in cursor.get("branches", [])],
        checks=list(cursor.get("checks", [])),
    )


def save(state: WallState) -> dict[str, Any]:
    """Write a state as JSON values."""
    return {
        "owner": state.owner,
        "high": state.high,
        "head_at": state.head_at,
        "posts": state.posts.as_json(),
        "threads": {
            str(number): _thread(each) for number, each in state.threads.items()
        },
        "chains": [list(asdict(each).values()) for each in state.chains],
        "branches": [list(asdict(each).values()) for each in state.branches],
        "checks": list(state.checks),
    }


def _thread(thread: Thread) -> dict[str, Any]:
    return {
        "count": thread.count,
        "read_at": thread.read_at,
        "last": thread.last,
        "seen_at": thread.seen_at,
        "told_at": thread.told_at,
        "unseen": thread.unseen,
        "comments": thread.comments.as_json(),
    }
