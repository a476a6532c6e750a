"""What a source of Graph knows between polls; all of it is in the cursor."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from services.ingest.sources.forgetting import forget
from services.ingest.sources.memory import Memory
from services.ingest.sources.meta.names import Names


@dataclass(slots=True)
class Chain:
    """Pages of a lane that are read one after another, newest first.

    `until` is the time down to which they are read, `began` when the first was, `edge`
    the date of the last post that was shown, `empty` counts pages in a row without any;
    `deep` ones go on where all is known.
    """

    lane: str
    until: int
    began: int
    after: str = ""
    edge: int = 0
    empty: int = 0
    deep: bool = False


@dataclass(slots=True)
class Branch:
    """Comments that are being read, newest first: all if `whole`, else the new ones.

    `comment` names the comment whose replies they are, empty for all of a post.
    """

    post: int
    comment: str = ""
    after: str = ""
    whole: bool = True
    empty: int = 0


@dataclass(slots=True)
class Thread:
    """The comments under a post, and when they were read (Unix seconds).

    `lane` is where the post was seen first, `count` how many comments there were,
    `updated` when Meta said that something changed, `told_at` when the post's counters
    were last handed on, `unseen` what is remembered but was not met yet by the reading
    in progress.
    """

    lane: str = ""
    url: str | None = None
    count: int = 0
    updated: int = 0
    read_at: int = 0
    seen_at: int = 0
    told_at: int = 0
    unseen: list[int] = field(default_factory=list)
    names: Names = field(default_factory=Names)
    comments: Memory = field(default_factory=Memory)

    def clear(self) -> None:
        self.comments, self.names = Memory(), Names()


@dataclass(slots=True)
class GraphState:
    """Everything of one page or account; `high` is the newest post by lane.

    `heads` is when the news of a lane were read, `deeps` when all of it was, `refused`
    when Meta did not let us. `doubts` are things to be read again, by their names.
    `claimed` is until when a hashtag counts among those that may be asked for.
    `waited`: the news of this poll were left to the next one, for what was begun.
    """

    account: str = ""
    title: str = ""
    high: dict[str, int] = field(default_factory=dict)
    heads: dict[str, int] = field(default_factory=dict)
    deeps: dict[str, int] = field(default_factory=dict)
    refused: dict[str, int] = field(default_factory=dict)
    names: Names = field(default_factory=Names)
    posts: Memory = field(default_factory=Memory)
    threads: dict[int, Thread] = field(default_factory=dict)
    chains: list[Chain] = field(default_factory=list)
    branches: list[Branch] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    claimed: int = 0
    waited: bool = False

    @property
    def is_busy(self) -> bool:
        """Say whether something is left to read at once."""
        return bool(self.chains or self.branches or self.doubts)

    def thread(self, post: int) -> Thread:
        if post not in self.threads:
            self.threads[post] = Thread()
        return self.threads[post]

    def lane(self, post: int) -> str:
        """Say where a post was seen first; empty if on no lane."""
        thread = self.threads.get(post)
        return thread.lane if thread else ""

    def is_being_read(self, post: int) -> bool:
        return any(branch.post == post for branch in self.branches)

    def drop_branches(self, post: int) -> None:
        self.branches = [each for each in self.branches if each.post != post]

    def doubt(self, names: Iterable[str]) -> None:
        """Queue things to be read again, each once."""
        self.doubts = list(dict.fromkeys([*self.doubts, *names]))

    def forget(self, before: int) -> None:
        """Forget posts written and last met before a moment, and the spare ones."""
        reading = {branch.post for branch in self.branches}
        forget(self.posts, self.threads, before=before, met=self._met, reading=reading)
        self.names.keep({*self.posts, *self.threads, *reading})

    def _met(self, post: int) -> int:
        thread = self.threads.get(post)
        return thread.seen_at if thread else 0


def load(cursor: Mapping[str, Any]) -> GraphState:
    """Read a cursor; an empty one is the state of a place nobody has read."""
    return GraphState(
        account=cursor.get("account", ""),
        title=cursor.get("title", ""),
        high=dict(cursor.get("high", {})),
        heads=dict(cursor.get("heads", {})),
        deeps=dict(cursor.get("deeps", {})),
        refused=dict(cursor.get("refused", {})),
        names=Names.from_json(cursor.get("names")),
        posts=Memory(cursor.get("posts")),
        threads={
            int(post): _loaded(stored)
            for post, stored in cursor.get("threads", {}).items()
        },
        chains=[Chain(*each) for each in cursor.get("chains", [])],
        branches=[Branch(*each) for each in cursor.get("branches", [])],
        doubts=list(cursor.get("doubts", [])),
        claimed=cursor.get("claimed", 0),
        waited=cursor.get("waited", False),
    )


def save(state: GraphState) -> dict[str, Any]:
    """Write a state as JSON values."""
    return {
        "account": state.account,
        "title": state.title,
        "high": state.high,
        "heads": state.heads,
        "deeps": state.deeps,
        "refused": state.refused,
        "names": state.names.as_json(),
        "posts": state.posts.as_json(),
        "threads": {str(post): _saved(each) for post, each in state.threads.items()},
        "chains": [list(asdict(each).values()) for each in state.chains],
        "branches": [list(asdict(each).values()) for each in state.branches],
        "doubts": list(state.doubts),
        "claimed": state.claimed,
        "waited": state.waited,
    }


def _loaded(stored: Mapping[str, Any]) -> Thread:
    names, comments = Names.from_json(stored["names"]), Memory(stored["comments"])
    return Thread(**{**stored, "names": names, "comments": comments})


def _saved(thread: Thread) -> dict[str, Any]:
    told = {name: getattr(thread, name) for name in _PLAIN}
    return {
        **told,
        "names": thread.names.as_json(),
        "comments": thread.comments.as_json(),
    }


_PLAIN: Final = (
    "lane",
    "url",
    "count",
    "updated",
    "read_at",
    "seen_at",
    "told_at",
    "unseen",
)
