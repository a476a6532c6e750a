"""The three steps of an answer in a discussion group: look, send, find.

Our bot sends. The Bot API shows a bot neither the message it answers nor what it said
itself, so looking and finding take the session of an account that may read the group.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from shared.networks.failures import ErrorKind, NetworkError
from shared.networks.telegram.client import Bot
from shared.networks.telegram.errors import ChatMigrated
from shared.networks.telegram.history import HistoryMessage, Peer
from shared.networks.telegram.names import Target, channel_number
from shared.networks.telegram.session import PAGE, Session

MOST_PAGES: Final = 10
"""Pages of a group that are read before we say that we can not tell."""

_CLOCKS: Final = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Answer:
    """A message of our page under the target."""

    chat: int
    id: int
    text: str
    given_at: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """How the target stands, and our answers to it, oldest first."""

    exists: bool
    edited_at: datetime | None = None
    answers: tuple[Answer, ...] = ()


async def send(bot: Bot, target: Target, text: str) -> tuple[int, int]:
    """Answer a message and return the chat and number of what was published.

    Nothing is published when the message is gone. Raises `NetworkError`: with a
    `code` Telegram has refused or was not reached, without one nobody knows.
    """
    try:
        return await _sent(bot, target, text)
    except ChatMigrated as moved:
        return await _sent(bot, target._replace(chat=moved.chat_id), text)


async def _sent(bot: Bot, target: Target, text: str) -> tuple[int, int]:
    await bot.turn_to_send(int(target.chat))
    result = await bot.call(
        "sendMessage",
        chat_id=target.chat,
        text=text,
        reply_parameters={"message_id": target.message_id},
        link_preview_options={"is_disabled": True},
    )
    number = result.get("message_id") if isinstance(result, dict) else None
    if not isinstance(number, int):
        raise NetworkError("Telegram did not say which message it has made")
    return int(target.chat), number


async def look(session: Session, target: Target) -> Standing:
    """Read the target and what our page answered it; raises `NetworkError`."""
    peer = await _group(session, target)
    found = await session.numbered(peer, [target.message_id])
    if not found:
        return Standing(exists=False)
    answers = [each async for each in _answers(session, peer, target)]
    return Standing(True, found[0].edited_at, tuple(reversed(answers)))


async def find(
    session: Session, target: Target, text: str, *, since: datetime
) -> Answer | None:
    """Look for our page's answer with this text, given after a moment.

    None only when all after the target was read and it is not there; otherwise raises
    `NetworkError`. Spaces do not count, and clocks may differ by two minutes.
    """
    peer = await _group(session, target)
    async for answer in _answers(session, peer, target):
        is_later = answer.given_at >= since - _CLOCKS
        if is_later and answer.text.split() == text.split():
            return answer
    return None


async def _group(session: Session, target: Target) -> Peer:
    number = channel_number(int(target.chat))
    return (await session.chat(f"c/{number}")).peer


async def _answers(
    session: Session, peer: Peer, target: Target
) -> AsyncIterator[Answer]:
    async for message in _after(session, peer, target.message_id):
        if message.by_page and message.answers == target.message_id:
            chat = int(target.chat)
            yield Answer(chat, message.id, message.text, message.written_at)


async def _after(
    session: Session, peer: Peer, number: int
) -> AsyncIterator[HistoryMessage]:
    """Give all messages after one, newest first."""
    below = 0
    for _ in range(MOST_PAGES):
        page = await session.messages(peer, above=number, below=below)
        for message in page:
            yield message
        if len(page) < PAGE:
            return
        below = min(message.id for message in page)
    raise NetworkError(
        f"more than {MOST_PAGES * PAGE} messages were written since", ErrorKind.HUMAN
    )
