"""The sandbox's OK, a publisher that answers there, and what the public sees."""

from infra.sandbox.stage import AuthorKind, Item
from infra.sandbox.stage.plans import Write, WriteMode
from services.triage.domain.answering import Address, Page, Target
from services.triage.publishers.ok import OkPublisher
from shared.networks.access import Access, Token
from shared.networks.ok.links import topic_url
from tests.services.ingest.sources.ok.world import GROUP, OkServer, admin

PAGE = Page(region_id=1, network="ok", native_id=GROUP, name="Администрация района")


class OkStand:
    """A publisher on the fake; `tokens` are what its page speaks with."""

    def __init__(self) -> None:
        self.ok = OkServer()
        self.tokens: tuple[Token, ...] = (admin(),)
        self.publisher = OkPublisher(self._access_of, answers=True)
        self._access: Access | None = None

    async def _access_of(self, page: Page) -> Access | None:
        if page.native_id != GROUP:
            return None
        self._access = self._access or self.ok.access(*self.tokens)
        return self._access

    def post(self, text: str) -> Target:
        return self.target(self.ok.publish(text))

    def target(self, item: Item) -> Target:
        root = item if item.root is None else self.ok.stage.item(item.page, item.root)
        address = Address(
            network="ok",
            kind="post" if item.root is None else "comment",
            url=topic_url(GROUP, int(self.ok.number(root))),
            key=f"ok:{self.ok.key(item)}",
        )
        return Target(address=address, page=PAGE)

    def gone(self) -> Target:
        item = self.ok.publish("Было")
        self.ok.delete(item)
        return self.target(item)

    def answers(self) -> list[str]:
        """Texts of what stands publicly in the name of the page."""
        return [
            item.text
            for item in self.ok.stage.items()
            if item.writer.kind is AuthorKind.GROUP and item.root is not None
        ]

    def plan(self, mode: WriteMode, code: int | None = None) -> None:
        self.ok.network.writes.add(Write(mode=mode, code=code))

    def lose(self) -> None:
        """Lose the next response to an answer, after it became public."""
        self.plan(WriteMode.LOST)
