"""X's source keeps the contract all sources keep, against the sandbox's X."""

from datetime import datetime, timedelta

import pytest

from infra.sandbox.stage import Item
from services.ingest.domain.posts import Network
from services.ingest.sources.base import Evidence, Source
from services.ingest.sources.connector import Place
from services.ingest.sources.x.watch import XSource
from tests.services.ingest.sources.archive import Poller
from tests.services.ingest.sources.contract import Can, SourceContract, World, read
from tests.services.ingest.sources.staged import RESIDENT
from tests.services.ingest.sources.x.world import (
    APP,
    ENDLESS,
    PAGE,
    XServer,
)

MENTIONS = Place(Network.X, "account", PAGE.screen_name.lower(), "https://x.com/x")


class XWorld(World):
    """X tells of deletions by saying that a post is not there (a flag).

    What an author shows to followers only is absent.
    """

    can = frozenset(Can) - {Can.EVENT}
    people = (str(RESIDENT.id), RESIDENT.name)

    def __init__(self, **options: object) -> None:
        self.x = XServer()
        usual = {**ENDLESS, "first_hours": 167, "watched_days": 7}
        self._access = self.x.access(APP, **{**usual, **options})
        self._items: dict[str, Item] = {}

    @property
    def now(self) -> datetime:
        return self.x.now

    def forward(self, **by: float) -> None:
        self.x.forward(**by)

    def source(self) -> Source:
        return XSource(MENTIONS, self._access)

    def standing(self) -> dict[str, str]:
        return self.x.standing()

    def publish(self, text: str) -> str:
        self.x.forward(seconds=1)
        return self._known(self.x.publish(text))

    def publish_many(self, count: int) -> None:
        """Posts over two days, a fifth of all as answers, some as a conversation."""
        start = self.now - timedelta(days=2)
        above = None
        for number in range(count):
            at = start + timedelta(days=2) * number / count
            if above is not None and number % 5 == 0:
                above = self.x.comment(above, f"И у нас {number}", at=at)
            else:
                above = self.x.publish(f"Яма номер {number}", at=at)

    def publish_strange(self) -> str:
        odd = [{"type": "hologram", "id": "1"}]
        self.x.publish("Чем-то связано", referenced_posts=odd)
        return "reference: hologram"

    def comment(self, post: str, text: str) -> str:
        self.x.forward(seconds=1)
        return self._known(self.x.comment(self._items[post], text))

    def edit(self, key: str, text: str) -> None:
        self.x.edit(self._items[key], text)

    def delete(self, key: str, evidence: Evidence) -> None:
        act = self.x.lock if evidence is Evidence.ABSENT else self.x.delete
        act(self._items[key])

    def restore(self, key: str) -> None:
        self.x.restore(self._items[key])

    def while_reading(self, *, publish: int = 0, delete: int = 0) -> None:
        def happen() -> None:
            for number in range(publish):
                self.publish(f"Тем временем {number}")
            for item in self.x.stage.posts(PAGE.code)[:delete]:
                self.x.delete(item)

        self.x.before += [lambda: None, happen]

    def refuse_tokens(self) -> None:
        for token in self.x.network.tokens.all:
            self.x.network.tokens.revoke(token.value)

    def calls(self) -> int:
        return len(self.x.calls)

    def calls_too_many(self) -> int:
        report = self.x.report()
        return int(report["over_limit"] + report["after_fatal"])

    def _known(self, item: Item) -> str:
        key = self.x.key(item)
        self._items[key] = item
        return key


class TestMentions(SourceContract):
    soak = 500  # ten thousand are read below: here all would be checked again, too

    @pytest.fixture
    def world(self) -> World:
        return XWorld()


@pytest.mark.no_cover
async def test_ten_thousand_posts_are_read_to_the_last() -> None:
    world = XWorld()
    world.publish_many(10_000)
    poller = Poller(world.source())

    await read(world, poller)

    assert poller.archive.standing == world.standing()
    assert (len(world.x.calls), world.calls_too_many()) == (100, 0)
