"""The port kept by Telethon; imported only when a session is used."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, Final

from services.ingest.sources.base import ErrorKind, SourceError
from services.ingest.sources.connector import Access, Token
from services.ingest.sources.telegram.history import (
    Difference,
    HistoryChat,
    HistoryMessage,
    Peer,
    TelegramHistory,
)
from services.ingest.sources.telegram.telethon_shapes import message_of

_STEP: Final = 100
_PATIENCE: Final = 10


@asynccontextmanager
async def open_telethon(_: Access, token: Token) -> AsyncIterator[TelegramHistory]:
    """Connect with a session; raises Telethon's errors, `SourceError` without it."""
    client = _client(token.secrets)
    await client.connect()
    try:
        if not await client.is_user_authorized():
            raise SourceError(
                "the session is signed out; sign in anew",
                ErrorKind.REAUTH,
                code="telegram:SignedOut",
            )
        yield TelethonHistory(client)
    finally:
        await client.disconnect()


def _client(secrets: Mapping[str, str]) -> Any:  # noqa: ANN401 -- Telethon has no types
    """Make a client that never waits by itself: our scheduler has to see floods."""
    try:
        from telethon import TelegramClient  # noqa: PLC0415 -- optional dependency
        from telethon.sessions import StringSession  # noqa: PLC0415 -- the same
    except ImportError as error:
        raise SourceError(
            "MTProto needs the package telethon: pip install 'otklik[mtproto]'",
            ErrorKind.HUMAN,
        ) from error
    try:
        session = StringSession(secrets["session"])
    except ValueError as error:
        raise SourceError(
            "the session can not be read; sign in anew", ErrorKind.REAUTH
        ) from error
    return TelegramClient(
        session,
        int(secrets["api_id"]),
        secrets["api_hash"],
        flood_sleep_threshold=0,
        receive_updates=False,
        request_retries=1,
        connection_retries=1,
        timeout=_PATIENCE,
        raise_last_call_error=True,
    )


