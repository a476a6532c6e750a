"""Telegram's webhook as the sandbox plays it: secret, repeats, waits, the end."""

import httpx
import pytest

from infra.sandbox.stage.plans import DeliveryMode
from tests.infra.sandbox.fakes.test_telegram_bot import ask
from tests.services.ingest.sources.telegram.sandbox import Telegram


class Subscriber:
    """Answers deliveries as a test wants, and remembers them."""

    def __init__(self) -> None:
        self.answers: list[httpx.Response] = []
        self.heard: list[tuple[int, str]] = []
        transport = httpx.MockTransport(self._receive)
        self.telegram = Telegram(push=httpx.AsyncClient(transport=transport))

    def _receive(self, request: httpx.Request) -> httpx.Response:
        secret = request.headers["X-Telegram-Bot-Api-Secret-Token"]
        number = httpx.Response(200, content=request.content).json()["update_id"]
        self.heard.append((number, secret))
        return self.answers.pop(0) if self.answers else httpx.Response(200)

    async def subscribe(self) -> None:
        await ask(
            self.telegram,
            "setWebhook",
            url="https://otklik.example/hook",
            secret_token="our-secret",
            allowed_updates=["channel_post"],
        )

    async def wait(self, **by: float) -> int:
        self.telegram.forward(**by)
        return await self.telegram.networks.tick("telegram")


@pytest.fixture
async def subscriber() -> Subscriber:
    made = Subscriber()
    await made.subscribe()
    return made


async def test_update_is_pushed_with_the_secret(subscriber: Subscriber) -> None:
    subscriber.telegram.post("Пост")

    taken = await subscriber.wait()

    assert (taken, subscriber.heard) == (1, [(10_001, "our-secret")])


async def test_failed_delivery_is_repeated_further_and_further_apart(
    subscriber: Subscriber,
) -> None:
    subscriber.answers = [httpx.Response(500) for _ in range(3)]
    subscriber.telegram.post("Пост")

    counts = []
    for seconds in (0, 1, 1, 1, 1, 1, 1, 1):
        await subscriber.wait(seconds=seconds)
        counts.append(len(subscriber.heard))

    assert counts == [1, 2, 2, 3, 3, 3, 3, 4]
    info = (await ask(subscriber.telegram, "getWebhookInfo")).json()["result"]
    assert info["last_error_message"] == "Wrong response from the webhook: 500"


async def test_retry_after_is_honoured_up_to_an_hour(subscriber: Subscriber) -> None:
    subscriber.answers = [httpx.Response(503, headers={"Retry-After": "9999"})]
    subscriber.telegram.post("Пост")

    await subscriber.wait()
    too_early = await subscriber.wait(minutes=59)
    in_time = await subscriber.wait(minutes=1)

    assert (too_early, in_time) == (0, 1)


async def test_gone_subscriber_hears_no_more(subscriber: Subscriber) -> None:
    subscriber.answers = [httpx.Response(410)]
    subscriber.telegram.post("Пост")
    await subscriber.wait()
    subscriber.telegram.post("Ещё")

    await subscriber.wait(minutes=5)

    assert len(subscriber.heard) == 1


async def test_update_of_yesterday_is_dropped(subscriber: Subscriber) -> None:
    subscriber.answers = [httpx.Response(503, headers={"Retry-After": "3600"})] * 25
    subscriber.telegram.post("Пост")
    for _ in range(24):
        await subscriber.wait(hours=1)

    await subscriber.wait(hours=2)

    info = (await ask(subscriber.telegram, "getWebhookInfo")).json()["result"]
    assert (len(subscriber.heard), info["pending_update_count"]) == (24, 0)


async def test_delivery_plan_repeats_and_forges(subscriber: Subscriber) -> None:
    subscriber.telegram.deliver(DeliveryMode.DUPLICATE)
    subscriber.telegram.deliver(DeliveryMode.FORGE)
    subscriber.telegram.post("Дважды")
    subscriber.telegram.post("Чужой секрет")

    await subscriber.wait()

    assert subscriber.heard == [
        (10_001, "our-secret"),
        (10_001, "our-secret"),
        (10_002, "forged"),
        (10_002, "our-secret"),
    ]
