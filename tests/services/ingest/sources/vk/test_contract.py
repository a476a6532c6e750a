"""VK's walls and searches keep the contract of all sources."""

from collections import Counter
from datetime import datetime, timedelta

import pytest

from services.ingest.domain.posts import Network
from services.ingest.sources.base import Evidence, Source
from services.ingest.sources.connector import Place
from services.ingest.sources.vk.search import SearchSource
from services.ingest.sources.vk.wall import WallSource
from tests.services.ingest.sources.contract import Can, SourceContract, World
from tests.services.ingest.sources.vk.server import OWNER, RESIDENT, VkServer

WORDS = Place(Network.VK, "search", "яма", "https://vk.com/search?c[q]=яма", "яма")
WALL = Place(Network.VK, "wall", str(OWNER), f"https://vk.com/club{-OWNER}")


class VkWorld(World):
    can = frozenset(Can) - {Can.EVENT}
    people = (str(RESIDENT), "Ирина Тестова", "signer")

    def __init__(self) -> None:
        self.vk = VkServer()
        self.vk_access = self.vk.access()

    @property
    def now(self) -> datetime:
        return self.vk.now

    def forward(self, **by: float) -> None:
        self.vk.forward(**by)

    def source(self) -> Source:
        return WallSource(WALL, self.vk_access)

    def standing(self) -> dict[str, str]:
        return self.vk.standing()

    def publish(self, text: str) -> str:
        self.vk.forward(seconds=1)
        return f"wall:{OWNER}_{self.vk.publish(text, signer_id=RESIDENT)}"

    def publish_many(self, count: int) -> None:
        """Posts over two days, a fifth of all as comments, some in deep threads."""
        start = self.now - timedelta(days=2)
        posts = count - count // 5
        for number in range(posts):
            at = start + timedelta(days=2) * number / posts
            post = self.vk.publish(f"Яма номер {number}", at=at)
            if number % 20 == 0:
                self._discuss(post, min(5, count // 5), at)
        for number in range(count - len(self.vk.items)):
            self.vk.comment(post, f"И у нас {number}")

    def _discuss(self, post: int, comments: int, at: datetime) -> None:
        above = 0
        for number in range(comments):
            text = f"Ответ {number} [id{RESIDENT}|Ирина Тестова]".partition(" [")[0]
            above = self.vk.comment(post, text, above=above, at=at)

    def publish_strange(self) -> str:
        self.vk.publish("С вложением", attachments=[{"type": "hologram"}])
        return "attachment: hologram"

    def comment(self, post: str, text: str) -> str:
        return f"wallreply:{OWNER}_{self.vk.comment(_number(post), text)}"

    def edit(self, key: str, text: str) -> None:
        self.vk.edit(_number(key), text)

    def delete(self, key: str, evidence: Evidence) -> None:
        self.vk.vanish(_number(key), flagged=evidence is Evidence.FLAG)

    def restore(self, key: str) -> None:
        self.vk.restore(_number(key))

    def while_reading(self, *, publish: int = 0, delete: int = 0) -> None:
        def happen() -> None:
            for number in range(publish):
                self.publish(f"Тем временем {number}")
            newest = [one.id for one in self.vk.items.values() if not one.post]
            for number in newest[len(newest) - delete :]:
                self.vk.vanish(number)

        self.vk.before += [lambda: None, happen]

    def refuse_tokens(self) -> None:
        self.vk.refused_tokens.add("service-1")

    def calls(self) -> int:
        return len(self.vk.calls)

    def calls_too_many(self) -> int:
        seconds = Counter(int(at.timestamp()) for _, _, at in self.vk.calls)
        return sum(max(0, count - 3) for count in seconds.values())


def _number(key: str) -> int:
    return int(key.rpartition("_")[2])


class VkSearchWorld(VkWorld):
    """A search that finds every post there is, and no comments: so none are written."""

    can = VkWorld.can - {Can.COMMENT, Can.SHIFT}

    def __init__(self) -> None:
        super().__init__()
        self.vk_access = self.vk.access(first_hours=72)

    def source(self) -> Source:
        return SearchSource(WORDS, self.vk_access)

    def publish_many(self, count: int) -> None:
        start = self.now - timedelta(hours=23)
        for number in range(count):
            at = start + timedelta(hours=23) * number / count
            self.vk.publish(f"Яма номер {number}", at=at)


class TestWall(SourceContract):
    @pytest.fixture
    def world(self) -> World:
        return VkWorld()


class TestSearch(SourceContract):
    @pytest.fixture
    def world(self) -> World:
        return VkSearchWorld()
