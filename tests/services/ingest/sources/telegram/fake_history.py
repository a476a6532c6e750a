"""The port to MTProto kept by the stage, raising Telethon's own errors."""

from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import islice

from telethon import errors

from infra.sandbox.networks.telegram.shapes import (
    comment_id,
    copy_id,
    group_number,
    item_of,
)
from infra.sandbox.stage import Action, Happening, Item
from infra.sandbox.stage.model import AuthorKind
from infra.sandbox.world import Kind
from services.ingest.sources.connector import Access, Token
from shared.networks.telegram.history import (
    Difference,
    HistoryChat,
    HistoryMessage,
    Peer,
    TelegramHistory,
)
from tests.services.ingest.sources.telegram.sandbox import Telegram

_STEP = 100


@dataclass
class FakeHistory:
    """An account that reads a channel; `faults` are raised by the next calls.

    `faults` names a method and what it raises; "connect" is one, too. `too_long`
    makes the next difference say that it can not tell.
    """

    telegram: Telegram
    faults: list[tuple[str, Exception]] = field(default_factory=list)
    can_view_stats: bool = True
    is_group_open: bool = True
    too_long: bool = False
    sent: dict[int, int] = field(default_factory=dict)

    @asynccontextmanager
    async def open(self, _: Access, token: Token) -> AsyncIterator[TelegramHistory]:
        """Connect, which is where a dead session is refused."""
        self._count("connect")
        assert token.secrets["session"]
        yield self

    def _count(self, method: str) -> None:
        meter = self.telegram.context.meter
        if method != "connect" or self._due("connect"):
            meter.admit("session", self.telegram.now, limit=1)
        if self._due(method):
            raise self.faults.pop(0)[1]

    def _due(self, method: str) -> bool:
        return bool(self.faults) and self.faults[0][0] in {method, "*"}

    async def chat(self, handle: str, known: Peer | None = None) -> HistoryChat:
        self._count("chat")
        page = self.telegram.page
        pts = self.telegram.stage.last_seq
        if handle == f"c/{group_number(page)}":
            if not self.is_group_open:
                raise errors.ChannelPrivateError(request=None)
            group, channel = Peer(group_number(page), 12), Peer(page.number, 11)
            return HistoryChat(known or group, None, "чат", pts, linked=channel)
        if handle not in {page.screen_name, f"c/{page.number}"}:
            raise errors.UsernameNotOccupiedError(request=None)
        return HistoryChat(
            Peer(page.number, 11),
            page.screen_name,
            page.name,
            pts,
            members=page.members,
            linked=Peer(group_number(page), 12),
            can_view_stats=self.can_view_stats,
        )

    async def iter_messages(
        self, peer: Peer, *, above: int = 0, below: int = 0, limit: int
    ) -> AsyncIterator[HistoryMessage]:
        self._count("iter_messages")
        standing = (
            message
            for message in self._newest_first(peer)
            if message.id > above and (not below or message.id < below)
        )
        for message in islice(standing, limit):
            yield message

    async def get_messages(
        self, peer: Peer, numbers: list[int]
    ) -> tuple[HistoryMessage, ...]:
        self._count("get_messages")
        return tuple(each for each in self._newest_first(peer) if each.id in numbers)

    async def get_replies(
        self, peer: Peer, post: int, *, below: int = 0, limit: int
    ) -> AsyncIterator[HistoryMessage]:
        self._count("get_replies")
        assert peer.number == self.telegram.page.number
        found = self.telegram.stage.find(self.telegram.code, post)
        if found is None or found.is_deleted:
            raise errors.MsgIdInvalidError(request=None)
        comments = self.telegram.stage.comments(self.telegram.code, post)
        standing = (
            self._comment(item) for item in reversed(comments) if not item.is_deleted
        )
        shown = (each for each in standing if not below or each.id < below)
        for message in islice(shown, limit):
            yield message

    async def difference(self, peer: Peer, pts: int) -> Difference:
        self._count("difference")
        stage = self.telegram.stage
        is_group = peer.number == group_number(self.telegram.page)
        if is_group and not self.is_group_open:
            raise errors.ChannelPrivateError(request=None)
        if self.too_long:
            self.too_long = False
            return Difference(stage.last_seq, is_too_long=True)
        lines = stage.happenings(after=pts)[:_STEP]
        messages = [each for line in lines for each in self._changed(peer, line)]
        deleted = [number for line in lines for number in self._deleted(peer, line)]
        reached = lines[-1].seq if lines else pts
        return Difference(
            reached,
            tuple(messages),
            tuple(deleted),
            is_final=reached >= stage.last_seq,
        )

    async def stats(self, peer: Peer) -> Mapping[str, int]:
        self._count("stats")
        assert peer.number == self.telegram.page.number
        return {"followers": 1, "views_per_post": 1480, "shares_per_post": 6}

    async def send(
        self, peer: Peer, text: str, *, reply_to: int, random_id: int
    ) -> int:
        self._count("send")
        assert peer.number == group_number(self.telegram.page)
        if random_id not in self.sent:
            above = self.telegram.stage.item(self.telegram.code, item_of(reply_to))
            made = self.telegram.stage.publish(
                self.telegram.code, text, at=self.telegram.now, parent=above.id
            )
            self.sent[random_id] = comment_id(made.id)
        return self.sent[random_id]

    # How items of the stage are shown

    def _newest_first(self, peer: Peer) -> Iterator[HistoryMessage]:
        for item in reversed(self.telegram.stage.items(self.telegram.code)):
            if not item.is_deleted:
                yield from self._shown(peer, item)

    def _shown(self, peer: Peer, item: Item) -> Iterator[HistoryMessage]:
        if peer.number == self.telegram.page.number:
            if item.kind is Kind.POST:
                yield self._post(item)
        elif item.kind is Kind.POST:
            yield self._copy(item)
        else:
            yield self._comment(item)

    def _changed(self, peer: Peer, line: Happening) -> Iterator[HistoryMessage]:
        shown = {Action.PUBLISH, Action.EDIT, Action.RESTORE}
        if line.item is not None and line.action in shown:
            yield from self._shown(peer, line.item)

    def _deleted(self, peer: Peer, line: Happening) -> Iterator[int]:
        if line.item is not None and line.action is Action.DELETE:
            yield from (each.id for each in self._shown(peer, line.item))

    def _post(self, item: Item) -> HistoryMessage:
        page = self.telegram.page
        comments = self.telegram.stage.comments(item.page, item.id)
        return HistoryMessage(
            id=item.id,
            chat=page.number,
            written_at=item.created_at,
            text=item.text,
            edited_at=item.edited_at,
            album=item.extra.get("album"),
            by_page=True,
            views=item.counters.views,
            forwards=item.counters.reposts,
            replies=len(comments),
            unknown="media: hologram" if "service" in item.extra else None,
            raw={"id": item.id},
        )

    def _copy(self, item: Item) -> HistoryMessage:
        page = self.telegram.page
        return HistoryMessage(
            id=copy_id(item.id),
            chat=group_number(page),
            written_at=item.created_at,
            text=item.text,
            copy_of=(page.number, item.id),
            by_page=True,
        )

    def _comment(self, item: Item) -> HistoryMessage:
        return HistoryMessage(
            id=comment_id(item.id),
            chat=group_number(self.telegram.page),
            written_at=item.created_at,
            text=item.text,
            edited_at=item.edited_at,
            album=item.extra.get("album"),
            thread=copy_id(item.root or 0),
            answers=self._answered(item),
            by_page=item.writer.kind is AuthorKind.GROUP,
            raw={"id": comment_id(item.id)},
        )

    def _answered(self, item: Item) -> int:
        above = item.parent or 0
        return copy_id(above) if above == item.root else comment_id(above)
