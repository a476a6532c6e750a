"""A bot with a webhook is looked after and never asked for its updates."""

from datetime import timedelta

import httpx
import pytest

from services.ingest.domain.posts import Network
from services.ingest.sources.base import ErrorKind, Fetched, SourceError
from services.ingest.sources.connector import Place
from services.ingest.sources.telegram import TelegramConnector
from services.ingest.sources.telegram.hooked import HookedBot
from tests.services.ingest.sources.telegram.sandbox import BOT_TOKEN, Telegram

BOT = Place(Network.TELEGRAM, "bot", "our_bot", "https://t.me/our_bot")
OPTIONS = {"push": "webhook"}


@pytest.fixture
async def telegram() -> Telegram:
    broken = httpx.MockTransport(lambda _: httpx.Response(500))
    return Telegram(push=httpx.AsyncClient(transport=broken))


async def hook(telegram: Telegram) -> None:
    url = f"http://telegram.invalid/telegram/bot{BOT_TOKEN}/setWebhook"
    await telegram.http.post(url, json={"url": "https://otklik.example/hook"})


async def test_a_webhook_that_works_brings_nothing_here(telegram: Telegram) -> None:
    await hook(telegram)
    source = TelegramConnector().open(BOT, telegram.access(**OPTIONS))

    fetched = await source.fetch({"kept": 1}, now=telegram.now)

    assert isinstance(source, HookedBot)
    assert fetched == Fetched((), {"kept": 1}, poll_after=timedelta(minutes=5))


async def test_deliveries_that_fail_are_told_of(telegram: Telegram) -> None:
    await hook(telegram)
    telegram.post("Пост")
    await telegram.networks.tick("telegram")

    fetched = await HookedBot(telegram.access(**OPTIONS)).fetch({}, now=telegram.now)

    assert fetched.note == "2 updates wait: Wrong response from the webhook: 500"


async def test_a_webhook_that_is_not_set_is_a_failure_that_can_heal(
    telegram: Telegram,
) -> None:
    with pytest.raises(SourceError, match="no webhook is set") as caught:
        await HookedBot(telegram.access(**OPTIONS)).fetch({}, now=telegram.now)

    assert caught.value.kind is ErrorKind.RETRY
