"""The sandbox's MAX, a publisher that answers there, and what the public sees."""

from infra.sandbox.networks.max import TOKEN
from infra.sandbox.networks.max.shapes import BOT_ID
from infra.sandbox.stage import AuthorKind, Item
from infra.sandbox.stage.plans import Write, WriteMode
from services.triage.domain.answering import Address, Page, Target
from services.triage.publishers.max import MaxPublisher
from shared.networks.access import Access, Token
from shared.networks.max.names import spot_at
from tests.services.ingest.sources.max.sandbox import CHANNEL, MaxServer


class MaxStand:
    """A publisher on the fake; `tokens` are what its page speaks with."""

    def __init__(self, page: str = CHANNEL) -> None:
        self.max = MaxServer(page)
        self.tokens: tuple[Token, ...] = (Token("b1", "bot", {"token": TOKEN}),)
        self.publisher = MaxPublisher(self._access_of)

    async def _access_of(self, page: Page) -> Access | None:
        assert page.name == "Область"
        return self.max.access(*self.tokens) if self.tokens else None

    def post(self, text: str) -> Target:
        return self.target(self.max.post(text))

    def target(self, item: Item) -> Target:
        """A post; or a comment, which has its post's address."""
        key = self.max.key(item)
        in_channel = self.max.page.official
        root = item
        if in_channel and item.root is not None:
            root = self.max.stage.item(item.page, item.root)
        spot = spot_at(self.max.key(root))
        assert spot is not None
        address = Address(
            network="max",
            kind="post" if item.root is None else "comment",
            url=spot.url,
            key=f"max:{key}",
        )
        page = Page(
            region_id=1, network="max", native_id=str(self.max.chat), name="Область"
        )
        return Target(address=address, page=page)

    def gone(self) -> Target:
        item = self.max.post("Было")
        self.max.delete(item)
        return self.target(item)

    def answers(self) -> list[str]:
        """Texts of what stands publicly in the name of the page."""
        return [
            item.text
            for item in self.max.stage.items(self.max.code)
            if item.root is not None
            and (item.writer.kind is AuthorKind.GROUP or item.writer.id == BOT_ID)
        ]

    def plan(self, mode: WriteMode, code: int | None = None) -> None:
        self.max.context.writes.add(Write(mode=mode, code=code))

    def lose(self) -> None:
        """Lose the next response to an answer, after it became public."""
        self.plan(WriteMode.LOST)
