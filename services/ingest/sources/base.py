"""What every source of posts is for the one who polls it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol, TypeAlias

from services.ingest.domain.posts import IncomingPost

# Opaque to all but the source that made it; stored as JSON after the posts are.
Cursor: TypeAlias = Mapping[str, str]


class ErrorKind(StrEnum):
    """What the poller does about a failure."""

    RETRY = "retry"  # again later, further apart each time
    WAIT = "wait"  # not before `retry_after` has passed
    REAUTH = "reauth"  # the token is no longer good
    SKIP_ITEM = "skip_item"  # this post alone can not be had
    DISABLE = "disable"  # the source is gone: stop asking
    HUMAN = "human"  # a person must look at it
    BUG = "bug"  # our request is wrong: never again as it is


class SourceError(Exception):
    """A source could not be read; the message is for the operator."""

    def __init__(
        self,
        message: str,
        kind: ErrorKind = ErrorKind.RETRY,
        *,
        retry_after: timedelta | None = None,
    ) -> None:
        self.kind = kind
        self.retry_after = retry_after
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class FetchedPost:
    """A post of a source; `date_guessed` when its time is the time we saw it."""

    post: IncomingPost
    date_guessed: bool = False


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a poll brought: posts, and the cursor to save after they are stored."""

    posts: tuple[FetchedPost, ...]
    cursor: Cursor
    refused: tuple[str, ...] = ()
    poll_after: timedelta | None = None  # the source asks not to come sooner
    note: str | None = None  # what an operator may want to know, such as "cut off"


class Source(Protocol):
    """A page, channel or feed that is asked for posts again and again."""

    async def fetch(self, cursor: Cursor, *, now: datetime) -> Fetched:
        """Posts since the cursor, some of them again; raises `SourceError`."""
