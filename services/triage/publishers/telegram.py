"""Answering comments in the discussion groups of Telegram's channels, by our bot."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final

from services.triage.domain.answering import (
    Address,
    Capabilities,
    Failure,
    Page,
    Published,
    Standing,
    Target,
    TargetState,
)
from services.triage.publishers.base import PublishError
from shared.networks.access import Access
from shared.networks.failures import ErrorKind, NetworkError
from shared.networks.telegram import Bot, answer
from shared.networks.telegram.client import UNREACHED
from shared.networks.telegram.history import OpenHistory
from shared.networks.telegram.names import (
    Target as Spot,
)
from shared.networks.telegram.names import (
    channel_number,
    key_of,
    link_of,
    target_of,
)
from shared.networks.telegram.session import SESSION, session_of
from shared.networks.telegram.telethon_history import open_telethon

_MEANING: Final[Mapping[ErrorKind, Failure]] = {
    ErrorKind.RETRY: Failure.RETRY,
    ErrorKind.WAIT: Failure.WAIT,
    ErrorKind.REAUTH: Failure.REAUTH,
    ErrorKind.SKIP_ITEM: Failure.GONE,
    ErrorKind.DISABLE: Failure.HUMAN,
    ErrorKind.HUMAN: Failure.HUMAN,
    ErrorKind.BUG: Failure.BUG,
}


class TelegramPublisher:
    """Answers as a bot. With the session of an account it sees what it answers.

    Telegram knows no keys for a bot: an answer whose response was lost is never sent
    again by itself. Without a session nobody can look for it but a person.
    """

    network = "telegram"

    def __init__(self, access: Access, opening: OpenHistory = open_telethon) -> None:
        self._access = access
        self._opening = opening

    @property
    def capabilities(self) -> Capabilities:
        """Tell what the tokens there are allow."""
        return Capabilities(
            remembers=None,
            finds=self._access.token(SESSION) is not None,
            answers=self._access.token("bot") is not None,
        )

    def serves(self, address: Address) -> bool:
        """Tell whether the post is a comment in a group: others have no place."""
        return _spot_of(address) is not None

    async def look(self, target: Target) -> TargetState:
        """Read the comment and our answers to it; without a session, the group alone.

        Telegram itself refuses an answer to a comment that is gone.
        """
        spot = self._spot(target)
        try:
            if not self.capabilities.finds:
                await self._bot(target.page).call("getChat", chat_id=spot.chat)
                return TargetState()
            async with session_of(self._access, self._opening) as session:
                stands = await answer.look(session, spot)
        except NetworkError as error:
            raise self._failed(error) from error
        if not stands.exists:
            return TargetState(standing=Standing.DELETED)
        answers = tuple(map(_published, stands.answers))
        return TargetState(edited_at=stands.edited_at, answers=answers)

    async def send(self, text: str, target: Target, key: str) -> Published:  # noqa: ARG002 -- Telegram knows no keys
        """Answer the comment; LOST whenever the answer may stand all the same."""
        spot = self._spot(target)
        try:
            chat, number = await answer.send(self._bot(target.page), spot, text)
        except NetworkError as error:
            raise self._failed(error, is_sent=True) from error
        return _shown(chat, number, text)

    async def find(
        self, target: Target, text: str, since: datetime
    ) -> Published | None:
        """Look for our answer among what was written after the comment."""
        spot = self._spot(target)
        if not self.capabilities.finds:
            reason = "A bot does not see what it has said: look in the group."
            raise PublishError(reason, Failure.HUMAN)
        try:
            async with session_of(self._access, self._opening) as session:
                found = await answer.find(session, spot, text, since=since)
        except NetworkError as error:
            raise self._failed(error) from error
        return None if found is None else _published(found)

    def _spot(self, target: Target) -> Spot:
        spot = _spot_of(target.address)
        if spot is None:
            reason = "This is no comment in a discussion group of Telegram."
            raise PublishError(reason, Failure.BUG)
        return spot

    def _bot(self, page: Page) -> Bot:
        """Speak with the page's own token, if it names one."""
        tokens = self._access.tokens
        own = tuple(each for each in tokens if each.id == page.credential)
        return Bot.of(replace(self._access, tokens=own) if own else self._access)

    def _failed(self, error: NetworkError, *, is_sent: bool = False) -> PublishError:
        failure = _MEANING[error.kind]
        if is_sent and failure is Failure.RETRY and error.code != UNREACHED:
            failure = Failure.LOST
        wait = error.retry_after if failure is Failure.WAIT else None
        until = None if wait is None else self._access.clock() + wait
        return PublishError(str(error), failure, until=until)


def _spot_of(address: Address) -> Spot | None:
    spot = target_of(address.url) if address.network == "telegram" else None
    return spot if spot is not None and isinstance(spot.chat, int) else None


def _published(one: answer.Answer) -> Published:
    return _shown(one.chat, one.id, one.text, one.given_at)


def _shown(chat: int, number: int, text: str, at: datetime | None = None) -> Published:
    handle = f"c/{channel_number(chat)}"
    return Published(
        link=link_of(handle, number) or "",
        native_id=key_of(handle, number),
        text=text,
        published_at=at,
        raw={"chat_id": chat, "message_id": number},
    )
