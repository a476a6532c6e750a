"""The port kept by Telethon; imported only when a session is used."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, Final

from shared.networks.access import Access, Token
from shared.networks.failures import ErrorKind, NetworkError
from shared.networks.telegram.history import (
    Difference,
    HistoryChat,
    HistoryMessage,
    Peer,
    TelegramHistory,
)
from shared.networks.telegram.telethon_shapes import message_of

_STEP: Final = 100
_PATIENCE: Final = 10


@asynccontextmanager
async def open_telethon(access: Access, token: Token) -> AsyncIterator[TelegramHistory]:
    """Connect with a session; raises Telethon's errors, `NetworkError` without it."""
    client = _client(token.secrets)
    await client.connect()
    try:
        if not await client.is_user_authorized():
            raise NetworkError(
                "the session is signed out; sign in anew",
                ErrorKind.REAUTH,
                code="telegram:SignedOut",
            )
        yield TelethonHistory(client, ours=_bots(access))
    finally:
        await client.disconnect()


def _client(secrets: Mapping[str, str]) -> Any:  # noqa: ANN401 -- Telethon has no types
    """Make a client that never waits by itself: our scheduler has to see floods."""
    try:
        from telethon import TelegramClient  # noqa: PLC0415 -- optional dependency
        from telethon.sessions import StringSession  # noqa: PLC0415 -- the same
    except ImportError as error:
        raise NetworkError(
            "MTProto needs the package telethon: pip install 'otklik[mtproto]'",
            ErrorKind.HUMAN,
        ) from error
    try:
        session = StringSession(secrets["session"])
    except ValueError as error:
        raise NetworkError(
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


def _bots(access: Access) -> frozenset[int]:
    """Give the numbers of our own bots: what they say is said by the page."""
    values = [token.secrets["token"] for token in access.tokens if token.kind == "bot"]
    numbers = [value.partition(":")[0] for value in values]
    return frozenset(int(number) for number in numbers if number.isdecimal())


class TelethonHistory:
    """A connected account; `ours` are the numbers of our bots."""

    def __init__(
        self,
        client: Any,  # noqa: ANN401 -- Telethon has no types
        *,
        ours: frozenset[int] = frozenset(),
    ) -> None:
        self._client = client
        self._ours = ours

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
            return await self._among_own(int(handle[2:]))
        found = await self._client(ResolveUsernameRequest(handle))
        if not found.chats:
            raise NetworkError(f"{handle} is a person, no channel", ErrorKind.DISABLE)
        return _input(Peer(found.chats[0].id, found.chats[0].access_hash))

    async def _among_own(self, number: int) -> Any:  # noqa: ANN401 -- the same
        """Find a chat without a name among those the account is in."""
        from telethon.tl.types import PeerChannel  # noqa: PLC0415 -- optional

        # A string session remembers no chats: they are asked for, once a connection.
        await self._client.get_dialogs()
        try:
            return await self._client.get_input_entity(PeerChannel(number))
        except ValueError as error:
            raise NetworkError(
                f"the account is no member of c/{number}", ErrorKind.DISABLE
            ) from error

    async def iter_messages(
        self, peer: Peer, *, above: int = 0, below: int = 0, limit: int
    ) -> AsyncIterator[HistoryMessage]:
        """Read the history, newest first."""
        found = self._client.iter_messages(
            _input(peer), limit=limit, min_id=above, offset_id=below
        )
        async for message in found:
            read = message_of(message, ours=self._ours)
            if read is not None:
                yield read

    async def get_messages(
        self, peer: Peer, numbers: list[int]
    ) -> tuple[HistoryMessage, ...]:
        """Read single messages."""
        found = await self._client.get_messages(_input(peer), ids=numbers)
        messages = (message_of(each, ours=self._ours) for each in found)
        return tuple(message for message in messages if message is not None)

    async def get_replies(
        self, peer: Peer, post: int, *, below: int = 0, limit: int
    ) -> AsyncIterator[HistoryMessage]:
        """Read the comments of a post, newest first."""
        found = self._client.iter_messages(
            _input(peer), reply_to=post, limit=limit, offset_id=below
        )
        async for message in found:
            read = message_of(message, ours=self._ours)
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
        return difference_of(found, peer.number, pts, ours=self._ours)

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


def difference_of(
    found: Any,  # noqa: ANN401 -- the same
    chat: int,
    pts: int,
    *,
    ours: frozenset[int] = frozenset(),
) -> Difference:
    """Read what Telegram answers to a request for changes."""
    kind = type(found).__name__
    if kind == "ChannelDifferenceEmpty":
        return Difference(found.pts, is_final=True)
    if kind == "ChannelDifferenceTooLong":
        return Difference(int(found.dialog.pts or pts), is_too_long=True)
    updates = [each for each in found.other_updates if _is_of(each, chat)]
    edited = [each.message for each in updates if hasattr(each, "message")]
    changed = (*found.new_messages, *edited)
    read = (message_of(message, ours=ours) for message in changed)
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
