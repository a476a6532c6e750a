"""A page of Facebook keeps the contract of all sources."""

from datetime import datetime

import pytest

from infra.sandbox.stage import Item
from services.ingest.sources.base import Source
from services.ingest.sources.facebook import FacebookConnector
from tests.services.ingest.sources.contract import SourceContract, World
from tests.services.ingest.sources.facebook.world import PLACE, FacebookServer
from tests.services.ingest.sources.meta.contract import MetaWorld


class FacebookWorld(MetaWorld):
    def __init__(self) -> None:
        super().__init__(FacebookServer())
        self._access = self.meta.access(calls_per_poll=60)

    def source(self) -> Source:
        return FacebookConnector().open(PLACE, self._access)

    def write(self, text: str, at: datetime | None = None) -> Item:
        return self.meta.publish(text, at=at)

    def publish_strange(self) -> str:
        hologram = {"data": [{"type": "hologram"}]}
        self.meta.publish("С вложением", attachments=hologram)
        return "attachment: hologram"


class TestPage(SourceContract):
    @pytest.fixture
    def world(self) -> World:
        return FacebookWorld()
