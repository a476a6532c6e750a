"""MAX as the contract of all sources wants to see it."""

from datetime import datetime, timedelta

from services.ingest.domain.posts import Network
from services.ingest.sources.base import Evidence, Source
from services.ingest.sources.connector import Place
from services.ingest.sources.max import MaxConnector
from tests.services.ingest.sources.contract import Can, World
from tests.services.ingest.sources.max.sandbox import (
    CHANNEL,
    CHAT,
    RESIDENT,
    MaxServer,
)

BOT = Place(Network.MAX, "bot", "vetlogorsk_answer_bot", "https://max.ru/…")


class ChatWorld(World):
    """A group chat whose messages are read; answers there are comments."""

    can = frozenset(Can) - {Can.EVENT, Can.FLAG, Can.DATE}
    people = (str(RESIDENT.id), "Олеся", "Придуманная")
    page = CHAT
    has_comments = True

    def __init__(self) -> None:
        self.max = MaxServer(self.page)
        self.max.forward(days=7)
        self.max_access = self.max.access()

    @property
    def now(self) -> datetime:
        return self.max.now

    def forward(self, **by: float) -> None:
        self.max.forward(**by)

    def source(self) -> Source:
        number = str(self.max.chat)
        place = Place(Network.MAX, "chat", number, f"https://max.ru/c/{number}")
        return MaxConnector().open(place, self.max_access)

    def standing(self) -> dict[str, str]:
        return {key: text for key, text in self.max.standing().items() if text}

    def publish(self, text: str) -> str:
        self.forward(seconds=1)
        return self.max.key(self.max.post(text))

    def publish_many(self, count: int) -> None:
        """Posts over two days, and under each fifth one comments, a fifth of all."""
        start, comments = self.now - timedelta(days=2), count // 5
        posts = [
            self.max.post(
                f"Яма номер {number}", at=start + timedelta(days=2) * number / count
            )
            for number in range(count - comments)
        ]
        for number in range(comments):
            above = posts[number // 5 * 5]
            at = above.created_at + timedelta(milliseconds=number + 1)
            self.max.comment(above, f"И у нас {number}", at=at)

    def publish_strange(self) -> str:
        self.max.post("С вложением", attachments=[{"type": "hologram"}])
        return "attachment: hologram"

    def comment(self, post: str, text: str) -> str:
        self.forward(seconds=1)
        return self.max.key(self.max.comment(self.max.item(post), text))

    def edit(self, key: str, text: str) -> None:
        self.max.edit(self.max.item(key), text)

    def delete(self, key: str, evidence: Evidence) -> None:
        assert evidence in {Evidence.ABSENT, Evidence.EVENT}
        self.max.delete(self.max.item(key))

    def restore(self, key: str) -> None:
        self.max.restore(self.max.item(key))

    def while_reading(self, *, publish: int = 0, delete: int = 0) -> None:
        def happen() -> None:
            for number in range(publish):
                self.publish(f"Тем временем {number}")
            posts = self.max.stage.posts(self.page)
            for item in posts[:delete]:
                self.max.delete(item)

        self.max.before += [lambda: None, lambda: None, happen]

    def refuse_tokens(self) -> None:
        for token in self.max.context.tokens.all:
            self.max.context.tokens.revoke(token.value)

    def calls(self) -> int:
        return int(self.max.report()["requests"])

    def calls_too_many(self) -> int:
        return int(self.max.report()["over_limit"])


class ChannelWorld(ChatWorld):
    """A channel whose posts are commented.

    Its pages are those of chats; each post's comments cost a call, so that many posts
    make a slow test.
    """

    can = ChatWorld.can - {Can.SHIFT}
    page = CHANNEL


class BotWorld(ChatWorld):
    """A bot's queue: each source is another bot, for a queue is told to one reader."""

    can = frozenset({Can.COMMENT, Can.EDIT, Can.DATE, Can.EVENT, Can.TOKEN})
    page = CHANNEL

    def __init__(self) -> None:
        super().__init__()
        self._bots = 0

    def source(self) -> Source:
        self._bots += 1
        bot = self.max.bot(f"max-bot-{self._bots}")
        return MaxConnector().open(BOT, self.max.access(bot))

    def publish_many(self, count: int) -> None:
        comments = count // 5
        posts = [
            self.max.post(f"Яма номер {number}") for number in range(count - comments)
        ]
        for number in range(comments):
            self.max.comment(posts[number // 5 * 5], f"И у нас {number}")
