"""The port to Telegram as a person's account sees it (MTProto): past, edits, deletes.

MTProto can not be faked on the wire at a sane cost, so this is where it is cut:
`telethon_history` keeps it with the real network, the tests with a fake that raises
Telethon's real errors. An implementation lets the library's errors through; `classed`
(errors of MTProto) says what they mean.
"""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, TypeAlias

from shared.networks.access import Access, Token


@dataclass(frozen=True, slots=True)
class Peer:
    """A channel or supergroup: its number, and the hash this account knows it by."""

    number: int
    access_hash: int


@dataclass(frozen=True, slots=True)
class HistoryChat:
    """What the network says of a channel or group.

    `linked` is its discussion group (of a group: its channel). `pts` numbers its
    changes: a later `difference` brings what came after.
    """

    peer: Peer
    username: str | None
    title: str
    pts: int
    members: int | None = None
    linked: Peer | None = None
    can_view_stats: bool = False


@dataclass(frozen=True, slots=True)
class HistoryMessage:
    """A message; service messages are left out.

    `thread` is the group's copy of the post it stands under, `answers` the message it
    answers; `copy_of` the channel's number and post that it is such a copy of.
    `edited_at` is None for invisible
    edits. `by_page`: the channel, the group or our own account wrote it. `unknown`
    names a shape the implementation could not read. `raw` is what the network sent, its
    author too: whoever keeps it takes that out first.
    """

    id: int
    chat: int
    written_at: datetime
    text: str
    edited_at: datetime | None = None
    album: int | None = None
    thread: int | None = None
    answers: int | None = None
    copy_of: tuple[int, int] | None = None
    by_page: bool = False
    views: int | None = None
    forwards: int | None = None
    replies: int | None = None
    reactions: int | None = None
    unknown: str | None = None
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Difference:
    """Changes of a chat since a `pts`; edits are among `messages`.

    `is_too_long`: too much happened, read the history again. `is_final`: no more.
    """

    pts: int
    messages: tuple[HistoryMessage, ...] = ()
    deleted: tuple[int, ...] = ()
    is_too_long: bool = False
    is_final: bool = True


class TelegramHistory(Protocol):
    """A person's account, connected; raises the library's own errors."""

    async def chat(self, handle: str, known: Peer | None = None) -> HistoryChat:
        """Look a chat up, by its peer if we know it: names are looked up rarely."""
        ...

    def iter_messages(
        self, peer: Peer, *, above: int = 0, below: int = 0, limit: int
    ) -> AsyncIterator[HistoryMessage]:
        """Messages between two numbers (0: no bound), newest first."""
        ...

    async def get_messages(
        self, peer: Peer, numbers: list[int]
    ) -> tuple[HistoryMessage, ...]:
        """Those of these messages that there are."""
        ...

    def get_replies(
        self, peer: Peer, post: int, *, below: int = 0, limit: int
    ) -> AsyncIterator[HistoryMessage]:
        """Comments under a channel's post, newest first; all have a `thread`."""
        ...

    async def difference(self, peer: Peer, pts: int) -> Difference:
        """What happened in a chat since a `pts`."""
        ...

    async def stats(self, peer: Peer) -> Mapping[str, int]:
        """Current figures of a channel, by the names of our figures."""
        ...

    async def send(
        self, peer: Peer, text: str, *, reply_to: int, random_id: int
    ) -> int:
        """Answer a message; the same `random_id` never sends twice."""
        ...


OpenHistory: TypeAlias = Callable[
    [Access, Token], AbstractAsyncContextManager[TelegramHistory]
]
"""Connects with a session, and disconnects at the end."""
