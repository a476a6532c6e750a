"""The sandbox's Telegram, and a bot that is polled there."""

import pytest

from tests.services.ingest.sources.telegram.polled_bot import Bot
from tests.services.ingest.sources.telegram.sandbox import Telegram


@pytest.fixture
def telegram() -> Telegram:
    return Telegram()


@pytest.fixture
def bot(telegram: Telegram) -> Bot:
    return Bot(telegram)
