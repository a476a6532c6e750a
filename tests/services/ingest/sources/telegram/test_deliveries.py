"""Our hook behind the sandbox's webhook: what goes astray arrives, once."""

from collections.abc import Mapping

import httpx
import pytest

from infra.sandbox.stage.plans import DeliveryMode
from services.ingest.sources.connector import Delivery
from services.ingest.sources.telegram import TelegramHook
from tests.infra.sandbox.fakes.test_telegram_bot import ask
from tests.services.ingest.sources.archive import Archive
from tests.services.ingest.sources.telegram.sandbox import Telegram
from tests.services.ingest.sources.telegram.worlds import BOT

SECRET = "our-secret"


class Subscriber:
    """Takes events once, as the store does; answers 503 while it is `closed`."""

    def __init__(self) -> None:
        self.archive = Archive()
        self.statuses: list[int] = []
        self.events: list[str | None] = []
        self.closed = 0
        push = httpx.AsyncClient(transport=httpx.MockTransport(self._receive))
        self.telegram = Telegram(push=push)

    def _receive(self, request: httpx.Request) -> httpx.Response:
        if self.closed:
            self.closed -= 1
            return httpx.Response(503)
        now, headers = self.telegram.now, _lowered(request.headers)
        delivery = Delivery("POST", headers, {}, request.content)
        reception = TelegramHook().receive(BOT, delivery, {"secret": SECRET}, now)
        if reception.fetched is not None and reception.event_id not in self.events:
            self.archive.take(reception.fetched.posts, now)
        self.events.append(reception.event_id)
        self.statuses.append(reception.status)
        return httpx.Response(reception.status)

    async def subscribe(self) -> None:
        url = "https://otklik.example/hook"
        await ask(self.telegram, "setWebhook", url=url, secret_token=SECRET)

    async def wait(self, **by: float) -> None:
        self.telegram.forward(**by)
        await self.telegram.networks.tick("telegram")


def _lowered(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


@pytest.fixture
async def subscriber() -> Subscriber:
    made = Subscriber()
    await made.subscribe()
    return made


@pytest.mark.parametrize("mode", [each for each in DeliveryMode if each != "stop"])
async def test_deliveries_that_go_astray_lose_nothing(
    subscriber: Subscriber, mode: DeliveryMode
) -> None:
    telegram = subscriber.telegram
    post = telegram.post("Пост")
    await subscriber.wait()
    telegram.deliver(mode, seconds=30)
    comment = telegram.comment(post, "Яма")
    telegram.forward(seconds=1)
    telegram.edit(comment, "Яма на Лесной")
    telegram.comment(post, "И у нас")

    for _ in range(3):
        await subscriber.wait(minutes=1)

    assert subscriber.archive.standing == telegram.standing()
    assert (403 in subscriber.statuses) is (mode is DeliveryMode.FORGE)


async def test_what_came_while_we_were_down_arrives_when_we_are_up(
    subscriber: Subscriber,
) -> None:
    subscriber.closed = 6
    post = subscriber.telegram.post("Пост")
    subscriber.telegram.comment(post, "Яма")

    for _ in range(8):
        await subscriber.wait(minutes=2)

    assert subscriber.archive.standing == subscriber.telegram.standing()
