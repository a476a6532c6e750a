"""A group of OK keeps the contract of all sources, whichever way its topics come."""

from datetime import datetime, timedelta

import pytest

from infra.sandbox.stage import Item
from services.ingest.sources.base import Evidence, Source
from services.ingest.sources.ok.group import GroupSource
from tests.services.ingest.sources.contract import Can, SourceContract, World
from tests.services.ingest.sources.ok.world import (
    PAGE,
    PLACE,
    OkServer,
    admin,
    user,
)
from tests.services.ingest.sources.staged import RESIDENT


class OkWorld(World):
    # OK dates no edit. It shows removed comments (`test_group`), but no removed topic.
    can = frozenset(Can) - {Can.DATE, Can.EVENT, Can.FLAG}
    people = (str(RESIDENT.id), RESIDENT.name, f"57{RESIDENT.id - 700_000_000:010d}")

    def __init__(self, *tokens: object, **options: object) -> None:
        self.ok = OkServer()
        self._access = self.ok.access(*tokens, **options)
        self._items: dict[str, Item] = {}

    @property
    def now(self) -> datetime:
        return self.ok.now

    def forward(self, **by: float) -> None:
        self.ok.forward(**by)

    def source(self) -> Source:
        return GroupSource(PLACE, self._access)

    def standing(self) -> dict[str, str]:
        return self.ok.standing()

    def publish(self, text: str) -> str:
        self.ok.forward(seconds=1)
        return self._known(self.ok.publish(text))

    def publish_many(self, count: int) -> None:
        """Topics over two days, a fifth of all as comments, some as a conversation."""
        start = self.now - timedelta(days=2)
        topics = count - count // 5
        last = None
        for number in range(topics):
            at = start + timedelta(days=2) * number / topics
            last = self.ok.publish(f"Яма номер {number}", at=at)
            if number % 20 == 0:
                self._discuss(last, min(5, count // 5), at)
        made = len(self.ok.stage.items(PAGE.code))
        for number in range(count - made):
            assert last is not None
            self.ok.comment(last, f"И у нас {number}")

    def _discuss(self, topic: Item, comments: int, at: datetime) -> None:
        above = topic
        for number in range(comments):
            above = self.ok.comment(above, f"Ответ {number}", at=at)

    def publish_strange(self) -> str:
        self.ok.publish("С вложением", media=[{"type": "hologram"}])
        return "media: hologram"

    def comment(self, post: str, text: str) -> str:
        return self._known(self.ok.comment(self._items[post], text))

    def edit(self, key: str, text: str) -> None:
        self.ok.edit(self._items[key], text)

    def delete(self, key: str, evidence: Evidence) -> None:
        self.ok.delete(self._items[key], without_trace=evidence is Evidence.ABSENT)

    def restore(self, key: str) -> None:
        item = self._items[key]
        if self.ok.stage.item(item.page, item.id).is_deleted:
            self.ok.restore(item)

    def while_reading(self, *, publish: int = 0, delete: int = 0) -> None:
        def happen() -> None:
            for number in range(publish):
                self.publish(f"Тем временем {number}")
            for item in self.ok.stage.posts(PAGE.code)[:delete]:
                self.ok.delete(item)

        self.ok.before += [lambda: None, happen]

    def refuse_tokens(self) -> None:
        for token in self.ok.network.tokens.all:
            self.ok.network.tokens.revoke(token.value)

    def calls(self) -> int:
        return len(self.ok.calls)

    def calls_too_many(self) -> int:
        report = self.ok.network.meter.report()
        return int(report["over_limit"] + report["after_fatal"])

    def _known(self, item: Item) -> str:
        key = self.ok.key(item)
        self._items[key] = item
        return key


class TestByStatistics(SourceContract):
    @pytest.fixture
    def world(self) -> World:
        return OkWorld(admin())


class TestByTopics(SourceContract):
    """A reader may not see statistics, and is shown the topics whole."""

    soak = 1_000

    @pytest.fixture
    def world(self) -> World:
        return OkWorld(user("ok-reader"), per_second=3)


class TestByStream(SourceContract):
    """The oldest way, where the others are not allowed."""

    soak = 1_000

    @pytest.fixture
    def world(self) -> World:
        return OkWorld(user("ok-reader"), topic_methods=["stream.get"])
