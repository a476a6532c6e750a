"""What every source of posts is for the one who polls it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final, Protocol, TypeAlias

from services.ingest.domain.posts import IncomingPost, PostKind
from services.ingest.sources.remarks import Remark
from shared.networks.failures import (
    NO_PAGE,
    NO_TOKEN,
    PERSON,
    ErrorKind,
    NetworkError,
)

__all__ = [
    "NO_PAGE",
    "NO_TOKEN",
    "PERSON",
    "Cursor",
    "ErrorKind",
    "Evidence",
    "Fetched",
    "FetchedPost",
    "Source",
    "SourceError",
    "Window",
]

# Opaque to all but the source that made it; stored as JSON after the posts are.
Cursor: TypeAlias = Mapping[str, Any]
OF_PEOPLE: Final = "people"
"""Name in a cursor of what may name residents: it is kept sealed (decision 0018)."""


SourceError: TypeAlias = NetworkError
"""A source could not be read; the message is for the operator."""


class Evidence(StrEnum):
    """How we know that a post is gone; absence alone proves little."""

    EVENT = "event"  # the network told so
    FLAG = "flag"  # the post is shown as deleted
    ABSENT = "absent"  # missing where it had to be: the store counts how often


@dataclass(frozen=True, slots=True)
class FetchedPost:
    """A post of a source; `date_guessed` when its time is the time we saw it.

    `raw` is what the network sent, without anything about the author
    (`without_authors`); it is sealed before it is stored. With the evidence ABSENT
    the post is only counted as missing: the third time in a row deletes it.

    `seen` says that the network showed the post as it stands now; a post an event
    told of may be older than what is stored, and restores nothing that is deleted.
    `place` names the place a post belongs to where one source hears several; with
    `only_there` it is dropped where nobody watches that place.
    `from_page` says that the watched page itself wrote it: no resident's complaint.
    """

    post: IncomingPost
    date_guessed: bool = False
    raw: Mapping[str, Any] | None = None
    evidence: Evidence | None = None
    seen: bool = False
    place: str | None = None
    only_there: bool = False
    from_page: bool = False


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch that was read whole, so that what is not there is missing.

    Posts of a kind published in it, both ends included; of comments, those that
    answer one of `parents`.
    """

    kind: PostKind
    since: datetime
    until: datetime
    parents: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a poll brought: posts, and the cursor to save after they are stored.

    `more` asks to be polled again at once: the rest did not fit into one poll.
    With `again_after` what is left waits for turns of its token: it is asked for then.
    `unknown` counts shapes the parser did not know, by their name. `complete` are
    stretches in which every post is among `posts`: what is stored of them and missing
    in three polls is deleted. `skew` is how far the network's clock is ahead of ours,
    where headers do not tell. `native` is the place's own number, once it is known,
    where the link had only a name: hooks are told numbers. `code` is the network's own
    code for what the notes say, so that a page can explain it.
    """

    posts: tuple[FetchedPost, ...]
    cursor: Cursor
    refused: tuple[str, ...] = ()
    poll_after: timedelta | None = None  # the source asks not to come sooner
    notes: tuple[Remark, ...] = ()  # what an operator may want to know
    code: str | None = None
    more: bool = False
    again_after: timedelta | None = None
    unknown: Mapping[str, int] | None = None
    complete: tuple[Window, ...] = ()
    skew: timedelta | None = None
    native: str | None = None

    @property
    def note(self) -> str | None:
        """Say all notes in English."""
        return "; ".join(map(str, self.notes)) or None


class Source(Protocol):
    """A page, channel or feed that is asked for posts again and again."""

    async def fetch(self, cursor: Cursor, *, now: datetime) -> Fetched:
        """Posts since the cursor, some of them again; raises `SourceError`."""
        ...
