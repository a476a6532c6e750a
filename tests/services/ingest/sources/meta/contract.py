"""How a fake of Meta's takes part in the contract of all sources."""

from abc import abstractmethod
from collections.abc import Callable
from datetime import datetime, timedelta

from infra.sandbox.stage import Item
from services.ingest.sources.base import Evidence
from tests.services.ingest.sources.contract import Can, World
from tests.services.ingest.sources.meta.server import MetaServer
from tests.services.ingest.sources.staged import RESIDENT


class MetaWorld(World):
    """Graph dates no edit, and says the same of what is gone and what is not for us."""

    can = frozenset(Can) - {Can.DATE, Can.EVENT, Can.FLAG}
    people: tuple[str, ...] = (
        str(RESIDENT.id),
        RESIDENT.name,
        str(24_000_000_000_000 + RESIDENT.id),
    )

    def __init__(self, server: MetaServer) -> None:
        self.meta = server
        self.items: dict[str, Item] = {}

    @property
    def now(self) -> datetime:
        return self.meta.now

    def forward(self, **by: float) -> None:
        self.meta.forward(**by)

    def standing(self) -> dict[str, str]:
        return self.meta.standing()

    @abstractmethod
    def write(self, text: str, at: datetime | None = None) -> Item:
        """Publish a post of the kind that is watched."""

    def publish(self, text: str) -> str:
        self.meta.forward(seconds=1)
        return self._known(self.write(text))

    def publish_many(self, count: int) -> None:
        """Posts over two days, a fifth of all as comments, some as a conversation."""
        start = self.now - timedelta(days=2)
        posts = count - count // 5
        last = self.write("Яма номер ноль", start)
        for number in range(1, posts):
            at = start + timedelta(days=2) * number / posts
            last = self.write(f"Яма номер {number}", at)
            if number % 20 == 0:
                self._discuss(last, min(5, count // 5), at)
        made = len(self.meta.stage.items(last.page))
        for number in range(count - made):
            self.meta.comment(last, f"И у нас {number}")

    def _discuss(self, post: Item, comments: int, at: datetime) -> None:
        above = post
        for number in range(comments):
            above = self.meta.comment(above, f"Ответ {number}", at=at)

    def comment(self, post: str, text: str) -> str:
        return self._known(self.meta.comment(self.items[post], text))

    def edit(self, key: str, text: str) -> None:
        self.meta.edit(self.items[key], text)

    def delete(self, key: str, evidence: Evidence) -> None:
        assert evidence is Evidence.ABSENT
        self.meta.delete(self.items[key])

    def restore(self, key: str) -> None:
        self.meta.restore(self.items[key])

    def while_reading(self, *, publish: int = 0, delete: int = 0) -> None:
        def happen() -> None:
            for number in range(publish):
                self.publish(f"Тем временем {number}")
            for item in self.meta.stage.posts(self.meta.pages[0].code)[:delete]:
                self.meta.delete(item)

        nothing: Callable[[], None] = lambda: None  # noqa: E731 -- a pause of one call
        self.meta.before += [nothing, nothing, happen]

    def refuse_tokens(self) -> None:
        for token in self.meta.network.tokens.all:
            self.meta.network.tokens.revoke(token.value)

    def calls(self) -> int:
        return len(self.meta.calls)

    def calls_too_many(self) -> int:
        report = self.meta.report()
        return int(report["over_limit"] + report["after_fatal"])

    def _known(self, item: Item) -> str:
        key = self.meta.key(item)
        self.items[key] = item
        return key
