"""The public preview keeps the contract of all sources."""

import pytest

from services.ingest.domain.posts import Network
from services.ingest.sources.connector import Access, Place
from tests.services.ingest.sources.contract import Can, SourceContract, World
from tests.services.ingest.sources.telegram.worlds import TelegramWorld


class PreviewWorld(TelegramWorld):
    can = frozenset({Can.EDIT, Can.SHIFT})
    has_comments = False

    def access(self) -> Access:
        return self.telegram.access(first_pages=600)

    def place(self) -> Place:
        name = self.telegram.handle
        return Place(Network.TELEGRAM, "preview", name, f"https://t.me/s/{name}")

    def standing(self) -> dict[str, str]:
        return {key: text for key, text in super().standing().items() if text}

    def publish_strange(self) -> str:
        self.telegram.post("", strange=True)
        return "data-post"

    def while_reading(self, *, publish: int = 0, delete: int = 0) -> None:
        def happen() -> None:
            for number in range(publish):
                self.publish(f"Тем временем {number}")
            for post in self.telegram.stage.posts(self.telegram.code)[:delete]:
                self.telegram.delete(post)

        self.telegram.before += [_nothing, happen]


def _nothing() -> None:
    """Let a call pass."""


class TestPreview(SourceContract):
    @pytest.fixture
    def world(self) -> World:
        return PreviewWorld()
