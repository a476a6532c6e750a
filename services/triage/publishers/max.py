"""Answering in MAX: comments of a channel, messages of our bot in a chat."""

import re
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
from services.triage.publishers.base import AccessOf, PublishError, raise_if_gone
from shared.networks.failures import ErrorKind, NetworkError
from shared.networks.max import answer
from shared.networks.max.client import TOKEN_KIND, Max
from shared.networks.max.names import spot_at, spot_in

NETWORK: Final = "max"

_KEY: Final = re.compile(r"(?:max:)?(?P<key>-\d{1,19}/\d{1,19})", re.ASCII)


class MaxPublisher:
    """Answers channels' posts, comments on them, and messages in chats.

    MAX knows no keys: an answer whose response was lost is looked for in its thread.
    """

    network = NETWORK
    capabilities = Capabilities(remembers=None, finds=True)

    def __init__(self, access_of: AccessOf) -> None:
        self._access_of = access_of

    def serves(self, address: Address) -> bool:
        """Tell whether a message is meant, or a comment whose key is known.

        A comment has no address of its own: without its key we would answer the post.
        """
        return address.network == NETWORK and _spot(address) is not None

    def is_at_home(self, address: Address, native_id: str) -> bool:  # noqa: ARG002 -- a bot is nowhere at home
        """Tell nothing: pages go by their bots, and a bot may be in any channel."""
        return False

    async def look(self, target: Target) -> TargetState:
        """Read the post, and the answers our page gave it."""
        spot, api = _spot_of(target), await self._api(target.page)
        try:
            stands = await answer.look(api, spot)
        except NetworkError as error:
            raise PublishError.of(error, api.access) from error
        if not stands.exists:
            return TargetState(standing=Standing.DELETED)
        answers = tuple(_published(spot, one) for one in stands.answers)
        return TargetState(answers=answers)

    async def send(self, text: str, target: Target, key: str) -> Published:  # noqa: ARG002 -- MAX knows no keys
        """Publish; MAX would publish the same text again.

        When MAX refuses because of the target, it is looked at once more: whether it
        has gone, or MAX only does not let us answer, is for different people.
        """
        spot, api = _spot_of(target), await self._api(target.page)
        try:
            given = await answer.send(api, spot, text)
        except NetworkError as error:
            if error.kind is ErrorKind.SKIP_ITEM:
                await raise_if_gone(self, target)
            # A failure with a code is MAX's own refusal, or came before the call.
            unsure = error.code is None
            raise PublishError.of(error, api.access, may_be_public=unsure) from error
        return _published(spot, given)

    async def find(
        self, target: Target, text: str, since: datetime
    ) -> Published | None:
        """Look for our answer in the thread, from its newest page back."""
        spot, api = _spot_of(target), await self._api(target.page)
        try:
            found = await answer.find(api, spot, text, since=since)
        except NetworkError as error:
            raise PublishError.of(error, api.access) from error
        return None if found is None else _published(spot, found)

    async def _api(self, page: Page) -> Max:
        access = await self._access_of(page)
        if access is None or access.token(TOKEN_KIND) is None:
            reason = f"The page {page.name} has no bot's token."
            raise PublishError(reason, Failure.REAUTH)
        return Max.of(access)


def _spot(address: Address) -> answer.Target | None:
    """Name what is answered; a comment's address is that of its post."""
    there = spot_in(address.url)
    found = _KEY.fullmatch(address.key or "")
    own = spot_at(found["key"]) if found else None
    if there is None or (address.kind == "comment" and own is None):
        return None
    is_comment = own is not None and own != there
    return answer.Target(there, own.mid if own is not None and is_comment else None)


def _spot_of(target: Target) -> answer.Target:
    spot = _spot(target.address)
    if spot is None:
        raise PublishError("This is no message of MAX.", Failure.BUG)
    return spot


def _published(spot: answer.Target, one: answer.Answer) -> Published:
    """Show an answer; a comment is seen under its post."""
    return Published(
        link=one.url or spot.spot.url,
        native_id=one.key,
        text=one.text,
        published_at=one.given_at,
        raw={"message_id": one.key},
    )
