"""What every source of posts is for the one who polls it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol, TypeAlias

from services.ingest.domain.posts import IncomingPost
from shared.networks.failures import ErrorKind, NetworkError

__all__ = [
    "Cursor",
    "ErrorKind",
    "Evidence",
    "Fetched",
    "FetchedPost",
    "Source",
    "SourceError",
]

# Opaque to all but the source that made it; stored as JSON after the posts are.
Cursor: TypeAlias = Mapping[str, Any]


SourceError: TypeAlias = NetworkError
"""A source could not be read; the message is for the operator."""


class Evidence(StrEnum):
    """How we know that a post is gone; absence alone proves little."""

    EVENT = "event"  # the network told so
    FLAG = "flag"  # the post is shown as deleted
    ABSENT = "absent"  # missing three times where it had to be


@dataclass(frozen=True, slots=True)
class FetchedPost:
    """A post of a source; `date_guessed` when its time is the time we saw it.

    `raw` is what the network sent, without anything about the author
    (`without_authors`); it is sealed before it is stored. `from_page` says that the
    watched page itself wrote it, so that it is no resident's complaint.
    """

    post: IncomingPost
    date_guessed: bool = False
    raw: Mapping[str, Any] | None = None
    evidence: Evidence | None = None
    from_page: bool = False


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a poll brought: posts, and the cursor to save after they are stored.

    `more` asks to be polled again at once: the rest did not fit into one poll.
    `unknown` counts shapes the parser did not know, by their name.
    """

    posts: tuple[FetchedPost, ...]
    cursor: Cursor
    refused: tuple[str, ...] = ()
    poll_after: timedelta | None = None  # the source asks not to come sooner
    note: str | None = None  # what an operator may want to know, such as "cut off"
    more: bool = False
    unknown: Mapping[str, int] | None = None


class Source(Protocol):
    """A page, channel or feed that is asked for posts again and again."""

    async def fetch(self, cursor: Cursor, *, now: datetime) -> Fetched:
        """Posts since the cursor, some of them again; raises `SourceError`."""
        ...
