"""A channel and its discussion group by MTProto: past, changes, deletions, views."""

from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from datetime import datetime, timedelta
from typing import Any, Final

from services.ingest.sources.base import Cursor, ErrorKind, Fetched, SourceError
from services.ingest.sources.connector import Access
from services.ingest.sources.remarks import Remark, put_off
from services.ingest.sources.telegram.gathering import Gathering
from shared.networks.telegram.history import (
    Difference,
    HistoryChat,
    HistoryMessage,
    OpenHistory,
    Peer,
)
from shared.networks.telegram.session import PAGE, Session, session_of

_FIRST_POSTS: Final = 200
"""Posts read when a channel is new; the option `first_posts` overrides."""
_CALLS: Final = 12
"""Calls of one poll, a second each: a poll has to end within half a minute."""
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
        poll: _Poll | None = None
        waits: timedelta | None = None
        try:
            async with session_of(self._access, self._opening) as session:
                state = deepcopy(dict(cursor))
                poll = _Poll(session, gathering, state, self._access.options)
                await poll.run(self._handle)
        except SourceError as error:
            # What was read before a flood wait is kept, or it would come no further.
            if poll is None or error.kind is not ErrorKind.WAIT or not poll.calls:
                raise
            waits = error.retry_after
            poll.told.append(put_off(error))
        return Fetched(
            posts=tuple(gathering.posts()),
            cursor={**poll.state, "roots": gathering.roots_kept()},
            refused=tuple(gathering.refused),
            poll_after=waits,
            notes=tuple(poll.told),
            more=poll.more and waits is None,
            unknown=dict(gathering.unknown) or None,
        )


class _Poll:
    """One poll; `state` becomes the cursor, `calls` counts those that went well.

    The state moves on only after what it passes was taken.
    """

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
        self.told: list[Remark] = []
        self.more = False
        self.calls = 0

    async def run(self, handle: str) -> None:
        if "channel" not in self.state:
            await self._begin(handle)
        else:
            await self._go_on("channel")
            if "group" in self.state:
                await self._go_on_in_group()
        await self._read_past()

    async def _begin(self, handle: str) -> None:
        """Find the chats; changes count from before the past is read."""
        chat = await self._session.chat(handle)
        group = None if chat.linked is None else await self._group(chat.linked)
        self.calls += 1
        self.state["channel"] = _kept(chat)
        if group is not None:
            self.state["group"] = _kept(group)
        self._read_later("channel", down_to=0, left=self._first)

    def _read_later(self, which: str, *, down_to: int, left: int) -> None:
        """Note a part of a chat's past that has to be read."""
        past = {"chat": which, "below": 0, "down_to": down_to, "left": left}
        self.state["past"] = [*self.state.get("past", ()), past]

    async def _read_past(self) -> None:
        """Read some of what was noted: histories first, then threads."""
        while self.calls < _CALLS and (self.state.get("past") or self._threads):
            if self.state.get("past"):
                rest = await self._read_history(self.state["past"][0])
                self.state["past"][:1] = rest
            else:
                self._threads[:1] = await self._read_thread(*self._threads[0])
            self.calls += 1
        self.more = self.more or bool(self.state.get("past") or self._threads)

    @property
    def _threads(self) -> list[list[int]]:
        """Posts whose comments have to be read, and below which one."""
        threads: list[list[int]] = self.state.setdefault("threads", [])
        return threads

    async def _read_history(self, past: dict[str, Any]) -> list[dict[str, Any]]:
        """Read a page of a chat's past; return what is left of it."""
        which: str = past["chat"]
        if which not in self.state:
            return []
        messages = await self._session.messages(
            _peer(self.state[which]), above=past["down_to"], below=past["below"]
        )
        if which == "group":
            await self._find_roots(messages)
        self._take(which, messages, seen=True)
        if which == "channel":
            self._threads.extend([each.id, 0] for each in messages if each.replies)
        left = past["left"] - len(messages)
        if not messages or left <= 0:
            return []
        return [{**past, "below": min(each.id for each in messages), "left": left}]

    async def _read_thread(self, post: int, below: int) -> list[list[int]]:
        """Read a page of the comments under a post; return what is left of them."""
        channel = _peer(self.state["channel"])
        try:
            replies = await self._session.replies(channel, post, below=below)
        except SourceError as error:
            if error.kind is not ErrorKind.SKIP_ITEM:
                raise
            return []
        self._gathering.learn_thread(replies, post)
        self._take("group", replies, seen=True)
        if len(replies) < PAGE:
            return []
        return [[post, min(reply.id for reply in replies)]]

    async def _group(self, peer: Peer) -> HistoryChat | None:
        try:
            return await self._session.chat(f"c/{peer.number}", peer)
        except SourceError as error:
            if error.kind is not ErrorKind.DISABLE:
                raise
            self.told.append(Remark("telegram:group-not-followed"))
            return None

    async def _go_on(self, which: str) -> None:
        peer = _peer(self.state[which])
        while self.calls < _CALLS:
            step = await self._session.difference(peer, self.state[which]["pts"])
            await self._take_step(which, peer, step)
            self.state[which] = {**self.state[which], "pts": step.pts}
            self.calls += 1
            if step.is_final:
                return
        self.more = True

    async def _take_step(self, which: str, peer: Peer, step: Difference) -> None:
        if step.is_too_long:
            above = max(0, self.state[which].get("last", 0) - _OVERLAP)
            self._read_later(which, down_to=above, left=self._first)
            self.told.append(Remark("telegram:too-much", {"which": which}))
        if which == "group":
            await self._find_roots(step.messages)
        self._take(which, step.messages)
        for number in step.deleted:
            self._gathering.bury(peer.number, number, in_group=which == "group")

    async def _go_on_in_group(self) -> None:
        try:
            await self._go_on("group")
        except SourceError as error:
            if error.kind is not ErrorKind.DISABLE:
                raise
            del self.state["group"]
            self.told.append(Remark("telegram:group-closed"))

    async def _find_roots(self, messages: Iterable[HistoryMessage]) -> None:
        """Ask for the copies of posts whose threads we see for the first time."""
        missing = self._gathering.unknown_threads(messages)[:100]
        if missing:
            peer = _peer(self.state["group"])
            self._gathering.learn_roots(await self._session.numbered(peer, missing))

    def _take(
        self, which: str, messages: Sequence[HistoryMessage], *, seen: bool = False
    ) -> None:
        self._gathering.take(messages, in_group=which == "group", seen=seen)
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
