"""Posts and comments as Graph shows them, whichever network they are of."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from hashlib import blake2b
from typing import Any, Final, Protocol, TypeAlias

from services.ingest.domain.posts import Network, PostKind
from shared.networks.meta import Graph

Json: TypeAlias = Mapping[str, Any]
Unknown: TypeAlias = Counter[str]


@dataclass(frozen=True, slots=True)
class Item:
    """A post or comment, without who wrote it.

    `post` is the post it stands under (itself for a post), `parent` the comment it
    answers, empty where it answers the post. `date` and `updated` are Unix seconds, 0
    when Meta does not tell. `by_page` says that the watched page wrote it,
    `has_thread` that we may read the comments below. Of a comment, `replies` came with
    it, and `more_replies` asks for the others.
    """

    kind: PostKind
    id: str
    post: str
    date: int
    text: str
    raw: Json
    parent: str = ""
    updated: int = 0
    url: str | None = None
    metrics: Mapping[str, int] | None = None
    by_page: bool = False
    has_thread: bool = True
    replies: tuple["Item", ...] = ()
    more_replies: str | None = None

    @property
    def comments(self) -> int | None:
        """How many comments Meta counts under a post; None when it does not tell."""
        return (self.metrics or {}).get("comments")

    @property
    def digest(self) -> str:
        """Differs when the text does; Meta shows an edit in no other way."""
        return blake2b(self.text.encode("utf-8", "replace"), digest_size=4).hexdigest()


@dataclass(frozen=True, slots=True)
class Listing:
    """A page of posts or comments, newest first; `after` asks for the next one."""

    items: tuple[Item, ...]
    after: str | None = None


@dataclass(frozen=True, slots=True)
class Words:
    """How a network calls things: `post` is the first word of the keys of posts."""

    network: Network
    post: str

    def key(self, kind: PostKind, name: str) -> str:
        """Give the external id of a post or comment."""
        return f"{self.post if kind is PostKind.POST else 'comment'}:{name}"


HEAD_EVERY: Final = timedelta(seconds=20)


class Edges(Protocol):
    """Where a place's posts and comments are had; all of it raises `SourceError`.

    `lanes` are lists of posts; the first must be readable, the others may be refused.
    What `strange` lanes list stands elsewhere: it can not be read by its id, and that
    it is missing is all we can know. What is missing from `fleeting` ones is only old.
    `account` is the id of the page or account, `every` how often its news are read.
    """

    words: Words
    lanes: tuple[str, ...]
    strange: frozenset[str]
    fleeting: frozenset[str]
    every: timedelta

    @property
    def account(self) -> str: ...

    @property
    def graph(self) -> Graph: ...

    async def posts(self, lane: str, after: str | None, unknown: Unknown) -> Listing:
        """Read a page of a lane."""
        ...

    async def comments(
        self,
        above: str,
        after: str | None,
        post: str,
        url: str | None,
        unknown: Unknown,
    ) -> Listing:
        """Read a page of what stands under a post, or under a comment of it."""
        ...

    async def again(self, name: str, url: str | None, unknown: Unknown) -> Item | None:
        """Read one object again: `post`, or `post/comment`.

        `url` is the address of its post, where that is known. None for what is no
        post or comment after all.
        """
        ...


def listed(data: object, name: str) -> list[Any]:
    value = data.get(name) if isinstance(data, dict) else None
    return value if isinstance(value, list) else []


def object_in(data: object, name: str) -> Json:
    value = data.get(name) if isinstance(data, dict) else None
    return value if isinstance(value, dict) else {}


def text_in(data: object, name: str) -> str:
    value = data.get(name) if isinstance(data, dict) else None
    return value if isinstance(value, str) else ""


def number_in(data: object, name: str) -> int | None:
    """Read a number that is not negative; None where there is none."""
    value = data.get(name) if isinstance(data, dict) else None
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        return None
    return value
