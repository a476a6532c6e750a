"""A channel read by MTProto keeps the contract of all sources."""

import pytest

pytest.importorskip("telethon", reason="the extra `mtproto` is not installed")

from telethon import errors

from services.ingest.domain.posts import Network
from services.ingest.sources.connector import Access, Place, Token
from services.ingest.sources.telegram import TelegramConnector
from tests.services.ingest.sources.contract import Can, SourceContract, World
from tests.services.ingest.sources.telegram.fake_history import FakeHistory
from tests.services.ingest.sources.telegram.worlds import TelegramWorld

SESSION = Token("s1", "session", {"session": "…", "api_id": "1", "api_hash": "…"})


class MtprotoWorld(TelegramWorld):
    can = frozenset({Can.COMMENT, Can.EDIT, Can.EVENT, Can.TOKEN})

    def __init__(self) -> None:
        super().__init__()
        self.history = FakeHistory(self.telegram)

    def access(self) -> Access:
        return self.telegram.access(SESSION, first_posts=20_000)

    def connector(self) -> TelegramConnector:
        return TelegramConnector(self.history.open)

    def place(self) -> Place:
        name = self.telegram.handle
        return Place(Network.TELEGRAM, "channel", name, f"https://t.me/{name}")

    def publish_strange(self) -> str:
        super().publish_strange()
        return "media: hologram"

    def standing(self) -> dict[str, str]:
        return {key: text for key, text in super().standing().items() if text}

    def refuse_tokens(self) -> None:
        self.history.faults += [
            ("connect", errors.AuthKeyUnregisteredError(request=None))
        ]


class TestMtproto(SourceContract):
    @pytest.fixture
    def world(self) -> World:
        return MtprotoWorld()
