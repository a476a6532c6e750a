"""What a network must offer to be watched: one `Connector` each, in `networks.py`."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final, Protocol

from services.ingest.domain.posts import Network
from services.ingest.sources.base import Fetched, Source
from services.ingest.sources.remarks import Remark
from shared.clock import Clock
from shared.networks.access import Access, Token

__all__ = [
    "Access",
    "Checked",
    "Clock",
    "Connector",
    "Delivery",
    "Figure",
    "Hook",
    "Lines",
    "Place",
    "Precision",
    "Reception",
    "Remark",
    "Token",
    "without_authors",
]


@dataclass(frozen=True, slots=True)
class Place:
    """What a link leads to: something of a network that can be watched.

    `kind` is the connector's own word, such as `wall` or `channel`. `native` names
    the place to the network's API; `url` is its one canonical address.
    """

    network: Network
    kind: str
    native: str
    url: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Checked:
    """What a test of a place found: shown to the operator, stored nowhere else."""

    title: str
    native: str
    followers: int | None = None
    can: tuple[str, ...] = ()  # "read", "comments", "answer", "statistics"
    warnings: tuple[Remark, ...] = ()


class Precision(StrEnum):
    """Whether a network gave the figure or a rounded label of it."""

    EXACT = "exact"
    ROUNDED = "rounded"


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of an official page. Absent is not nought: it has no `Figure`."""

    name: str
    value: int
    as_of: datetime
    method: str  # the call it came from
    precision: Precision = Precision.EXACT


class Connector(Protocol):
    """A network that can be watched; it keeps nothing between calls.

    There is one for each network. `token_kinds` are all kinds of credentials it or
    its hook can use, such as `service` or `callback`; no others can be added.
    """

    network: Network
    token_kinds: tuple[str, ...]  # empty: needs none
    off_by_default: bool  # the operator must accept a notice first

    def recognise(self, link: str) -> Place | None:
        """Say what a link leads to; None when it is none of this network's."""
        ...

    def open(self, place: Place, access: Access) -> Source:
        """Make the source that polls a place."""
        ...

    async def check(self, place: Place, access: Access) -> Checked:
        """Ask the network about a place once; raises `SourceError`."""
        ...

    async def figures(
        self, place: Place, access: Access, *, now: datetime
    ) -> tuple[Figure, ...]:
        """Figures of an official page as they stand; raises `SourceError`."""
        ...


@dataclass(frozen=True, slots=True)
class Delivery:
    """A call of a network that pushes, as it came: nothing is read before its check."""

    method: str
    headers: Mapping[str, str]  # names in lower case
    query: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Reception:
    """What to answer a pushing network, and what it brought.

    `event_id` is what makes two deliveries the same one. `again` asks for a poll:
    events were lost, or the object has to be read. The cursor of `fetched` is not
    kept. With `lines` the answer is a receipt of each line, and `body` is not used.
    `touched` names what the next poll must read again, in the source's own words: they
    go into the list `touched` of its cursor. `retry_after` is told to a network that is
    sent away for a while.
    """

    status: int
    body: str = ""
    content_type: str = "text/plain"
    fetched: Fetched | None = None
    event_id: str | None = None
    again: bool = False
    lines: "Lines | None" = None
    touched: tuple[str, ...] = ()
    retry_after: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Lines:
    """What became of the lines of a delivery before anything was stored."""

    duplicates: int = 0
    rejected: tuple[tuple[int, str], ...] = ()


class Hook(Protocol):
    """The receiving end of a network that pushes."""

    def receive(
        self,
        place: Place,
        delivery: Delivery,
        secrets: Mapping[str, str],
        now: datetime,
    ) -> Reception:
        """Check and read one delivery; never raises for what a stranger sends."""
        ...


# Names under which networks put authors; kept nowhere (product.md, Conduct 1).
_AUTHORS: Final = frozenset(
    {
        "author",
        "author_id",
        "author_name",
        "author_ref",
        "author_signature",
        "first_name",
        "from",
        "from_id",
        "last_name",
        "owner_ref",
        "profiles",
        "reply_to_user",
        "sender_chat",
        "signer_id",
        "user",
        "user_id",
        "username",
    }
)


# Whoever has one of these is a person, under whatever name a network sends their card.
_OF_A_CARD: Final = frozenset({"first_name", "last_name"})


def without_authors(raw: Mapping[str, Any], *more: str) -> dict[str, Any]:
    """Copy a payload without what tells who wrote it, nor anybody's card, at any depth.

    `more` names further fields of one network.
    """
    return _stripped_object(raw, _AUTHORS.union(more))


def _stripped_object(raw: Mapping[str, Any], dropped: frozenset[str]) -> dict[str, Any]:
    return {
        name: _stripped(value, dropped)
        for name, value in raw.items()
        if name not in dropped and not _is_card(value)
    }


def _stripped(value: object, dropped: frozenset[str]) -> Any:  # noqa: ANN401 -- JSON
    if isinstance(value, Mapping):
        return _stripped_object(value, dropped)
    if isinstance(value, list | tuple):
        return [_stripped(each, dropped) for each in value if not _is_card(each)]
    return value


def _is_card(value: object) -> bool:
    return isinstance(value, Mapping) and not _OF_A_CARD.isdisjoint(value)
