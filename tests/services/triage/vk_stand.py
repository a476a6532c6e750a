"""A VK that a publisher answers on, and what the public sees there."""

import httpx

from services.triage.domain.answering import Address, Page, Target
from services.triage.publishers.vk import VkPublisher
from shared.networks.access import Access, Token
from shared.networks.vk.links import comment_url, post_url, spot_of
from tests.services.ingest.sources.vk.server import OWNER, VkServer

PAGE = Page(
    region_id=1, network="vk", native_id=str(OWNER), name="Администрация района"
)
TOKENS = (
    Token("s", "service", {"token": "service-1"}),
    Token("c", "community", {"token": "community-1", "group": str(-OWNER)}),
)


class VkStand:
    """A publisher on our own small VK; `tokens` are what its page speaks with."""

    def __init__(self) -> None:
        self.vk = VkServer()
        self.tokens: tuple[Token, ...] = TOKENS
        self.publisher = VkPublisher(self._access_of)
        self._access: Access | None = None

    async def _access_of(self, page: Page) -> Access | None:
        if page.native_id != str(OWNER):
            return None
        self._access = self._access or self.vk.access(*self.tokens)
        return self._access

    def post(self, text: str) -> Target:
        number = self.vk.publish(text)
        return self._target("post", post_url(OWNER, number))

    def comment(self, post: Target, text: str) -> Target:
        above = self.number_of(post)
        number = self.vk.comment(above, text)
        return self._target("comment", comment_url(OWNER, above, number))

    def _target(self, kind: str, url: str) -> Target:
        return Target(address=Address(network="vk", kind=kind, url=url), page=PAGE)

    def number_of(self, target: Target) -> int:
        spot = spot_of(target.address.url or "")
        assert spot is not None
        return spot.comment or spot.post

    def answers(self) -> list[str]:
        """Texts of what stands publicly in the name of the page."""
        items = self.vk.items.values()
        return [one.text for one in items if one.by_page and one.state == "stands"]

    def lose(self) -> None:
        """Lose the next response to an answer, after it became public."""
        publish = self.vk._wall_createcomment

        def lost(form: dict[str, str]) -> dict[str, object]:
            publish(form)
            self.vk._wall_createcomment = publish  # type: ignore[method-assign]
            raise httpx.ReadTimeout("hung up")

        self.vk._wall_createcomment = lost  # type: ignore[method-assign]
