"""Answering comments in the discussion groups of Telegram's channels, by our bot."""

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
from services.triage.publishers.base import AccessOf, PublishError
from shared.networks.access import Access
from shared.networks.failures import NetworkError
from shared.networks.telegram import Bot, answer
from shared.networks.telegram.client import TOKEN_KIND, UNREACHED
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

NETWORK: Final = "telegram"


class TelegramPublisher:
    """Answers as the page's bot. A session of an account lets it see what it answers.

    Telegram knows no keys for a bot: an answer whose response was lost is never sent
    again by itself. Without a session nobody can look for it but a person.
    """

    network = NETWORK
    capabilities = Capabilities(remembers=None, finds=True)

    def __init__(
        self, access_of: AccessOf, opening: OpenHistory = open_telethon
    ) -> None:
        self._access_of = access_of
        self._opening = opening

    def serves(self, address: Address) -> bool:
        """Tell whether the post is a comment in a group: others have no place."""
        return _spot(address) is not None

    def is_at_home(self, address: Address, native_id: str) -> bool:  # noqa: ARG002 -- a bot is nowhere at home
        """Tell nothing: pages go by their bots, and a bot may be in any group."""
        return False

    async def look(self, target: Target) -> TargetState:
        """Read the comment and our answers to it; without a session, the group alone.

        Telegram itself refuses an answer to a comment that is gone.
        """
        spot, access = _spot_of(target), await self._access(target.page)
        try:
            if access.token(SESSION) is None:
                await Bot.of(access).call("getChat", chat_id=spot.chat)
                return TargetState()
            async with session_of(access, self._opening) as session:
                stands = await answer.look(session, spot)
        except NetworkError as error:
            raise _failed(error, access) from error
        if not stands.exists:
            return TargetState(standing=Standing.DELETED)
        answers = tuple(map(_published, stands.answers))
        return TargetState(edited_at=stands.edited_at, answers=answers)

    async def send(self, text: str, target: Target, key: str) -> Published:  # noqa: ARG002 -- Telegram knows no keys
        """Answer the comment; LOST whenever the answer may stand all the same."""
        spot, access = _spot_of(target), await self._access(target.page)
        try:
            chat, number = await answer.send(Bot.of(access), spot, text)
        except NetworkError as error:
            raise _failed(error, access, writing=True) from error
        return _shown(chat, number, text)

    async def find(
        self, target: Target, text: str, since: datetime
    ) -> Published | None:
        """Look for our answer among what was written after the comment."""
        spot, access = _spot_of(target), await self._access(target.page)
        if access.token(SESSION) is None:
            reason = "A bot does not see what it has said: look in the group."
            raise PublishError(reason, Failure.HUMAN)
        try:
            async with session_of(access, self._opening) as session:
                found = await answer.find(session, spot, text, since=since)
        except NetworkError as error:
            raise _failed(error, access) from error
        return None if found is None else _published(found)

    async def _access(self, page: Page) -> Access:
        access = await self._access_of(page)
        if access is None or access.token(TOKEN_KIND) is None:
            reason = f"The page {page.name} has no bot's token."
            raise PublishError(reason, Failure.REAUTH)
        return access


def _failed(
    error: NetworkError, access: Access, *, writing: bool = False
) -> PublishError:
    """Say what a failure means to the outbox; in doubt the answer may be public."""
    unsure = writing and error.code != UNREACHED
    return PublishError.of(error, access, may_be_public=unsure, skipped=Failure.GONE)


def _spot(address: Address) -> Spot | None:
    spot = target_of(address.url) if address.network == NETWORK else None
    return spot if spot is not None and isinstance(spot.chat, int) else None


def _spot_of(target: Target) -> Spot:
    spot = _spot(target.address)
    if spot is None:
        reason = "This is no comment in a discussion group of Telegram."
        raise PublishError(reason, Failure.BUG)
    return spot


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
