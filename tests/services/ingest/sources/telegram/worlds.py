"""Telegram as the contract of all sources wants to see it."""

from datetime import datetime

from services.ingest.domain.posts import Network
from services.ingest.sources.base import Evidence, Source
from services.ingest.sources.connector import Access, Place
from services.ingest.sources.telegram import TelegramConnector
from tests.services.ingest.sources.contract import Can, World
from tests.services.ingest.sources.telegram.sandbox import RESIDENT, Telegram

BOT = Place(Network.TELEGRAM, "bot", "vetlogorsk_answer_bot", "https://t.me/…")


class TelegramWorld(World):
    """A channel with comments, seen through one of the three sources."""

    can = frozenset({Can.COMMENT, Can.EDIT})
    people = (str(RESIDENT.id), "Олеся", "Придуманная")
    has_comments = True

    def __init__(self) -> None:
        self.telegram = Telegram()
        self.telegram.forward(days=1)
        self._access = self.access()

    def access(self) -> Access:
        return self.telegram.access()

    def connector(self) -> TelegramConnector:
        return TelegramConnector()

    def place(self) -> Place:
        return BOT

    @property
    def now(self) -> datetime:
        return self.telegram.now

    def forward(self, **by: float) -> None:
        self.telegram.forward(**by)

    def source(self) -> Source:
        return self.connector().open(self.place(), self._access)

    def standing(self) -> dict[str, str]:
        return self.telegram.standing(comments=self.has_comments)

    def publish(self, text: str) -> str:
        self.forward(seconds=1)
        return self.telegram.key(self.telegram.post(text))

    def publish_many(self, count: int) -> None:
        """Posts, and under each fifth one comments, a fifth of all."""
        comments = count // 5 if self.has_comments else 0
        posts = [
            self.telegram.post(f"Яма номер {number}")
            for number in range(count - comments)
        ]
        for number in range(comments):
            above = posts[number // 5 * 5]
            self.telegram.comment(above, f"И у нас {number}")

    def publish_strange(self) -> str:
        self.telegram.post("", service={"hologram": {"size": 3}})
        return "message: hologram"

    def comment(self, post: str, text: str) -> str:
        above = self.telegram.item(post)
        return self.telegram.key(self.telegram.comment(above, text))

    def edit(self, key: str, text: str) -> None:
        self.telegram.edit(self.telegram.item(key), text)

    def delete(self, key: str, evidence: Evidence) -> None:
        assert evidence is Evidence.EVENT
        self.telegram.delete(self.telegram.item(key))

    def calls(self) -> int:
        return int(self.telegram.report()["requests"])

    def calls_too_many(self) -> int:
        return int(self.telegram.report()["over_limit"])
