"""What a chat's source knows between polls; all of it is in the cursor."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from services.ingest.sources.memory import Memory

MOST_MESSAGES: Final = 2_000
MOST_COMMENTS: Final = 5_000
"""More are not remembered; what is forgotten is only read, and stored, once more."""


@dataclass(slots=True)
class Chain:
    """Pages that are read one after another, newest first, times in milliseconds.

    `until` is the time down to which they are read; `before` that of the newest
    message the next page may have, None for the first page.
    """

    until: int
    before: int | None = None


@dataclass(slots=True)
class Branch:
    """Comments on a post that are being read; `whole`: all there are."""

    post: int
    chain: Chain
    whole: bool


@dataclass(slots=True)
class Thread:
    """The comments on a post, and when they were read (Unix seconds).

    `heard_at` is when new ones were last looked for, `read_at` when all were read,
    `told_at` when the post's views were last handed on. `last` is the time of the
    newest comment in milliseconds, `chat` the number their own names begin with.
    """

    heard_at: int = 0
    read_at: int = 0
    told_at: int = 0
    last: int = 0
    chat: int = 0
    comments: Memory = field(default_factory=Memory)


@dataclass(slots=True)
class ChatState:
    """Everything of one chat; `high` is the time of the newest message seen."""

    chat: int = 0
    is_channel: bool = False
    me: int = 0
    looked_at: int = 0
    high: int = 0
    head_at: int = 0
    swept_at: int = 0
    messages: Memory = field(default_factory=Memory)
    threads: dict[int, Thread] = field(default_factory=dict)
    chains: list[Chain] = field(default_factory=list)
    branches: list[Branch] = field(default_factory=list)

    @property
    def is_busy(self) -> bool:
        """Say whether something is left to read at once."""
        return bool(self.chains or self.branches)

    def thread(self, post: int) -> Thread:
        return self.threads.setdefault(post, Thread())

    def is_being_read(self, post: int) -> bool:
        return any(branch.post == post for branch in self.branches)

    def forget(self, before: int) -> None:
        """Forget messages written before a moment (milliseconds), and what is too much.

        The comments of the oldest posts are forgotten first.
        """
        dates = sorted((self._date(number), number) for number in self.messages)
        spare = max(0, len(dates) - MOST_MESSAGES)
        for place, (date, number) in enumerate(dates):
            if place < spare or date < before:
                self.messages.forget(number)
        for number in set(self.threads) - set(self.messages):
            if not self.is_being_read(number):
                del self.threads[number]
        comments = sum(len(each.comments) for each in self.threads.values())
        for _, number in dates:
            thread = self.threads.get(number)
            if comments > MOST_COMMENTS and thread and not self.is_being_read(number):
                comments -= len(thread.comments)
                thread.comments = Memory()

    def _date(self, number: int) -> int:
        entry = self.messages.get(number)
        return entry.date if entry else 0


def load(cursor: Mapping[str, Any]) -> ChatState:
    """Read a cursor; an empty one is the state of a chat nobody has read."""
    return ChatState(
        **{name: cursor[name] for name in _PLAIN if name in cursor},
        messages=Memory(cursor.get("messages")),
        threads={
            int(number): Thread(**{**stored, "comments": Memory(stored["comments"])})
            for number, stored in cursor.get("threads", {}).items()
        },
        chains=[Chain(*each) for each in cursor.get("chains", [])],
        branches=[
            Branch(post, Chain(*chain), whole)
            for post, chain, whole in cursor.get("branches", [])
        ],
    )


_PLAIN: Final = (
    "chat",
    "is_channel",
    "me",
    "looked_at",
    "high",
    "head_at",
    "swept_at",
)


def save(state: ChatState) -> dict[str, Any]:
    """Write a state as JSON values."""
    return {
        **{name: getattr(state, name) for name in _PLAIN},
        "messages": state.messages.as_json(),
        "threads": {
            str(number): _thread(each) for number, each in state.threads.items()
        },
        "chains": [list(asdict(each).values()) for each in state.chains],
        "branches": [
            [each.post, list(asdict(each.chain).values()), each.whole]
            for each in state.branches
        ],
    }


def _thread(thread: Thread) -> dict[str, Any]:
    return {
        "heard_at": thread.heard_at,
        "read_at": thread.read_at,
        "told_at": thread.told_at,
        "last": thread.last,
        "chat": thread.chat,
        "comments": thread.comments.as_json(),
    }
