"""What stands on a stage: pages, their items, and what happened to them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from infra.sandbox.world import Kind


class Action(StrEnum):
    """What can happen on a page."""

    PUBLISH = "publish"
    EDIT = "edit"
    DELETE = "delete"
    RESTORE = "restore"
    PIN = "pin"
    BAN_PAGE = "ban-page"
    CLOSE_COMMENTS = "close-comments"


class AuthorKind(StrEnum):
    USER = "user"
    GROUP = "group"


@dataclass(frozen=True, slots=True)
class Writer:
    """Who wrote an item; `id` is made up and positive, also for a group."""

    kind: AuthorKind
    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Counters:
    """Figures beside an item; None where the network does not tell."""

    likes: int | None = 0
    reposts: int | None = 0
    comments: int | None = 0
    views: int | None = None


@dataclass(frozen=True, slots=True)
class Version:
    """A text and the moment it appeared."""

    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class StagePage:
    """A page or channel; `code` is ours, `number` and `screen_name` are native.

    `number` is positive; a fake puts the sign or prefix of its network before it.
    """

    code: str
    number: int
    screen_name: str
    name: str
    official: bool
    municipality: str | None
    members: int = 0
    pinned: int | None = None
    is_banned: bool = False


@dataclass(frozen=True, slots=True)
class Item:
    """One state of a post or a comment; `id` counts up within its page.

    `parent` is what was answered, `root` the post it all stands under; both None for
    a post. `versions` begins with the first text; `extra` holds what only one network
    knows (attachments, a repost) and comes from whoever published.
    """

    page: str
    id: int
    kind: Kind
    writer: Writer
    created_at: datetime
    versions: tuple[Version, ...]
    parent: int | None = None
    root: int | None = None
    deleted_at: datetime | None = None
    counters: Counters = Counters()
    comments_closed: bool = False
    extra: Mapping[str, Any] = field(default_factory=dict)

    @property
    def text(self) -> str:
        return self.versions[-1].text

    @property
    def edited_at(self) -> datetime | None:
        """When the text last changed; None if it never did."""
        return self.versions[-1].at if len(self.versions) > 1 else None

    @property
    def is_deleted(self) -> bool:
        return self.deleted_at is not None


@dataclass(frozen=True, slots=True)
class Happening:
    """A line of the log; `item` is the item as it stood right after.

    `seq` counts from 1 without gaps; `item` is None where only the page was touched.
    """

    seq: int
    at: datetime
    action: Action
    page: str
    item: Item | None = None
