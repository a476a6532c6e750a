"""What a source of TikTok knows between polls; all of it is in the cursor."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from services.ingest.sources.memory import Memory

MOST_VIDEOS: Final = 3_000
MOST_COMMENTS: Final = 10_000
"""More are not remembered; what is forgotten is only read, and stored, once more."""


@dataclass(slots=True)
class Slice:
    """Days (YYYYMMDD, UTC) that are being read, from a page of a search on.

    `empty` counts empty pages in a row, `failures` server errors at a deep page.
    """

    start: str
    end: str
    cursor: int = 0
    search_id: str = ""
    empty: int = 0
    failures: int = 0
    restarts: int = 0

    @property
    def has_begun(self) -> bool:
        return bool(self.search_id)

    def begin_again(self) -> None:
        self.cursor, self.search_id, self.empty, self.failures = 0, "", 0, 0


@dataclass(slots=True)
class Branch:
    """Comments under a video, or the replies to one of them, from a page on."""

    video: int
    comment: int = 0
    cursor: int = 0
    empty: int = 0


@dataclass(slots=True)
class Thread:
    """The comments under a video; `unseen` were not met yet by the reading under way.

    `count` is what TikTok told when they were last read (Unix time `read_at`).
    """

    count: int = 0
    read_at: int = 0
    is_certain: bool = True
    unseen: list[int] = field(default_factory=list)
    comments: Memory = field(default_factory=Memory)


@dataclass(slots=True)
class TikTokState:
    """Everything of one place; times are Unix."""

    read_at: int = 0
    deep_at: int = 0
    slices: list[Slice] = field(default_factory=list)
    unseen: list[int] = field(default_factory=list)
    videos: Memory = field(default_factory=Memory)
    threads: dict[int, Thread] = field(default_factory=dict)
    branches: list[Branch] = field(default_factory=list)

    def thread(self, video: int) -> Thread:
        return self.threads.setdefault(video, Thread())

    def is_being_read(self, video: int) -> bool:
        return any(branch.video == video for branch in self.branches)

    def drop_branches(self, video: int) -> None:
        self.branches = [each for each in self.branches if each.video != video]

    def forget(self, before: int) -> None:
        """Forget videos published before a moment, and what is too much."""
        dated = sorted((self.videos.date(video), video) for video in self.videos)
        spare = len(dated) - MOST_VIDEOS
        for place, (date, video) in enumerate(dated):
            if (date < before or place < spare) and not self.is_being_read(video):
                self.videos.forget(video)
                self.threads.pop(video, None)
        comments = sum(len(each.comments) for each in self.threads.values())
        for _, video in dated:
            thread = self.threads.get(video)
            if comments <= MOST_COMMENTS:
                return
            if thread is not None and not self.is_being_read(video):
                comments -= len(thread.comments)
                thread.comments = Memory()


def day_of(seconds: int) -> str:
    """Name a day as TikTok does."""
    return f"{datetime.fromtimestamp(seconds, UTC):%Y%m%d}"


def load(cursor: Mapping[str, Any]) -> TikTokState:
    """Read a cursor; an empty one is the state of a place nobody has read."""
    return TikTokState(
        read_at=cursor.get("read_at", 0),
        deep_at=cursor.get("deep_at", 0),
        slices=[Slice(*each) for each in cursor.get("slices", [])],
        unseen=list(cursor.get("unseen", [])),
        videos=Memory(cursor.get("videos")),
        threads={
            int(video): Thread(**{**stored, "comments": Memory(stored["comments"])})
            for video, stored in cursor.get("threads", {}).items()
        },
        branches=[Branch(*each) for each in cursor.get("branches", [])],
    )


def save(state: TikTokState) -> dict[str, Any]:
    """Write a state as JSON values."""
    return {
        "read_at": state.read_at,
        "deep_at": state.deep_at,
        "slices": [list(asdict(each).values()) for each in state.slices],
        "unseen": list(state.unseen),
        "videos": state.videos.as_json(),
        "threads": {str(video): _thread(each) for video, each in state.threads.items()},
        "branches": [list(asdict(each).values()) for each in state.branches],
    }


def _thread(thread: Thread) -> dict[str, Any]:
    return {
        "count": thread.count,
        "read_at": thread.read_at,
        "is_certain": thread.is_certain,
        "unseen": thread.unseen,
        "comments": thread.comments.as_json(),
    }