class TelethonHistory:
    """A connected account."""

    def __init__(self, client: Any) -> None:  # noqa: ANN401 -- Telethon has no types
        self._client = client

    async def chat(self, handle: str, known: Peer | None = None) -> HistoryChat:
        """Ask for the full channel, by name only if its peer is not known."""
        from telethon.tl.functions.channels import (  # noqa: PLC0415 -- optional
            GetFullChannelRequest,
        )

        channel = _input(known) if known else await self._resolved(handle)
        found = await self._client(GetFullChannelRequest(channel))
        full = found.full_chat
        chats = {chat.id: chat for chat in found.chats}
        own, linked = chats[full.id], chats.get(full.linked_chat_id)
        return HistoryChat(
            peer=Peer(own.id, own.access_hash),
            username=own.username,
            title=own.title,
            pts=full.pts,
            members=full.participants_count,
            linked=None if linked is None else Peer(linked.id, linked.access_hash),
            can_view_stats=bool(full.can_view_stats),
        )

    async def _resolved(self, handle: str) -> Any:  # noqa: ANN401 -- the same
        from telethon.tl.functions.contacts import (  # noqa: PLC0415 -- optional
            ResolveUsernameRequest,
        )

        if handle.startswith("c/"):
            # A closed channel has no name: it is found among the account's own chats.
            return await self._client.get_input_entity(int(f"-100{handle[2:]}"))
        found = await self._client(ResolveUsernameRequest(handle))
        if not found.chats:
            raise SourceError(f"{handle} is a person, no channel", ErrorKind.DISABLE)
        return _input(Peer(found.chats[0].id, found.chats[0].access_hash))

    async def iter_messages(
        self, peer: Peer, *, above: int = 0, below: int = 0, limit: int
    ) -> AsyncIterator[HistoryMessage]:
        """Read the history, newest first."""
        found = self._client.iter_messages(
            _input(peer), limit=limit, min_id=above, offset_id=below
        )
        async for message in found:
            read = message_of(message)
            if read is not None:
                yield read

    async def get_messages(
        self, peer: Peer, numbers: list[int]
    ) -> tuple[HistoryMessage, ...]:
        """Read single messages."""
        found = await self._client.get_messages(_input(peer), ids=numbers)
        return tuple(read for read in map(message_of, found) if read is not None)

    async def get_replies(
        self, peer: Peer, post: int, *, below: int = 0, limit: int
    ) -> AsyncIterator[HistoryMessage]:
        """Read the comments of a post, newest first."""
        found = self._client.iter_messages(
            _input(peer), reply_to=post, limit=limit, offset_id=below
        )
        async for message in found:
            read = message_of(message)
            if read is not None:
                yield read

    async def difference(self, peer: Peer, pts: int) -> Difference:
        """Ask for one step of changes."""
        from telethon.tl.functions.updates import (  # noqa: PLC0415 -- optional
            GetChannelDifferenceRequest,
        )
        from telethon.tl.types import (  # noqa: PLC0415 -- the same
            ChannelMessagesFilterEmpty,
        )

        found = await self._client(
            GetChannelDifferenceRequest(
                _input(peer), ChannelMessagesFilterEmpty(), pts=pts, limit=_STEP
            )
        )
        return difference_of(found, peer.number, pts)

    async def stats(self, peer: Peer) -> Mapping[str, int]:
        """Ask for a channel's statistics, on whichever server keeps them."""
        found = await self._client.get_stats(_input(peer))
        names = ("followers", "views_per_post", "shares_per_post", "reactions_per_post")
        told = {name: getattr(found, name, None) for name in names}
        return {
            name: round(value.current)
            for name, value in told.items()
            if value is not None
        }

    async def send(
        self, peer: Peer, text: str, *, reply_to: int, random_id: int
    ) -> int:
        """Answer a message; Telegram drops a repeated `random_id`."""
        from telethon.tl.functions.messages import (  # noqa: PLC0415 -- optional
            SendMessageRequest,
        )
        from telethon.tl.types import InputReplyToMessage  # noqa: PLC0415 -- the same

        request = SendMessageRequest(
            _input(peer),
            text,
            reply_to=InputReplyToMessage(reply_to),
            random_id=random_id,
            no_webpage=True,
        )
        answer = await self._client(request)
        return next(
            int(update.id)
            for update in answer.updates
            if type(update).__name__ == "UpdateMessageID"
            and update.random_id == random_id
        )


def difference_of(found: Any, chat: int, pts: int) -> Difference:  # noqa: ANN401 -- the same
    """Read what Telegram answers to a request for changes."""
    kind = type(found).__name__
    if kind == "ChannelDifferenceEmpty":
        return Difference(found.pts, is_final=True)
    if kind == "ChannelDifferenceTooLong":
        return Difference(int(found.dialog.pts or pts), is_too_long=True)
    updates = [each for each in found.other_updates if _is_of(each, chat)]
    edited = [each.message for each in updates if hasattr(each, "message")]
    read = map(message_of, (*found.new_messages, *edited))
    deleted = [number for each in updates for number in getattr(each, "messages", ())]
    return Difference(
        pts=found.pts,
        messages=tuple(message for message in read if message is not None),
        deleted=tuple(deleted),
        is_final=bool(found.final),
    )


def _is_of(update: Any, chat: int) -> bool:  # noqa: ANN401 -- the same
    kind = type(update).__name__
    if kind == "UpdateDeleteChannelMessages":
        return bool(update.channel_id == chat)
    return kind == "UpdateEditChannelMessage"


def _input(peer: Peer) -> Any:  # noqa: ANN401 -- the same
    from telethon.tl.types import InputPeerChannel  # noqa: PLC0415 -- optional

    return InputPeerChannel(peer.number, peer.access_hash)
