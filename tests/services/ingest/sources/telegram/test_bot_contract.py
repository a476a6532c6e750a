"""A bot's queue keeps the contract of all sources."""

import pytest

from services.ingest.sources.base import Source
from services.ingest.sources.connector import Token
from services.ingest.sources.telegram import TelegramConnector
from tests.services.ingest.sources.contract import Can, SourceContract, World
from tests.services.ingest.sources.telegram.worlds import BOT, TelegramWorld


class BotWorld(TelegramWorld):
    can = frozenset({Can.COMMENT, Can.EDIT, Can.TOKEN})

    def source(self) -> Source:
        """Open another bot: a queue is told to one reader, once."""
        token = self.telegram.context.tokens.issue("bot")
        secrets = {"token": token.value}
        access = self.telegram.access(Token(token.value, "bot", secrets))
        return TelegramConnector().open(BOT, access)

    def refuse_tokens(self) -> None:
        for token in self.telegram.context.tokens.all:
            self.telegram.context.tokens.revoke(token.value)

    def standing(self) -> dict[str, str]:
        return {key: text for key, text in super().standing().items() if text}


class TestBot(SourceContract):
    @pytest.fixture
    def world(self) -> World:
        return BotWorld()
