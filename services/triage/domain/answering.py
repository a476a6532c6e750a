"""The words of answering: page, target, what stands there, what may go wrong."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """An official page that may speak; `credential` names one, and is none.

    What it names is the label of a credential of the same region.
    """

    region_id: int
    network: str
    native_id: str
    name: str
    credential: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where a resident's post stands; `key` is `network:id` if known."""

    network: str
    kind: str
    url: str | None
    key: str | None = None
    parent_key: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """The post an answer goes under, and the page that gives it."""

    address: Address
    page: Page


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """An answer of our page as the public sees it.

    `raw` is what the network said of it, without anything of a person.
    """

    link: str
    native_id: str
    text: str
    published_at: datetime | None = None
    raw: Mapping[str, Any] = field(default_factory=dict)


class Standing(StrEnum):
    """Whether the post is still there."""

    THERE = "there"
    DELETED = "deleted"


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetState:
    """A target just before an answer; `answers` are those of our page, oldest first.

    `edited_at` is None when it was never edited or the network does not say.
    """

    standing: Standing = Standing.THERE
    edited_at: datetime | None = None
    takes_answers: bool = True
    answers: tuple[Published, ...] = ()


EVER: Final = timedelta.max
"""A network that never forgets an idempotency key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What a network can do for us.

    For `remembers` after the first call the same key is published once; None: the
    network knows no keys. `finds`: our own answers under a post can be read.
    """

    remembers: timedelta | None
    finds: bool
    answers: bool = True


class Failure(StrEnum):
    """What a failed call means; all but LOST promise that nothing became public."""

    RETRY = "retry"
    WAIT = "wait"
    REAUTH = "reauth"
    HUMAN = "human"
    GONE = "gone"
    BUG = "bug"
    LOST = "lost"


def is_same_text(one: str, other: str) -> bool:
    """Compare texts as a network may have changed them: in white space only."""
    return one.split() == other.split()
