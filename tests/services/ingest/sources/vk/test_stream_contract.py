"""A search with VK's stream beside it keeps the contract of all sources."""

from collections import Counter

import pytest

from services.ingest.sources.base import Evidence, Source
from services.ingest.sources.vk.search import SearchSource
from services.ingest.sources.vk.stream import StreamedSearch
from tests.services.ingest.sources.contract import Can, SourceContract, World
from tests.services.ingest.sources.vk.server import RESIDENT
from tests.services.ingest.sources.vk.stream_server import StreamServer
from tests.services.ingest.sources.vk.test_contract import WORDS, VkSearchWorld


class VkStreamWorld(VkSearchWorld):
    """A stream that tells all that happens, and ends each listening by beginning anew.

    It tells nothing of what was written before anybody listened.
    """

    can = VkSearchWorld.can | {Can.EVENT}

    def __init__(self) -> None:
        self.vk = self.stream = StreamServer(restarts=True)
        self.vk_access = self.vk.access(first_hours=72)

    def source(self) -> Source:
        search = SearchSource(WORDS, self.vk_access)
        return StreamedSearch(search, WORDS.native, self.vk_access)

    def publish(self, text: str) -> str:
        key = super().publish(text)
        self._tell(key, "new", signer_id=RESIDENT)
        return key

    def edit(self, key: str, text: str) -> None:
        super().edit(key, text)
        self._tell(key, "update")

    def delete(self, key: str, evidence: Evidence) -> None:
        super().delete(key, evidence)
        if evidence is Evidence.EVENT:
            self._tell(key, "delete")

    def restore(self, key: str) -> None:
        super().restore(key)
        self._tell(key, "restore")

    def calls_too_many(self) -> int:
        """Rules are kept elsewhere: what VK allows there is not known."""
        own = (at for name, _, at in self.vk.calls if not name.startswith("rules "))
        seconds = Counter(int(at.timestamp()) for at in own)
        return sum(max(0, count - 3) for count in seconds.values())

    def _tell(self, key: str, action: str, **fields: int) -> None:
        if self.stream.rules:
            number = int(key.rpartition("_")[2])
            text = self.vk.items[number].text
            self.stream.tell(action=action, number=number, text=text, **fields)


class TestStream(SourceContract):
    soak = 100  # the search reads them: its own soak is longer

    @pytest.fixture
    def world(self) -> World:
        return VkStreamWorld()
