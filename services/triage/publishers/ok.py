"""Answering on Odnoklassniki: the official comment of a group's administrator.

Switched off unless the operator says otherwise: OK no longer documents the method. An
answer then is copied and pasted by hand.
"""

import re
from datetime import datetime, timedelta
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
from services.triage.publishers.base import (
    AccessOf,
    PublishError,
    raise_if_gone,
    was_never_made,
)
from shared.networks.failures import ErrorKind, NetworkError
from shared.networks.ok import Ok, answer
from shared.networks.ok.answer import Spot
from shared.networks.ok.links import topic_in, topic_url

NETWORK: Final = "ok"

_COMMENT_KEY: Final = re.compile(r"ok:GROUP_TOPIC:(\d{1,18}):(\S{1,200})")
_LATER: Final = timedelta(minutes=5)


class OkPublisher:
    """Answers under topics of groups and comments there, if it is switched on."""

    network = NETWORK

    def __init__(self, access_of: AccessOf, *, answers: bool = False) -> None:
        self._access_of = access_of
        self.capabilities = Capabilities(remembers=None, finds=True, answers=answers)

    def serves(self, address: Address) -> bool:
        """Tell whether a topic, or a comment whose id is known, is meant.

        A comment has no address of its own: without its key we would answer the topic.
        """
        return address.network == NETWORK and _spot(address) is not None

    def is_at_home(self, address: Address, native_id: str) -> bool:
        """Compare the group."""
        spot = _spot(address)
        return spot is not None and spot.group == native_id

    async def look(self, target: Target) -> TargetState:
        """Read the post, and the answers our group gave it."""
        spot = _spot_of(target)
        ok = await self._ok(target.page)
        try:
            seen = await answer.look(ok, _speaking(spot, target.page))
        except NetworkError as error:
            raise _failed(error, ok) from error
        if not seen.exists:
            return TargetState(standing=Standing.DELETED)
        return TargetState(answers=tuple(_published(spot, one) for one in seen.answers))

    async def send(self, text: str, target: Target, key: str) -> Published:  # noqa: ARG002 -- OK knows no keys
        """Publish; OK would publish the same text again.

        When OK refuses because of the target, it is looked at once more: whether it has
        gone, or OK only does not let us answer, is for different people.
        """
        spot = _spot_of(target)
        ok = await self._ok(target.page)
        try:
            number = await answer.send(ok, spot, text)
        except NetworkError as error:
            if error.kind is ErrorKind.SKIP_ITEM:
                await raise_if_gone(self, target)
            unsure = not was_never_made(error)
            raise _failed(error, ok, may_be_public=unsure) from error
        return Published(
            link=topic_url(spot.group, spot.topic),
            native_id=number,
            text=text,
            raw={"comment_id": number},
        )

    async def find(
        self, target: Target, text: str, since: datetime
    ) -> Published | None:
        """Look for our answer in the thread, from its newest page back."""
        spot = _spot_of(target)
        ok = await self._ok(target.page)
        try:
            speaking = _speaking(spot, target.page)
            found = await answer.find(ok, speaking, text, since=since)
        except NetworkError as error:
            raise _failed(error, ok) from error
        return _published(spot, found) if found else None

    async def _ok(self, page: Page) -> Ok:
        """Open OK as the page; its own number is that of its group."""
        access = await self._access_of(page)
        ok = Ok(access, group=page.native_id) if access else None
        if ok is None or not ok.can("discussions.addDiscussionComment"):
            raise PublishError(
                f"The page {page.name} has no token of its group's administrator.",
                Failure.REAUTH,
            )
        return ok


def _spot(address: Address) -> Spot | None:
    found = topic_in(address.url) if address.url else None
    if found is None:
        return None
    group, topic = found
    if address.kind != "comment":
        return Spot(group, topic)
    key = _COMMENT_KEY.fullmatch(address.key or "")
    is_there = key is not None and int(key[1]) == topic
    return Spot(group, topic, key[2]) if key and is_there else None


def _spot_of(target: Target) -> Spot:
    spot = _spot(target.address)
    if spot is None:
        raise PublishError("This is no post in a group of OK.", Failure.BUG)
    return spot


def _speaking(spot: Spot, page: Page) -> Spot:
    """Look for the answers of the page that speaks, whichever group this is."""
    return Spot(page.native_id, spot.topic, spot.comment)


def _published(spot: Spot, one: answer.Answer) -> Published:
    return Published(
        link=topic_url(spot.group, spot.topic),
        native_id=one.id,
        text=one.text,
        published_at=one.given_at,
        raw={"comment_id": one.id},
    )


def _failed(
    error: NetworkError, ok: Ok, *, may_be_public: bool = False
) -> PublishError:
    return PublishError.of(error, ok.access, may_be_public=may_be_public, later=_LATER)
