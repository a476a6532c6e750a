"""TikTok's source keeps the contract all sources keep, against the sandbox's TikTok."""

from datetime import datetime, timedelta

import pytest

from infra.sandbox.stage import Item
from services.ingest.sources.base import Evidence, Source
from services.ingest.sources.tiktok.watch import TikTokSource
from shared.networks.tiktok import AccessTokens
from tests.services.ingest.sources.archive import Poller
from tests.services.ingest.sources.contract import Can, SourceContract, World, read
from tests.services.ingest.sources.staged import RESIDENT
from tests.services.ingest.sources.tiktok.world import (
    ACCOUNT,
    CLIENT,
    PAGE,
    WIDE,
    TikTokServer,
)


class TikTokWorld(World):
    """TikTok tells neither edits nor deletions: what is gone is absent."""

    can = frozenset(Can) - {Can.DATE, Can.EVENT, Can.FLAG}
    people = (str(RESIDENT.id), RESIDENT.name)

    def __init__(self, **options: object) -> None:
        self.tiktok = TikTokServer()
        self.tiktok.server.requests_a_day = 10**6
        self._access = self.tiktok.access(CLIENT, **{**WIDE, **options})
        self._tokens = AccessTokens()
        self._items: dict[str, Item] = {}

    @property
    def now(self) -> datetime:
        return self.tiktok.now

    def forward(self, **by: float) -> None:
        self.tiktok.forward(**by)

    def source(self) -> Source:
        return TikTokSource(ACCOUNT, self._access, self._tokens)

    def standing(self) -> dict[str, str]:
        return self.tiktok.standing()

    def publish(self, text: str) -> str:
        self.tiktok.forward(seconds=1)
        return self._known(self.tiktok.publish(text))

    def publish_many(self, count: int) -> None:
        """Videos over two days, a fifth of all as comments, some as a conversation."""
        start = self.now - timedelta(days=2)
        video = above = None
        for number in range(count):
            at = start + timedelta(days=2) * number / count
            if number % 25 < 20 or video is None:
                video = above = self.tiktok.publish(f"Яма номер {number}", at=at)
            else:
                assert above is not None
                target = above if number % 2 else video
                above = self.tiktok.comment(target, f"И у нас {number}", at=at)

    def publish_strange(self) -> str:
        self.tiktok.publish("С новым полем", hologram=True)
        return "field: hologram"

    def comment(self, post: str, text: str) -> str:
        self.tiktok.forward(seconds=1)
        return self._known(self.tiktok.comment(self._items[post], text))

    def edit(self, key: str, text: str) -> None:
        self.tiktok.edit(self._items[key], text)

    def delete(self, key: str, evidence: Evidence) -> None:
        assert evidence is Evidence.ABSENT
        self.tiktok.delete(self._items[key])

    def restore(self, key: str) -> None:
        self.tiktok.restore(self._items[key])

    def while_reading(self, *, publish: int = 0, delete: int = 0) -> None:
        def happen() -> None:
            for number in range(publish):
                self.publish(f"Тем временем {number}")
            for item in self.tiktok.stage.posts(PAGE.code)[:delete]:
                self.tiktok.delete(item)

        self.tiktok.before += [lambda: None, happen]

    def refuse_tokens(self) -> None:
        for token in self.tiktok.network.tokens.all:
            self.tiktok.network.tokens.revoke(token.value)

    def calls(self) -> int:
        return len(self.tiktok.calls)

    def calls_too_many(self) -> int:
        report = self.tiktok.report()
        return int(report["over_limit"] + report["after_fatal"])

    def _known(self, item: Item) -> str:
        key = self.tiktok.key(item)
        self._items[key] = item
        return key


class TestAccount(SourceContract):
    soak = 300  # ten thousand are read below: here all comments are asked for again

    @pytest.fixture
    def world(self) -> World:
        return TikTokWorld()


@pytest.mark.no_cover
async def test_ten_thousand_videos_and_comments_are_read_to_the_last() -> None:
    world = TikTokWorld()
    for number in range(20):
        at = world.now - timedelta(hours=number)
        video = world.tiktok.publish(f"Яма номер {number}", at=at)
        for line in range(499):
            world.tiktok.comment(video, f"И у нас {line}", at=at)
    poller = Poller(world.source())

    await read(world, poller)

    assert len(poller.archive.posts) == 10_000
    assert poller.archive.standing == world.standing()
    # The token, the search, and a hundred comments a page.
    assert (len(world.tiktok.calls), world.calls_too_many()) == (102, 0)
