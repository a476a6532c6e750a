"""A channel and its discussion group by MTProto: past, changes, deletions, views."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from services.ingest.sources.base import Cursor, ErrorKind, Fetched, SourceError
from services.ingest.sources.connector import Access
from services.ingest.sources.telegram.gathering import Gathering
from services.ingest.sources.telegram.history import (
    Difference,
    HistoryChat,
    HistoryMessage,
    OpenHistory,
    Peer,
)
from services.ingest.sources.telegram.session import Session, session_of

_FIRST_POSTS: Final = 200
"""Posts read when a channel is new; the option `first_posts` overrides."""
_REPLIES: Final = 200
_THREADS_AT_ONCE: Final = 10
_STEPS: Final = 5
_AFTER_A_GAP: Final = 500
_OVERLAP: Final = 20


class MtprotoSource:
    """One channel. Its cursor has where its changes and its group's were read to.

    First the newest posts are read and the comments under them, some threads a poll;
    after that only what changed.
    """

    def __init__(self, access: Access, handle: str, opening: OpenHistory) -> None:
        self._access = access
        self._handle = handle
        self._opening = opening

    async def fetch(self, cursor: Cursor, *, now: datetime) -> Fetched:
        """Posts, comments, edits and deletions; raises `SourceError`."""
        gathering = Gathering(self._handle, cursor.get("roots", {}), now=now)
        async with session_of(self._access, self._opening) as session:
            poll = _Poll(session, gathering, dict(cursor), self._access.options)
            await poll.run(self._handle)
        return Fetched(
            posts=tuple(gathering.posts()),
            cursor={**poll.state, "roots": gathering.roots_kept()},
            refused=tuple(gathering.refused),
            note="; ".join(poll.told) or None,
            more=poll.more,
        )


class _Poll:
    """One poll; `state` becomes the cursor."""

    def __init__(
        self,
        session: Session,
        gathering: Gathering,
        state: dict[str, Any],
        options: Mapping[str, Any],
    ) -> None:
        self._session = session
        self._gathering = gathering
        self._first = int(options.get("first_posts", _FIRST_POSTS))
        self.state = state
        self.told: list[str] = []
        self.more = False

    async def run(self, handle: str) -> None:
        if "channel" not in self.state:
            await self._begin(handle)
        else:
            await self._go_on("channel")
        await self._read_threads()
        if "group" in self.state:
            await self._go_on_in_group()

    async def _begin(self, handle: str) -> None:
        """Read the past; changes count from before that, so none is missed."""
        chat = await self._session.chat(handle)
        self.state["channel"] = _kept(chat)
        if chat.linked is not None:
            group = await self._group(chat.linked)
            if group is not None:
                self.state["group"] = _kept(group)
        posts = await self._session.messages(chat.peer, limit=self._first)
        self._take("channel", posts)
        self.state["threads"] = [post.id for post in posts if post.replies]

    async def _group(self, peer: Peer) -> HistoryChat | None:
        try:
            return await self._session.chat(f"c/{peer.number}", peer)
        except SourceError as error:
            if error.kind is not ErrorKind.DISABLE:
                raise
            self.told.append(
                "the discussion group is closed to this account: comments are read "
                "once, not followed"
            )
            return None

    async def _read_threads(self) -> None:
        """Read the comments of some posts; the rest wait for the next poll."""
        waiting: list[int] = list(self.state.get("threads", ()))
        channel = _peer(self.state["channel"])
        for post in waiting[:_THREADS_AT_ONCE]:
            try:
                replies = await self._session.replies(channel, post, limit=_REPLIES)
            except SourceError as error:
                if error.kind is not ErrorKind.SKIP_ITEM:
                    raise
                continue
            self._gathering.learn_thread(replies, post)
            self._take("group", replies)
        self.state["threads"] = waiting[_THREADS_AT_ONCE:]
        self.more = self.more or bool(self.state["threads"])

    async def _go_on(self, which: str) -> None:
        peer = _peer(self.state[which])
        for _ in range(_STEPS):
            step = await self._session.difference(peer, self.state[which]["pts"])
            self.state[which] = {**self.state[which], "pts": step.pts}
            await self._take_step(which, peer, step)
            if step.is_final:
                return
        self.more = True

    async def _take_step(self, which: str, peer: Peer, step: Difference) -> None:
        messages: Sequence[HistoryMessage] = step.messages
        if step.is_too_long:
            above = max(0, self.state[which].get("last", 0) - _OVERLAP)
            messages = await self._session.messages(
                peer, above=above, limit=_AFTER_A_GAP
            )
            self.told.append(
                f"too much had changed in the {which}: its history was read again, "
                "deletions meanwhile are not known"
            )
        if which == "group":
            await self._find_roots(messages)
        self._take(which, messages)
        for number in step.deleted:
            self._gathering.bury(peer.number, number, in_group=which == "group")

    async def _go_on_in_group(self) -> None:
        try:
            await self._go_on("group")
        except SourceError as error:
            if error.kind is not ErrorKind.DISABLE:
                raise
            del self.state["group"]
            self.told.append("the discussion group is closed to this account now")

    async def _find_roots(self, messages: Iterable[HistoryMessage]) -> None:
        """Ask for the copies of posts whose threads we see for the first time."""
        missing = self._gathering.unknown_threads(messages)[:100]
        if missing:
            peer = _peer(self.state["group"])
            self._gathering.learn_roots(await self._session.numbered(peer, missing))

    def _take(self, which: str, messages: Sequence[HistoryMessage]) -> None:
        self._gathering.take(messages, in_group=which == "group")
        if which in self.state:
            last = max((message.id for message in messages), default=0)
            before = self.state[which].get("last", 0)
            self.state[which] = {**self.state[which], "last": max(last, before)}


def _kept(chat: HistoryChat) -> dict[str, int]:
    return {
        "number": chat.peer.number,
        "hash": chat.peer.access_hash,
        "pts": chat.pts,
    }


def _peer(kept: Mapping[str, int]) -> Peer:
    return Peer(kept["number"], kept["hash"])
