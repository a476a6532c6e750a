"""An account of Instagram keeps the contract of all sources."""

from datetime import datetime

import pytest

from infra.sandbox.stage import Item
from services.ingest.sources.base import Source
from services.ingest.sources.instagram import InstagramConnector
from tests.services.ingest.sources.contract import SourceContract, World
from tests.services.ingest.sources.instagram.world import PLACE, InstagramServer
from tests.services.ingest.sources.meta.contract import MetaWorld
from tests.services.ingest.sources.staged import RESIDENT


class InstagramWorld(MetaWorld):
    people = (*MetaWorld.people, f"resident_{RESIDENT.id}")

    def __init__(self) -> None:
        super().__init__(InstagramServer())
        self._access = self.meta.access(calls_per_poll=60)

    def source(self) -> Source:
        return InstagramConnector().open(PLACE, self._access)

    def write(self, text: str, at: datetime | None = None) -> Item:
        return self.meta.publish(text, at=at, by_page=True)

    def publish_strange(self) -> str:
        self.meta.publish("С вложением", by_page=True, media_type="HOLOGRAM")
        return "media: HOLOGRAM"


class TestAccount(SourceContract):
    @pytest.fixture
    def world(self) -> World:
        return InstagramWorld()
