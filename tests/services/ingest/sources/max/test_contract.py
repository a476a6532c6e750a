"""A chat, a channel and a bot's queue keep the contract of all sources."""

import pytest

from tests.services.ingest.sources.contract import SourceContract, World
from tests.services.ingest.sources.max.worlds import BotWorld, ChannelWorld, ChatWorld


class TestChat(SourceContract):
    @pytest.fixture
    def world(self) -> World:
        return ChatWorld()


class TestChannel(SourceContract):
    """Each post's comments cost a call, so that fewer posts are many."""

    soak = 60

    @pytest.fixture
    def world(self) -> World:
        return ChannelWorld()


class TestBot(SourceContract):
    @pytest.fixture
    def world(self) -> World:
        return BotWorld()
