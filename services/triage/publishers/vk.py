"""Answering on VKontakte: a comment of the community that is the official page."""

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
from shared.networks.failures import NetworkError
from shared.networks.vk import Vk, answer
from shared.networks.vk.errors import code_of
from shared.networks.vk.links import Spot, comment_url, spot_of

NETWORK: Final = "vk"
REMEMBERED: Final = timedelta(hours=1)
"""How long we trust VK to know a `guid` again; it does not say how long it does."""

# After these VK itself does not know what became of the call.
_UNSURE: Final = frozenset({1, 10, 36})
_OF_TARGET: Final = frozenset({104, 210, 211, 212, 213, 214})


class VkPublisher:
    """Answers under posts and comments of communities' walls."""

    network = NETWORK
    capabilities = Capabilities(remembers=REMEMBERED, finds=True)

    def __init__(self, access_of: AccessOf) -> None:
        self._access_of = access_of

    def serves(self, address: Address) -> bool:
        """Tell whether the post stands on a community's wall."""
        return address.network == NETWORK and _spot(address) is not None

    def is_at_home(self, address: Address, native_id: str) -> bool:
        """Compare the wall's owner; communities may be written with a minus or not."""
        spot = _spot(address)
        return spot is not None and str(-spot.owner) == native_id.removeprefix("-")

    async def look(self, target: Target) -> TargetState:
        """Read the post, and the answers our page gave it."""
        spot = _spot_of(target)
        vk, group = await self._vk(target.page)
        try:
            seen = await answer.look(vk, spot, group=group)
        except NetworkError as error:
            raise PublishError.of(error, vk.access) from error
        if not seen.exists:
            return TargetState(standing=Standing.DELETED)
        return TargetState(
            edited_at=seen.edited_at,
            takes_answers=seen.open,
            answers=tuple(
                _published(spot, one)
                for one in sorted(seen.answers, key=lambda one: one.given_at)
            ),
        )

    async def send(self, text: str, target: Target, key: str) -> Published:
        """Publish; VK keeps one comment for each key.

        When VK refuses because of the target, it is looked at once more: whether it
        has gone, or VK only does not let us answer, is for different people.
        """
        spot = _spot_of(target)
        vk, group = await self._vk(target.page)
        try:
            number = await answer.send(vk, spot, text, group=group, guid=key)
        except NetworkError as error:
            if code_of(error) in _OF_TARGET:
                await raise_if_gone(self, target)
            unsure = _may_be_public(error)
            raise PublishError.of(error, vk.access, may_be_public=unsure) from error
        return Published(
            link=comment_url(spot.owner, spot.post, number, spot.comment),
            native_id=f"{spot.owner}_{number}",
            text=text,
            raw={"comment_id": number},
        )

    async def find(
        self, target: Target, text: str, since: datetime
    ) -> Published | None:
        """Look for our answer in the whole thread."""
        spot = _spot_of(target)
        vk, group = await self._vk(target.page)
        try:
            found = await answer.find(vk, spot, text, group=group, since=since)
        except NetworkError as error:
            raise PublishError.of(error, vk.access) from error
        return _published(spot, found) if found else None

    async def _vk(self, page: Page) -> tuple[Vk, int]:
        """Open VK as the page; its own number is that of its community."""
        number = page.native_id.removeprefix("-")
        if not number.isdecimal():
            raise PublishError(
                f"The page {page.name} is no community of VK.", Failure.BUG
            )
        access = await self._access_of(page)
        vk = Vk(access, group=int(number)) if access else None
        if vk is None or not vk.can("wall.createComment"):
            raise PublishError(
                f"The page {page.name} has no token of its community.", Failure.REAUTH
            )
        return vk, int(number)


def _spot(address: Address) -> Spot | None:
    """Where a post stands; people's own walls are not answered on."""
    spot = spot_of(address.url) if address.url else None
    return spot if spot is not None and spot.owner < 0 else None


def _spot_of(target: Target) -> Spot:
    spot = _spot(target.address)
    if spot is None:
        raise PublishError("This is no post on a community's wall.", Failure.BUG)
    return spot


def _published(spot: Spot, one: answer.Answer) -> Published:
    return Published(
        link=comment_url(spot.owner, spot.post, one.id, spot.comment),
        native_id=f"{spot.owner}_{one.id}",
        text=one.text,
        published_at=one.given_at,
        raw={"comment_id": one.id},
    )


def _may_be_public(error: NetworkError) -> bool:
    """Only a call that was never made, or that VK surely refused, is not public."""
    if was_never_made(error):
        return False
    code = code_of(error)
    return code is None or code in _UNSURE
