"""A webhook believes its secret alone, and reads each delivery by itself."""

import json
from collections.abc import Mapping
from typing import Any

import httpx
import pytest

from infra.sandbox.networks.max import TOKEN
from infra.sandbox.stage.plans import DeliveryMode
from services.ingest.sources.connector import Delivery, Reception
from services.ingest.sources.max import MaxHook
from services.ingest.sources.secret_hook import LARGEST_UPDATE
from tests.factories import NOW
from tests.services.ingest.sources.archive import Archive
from tests.services.ingest.sources.max.sandbox import MaxServer
from tests.services.ingest.sources.max.worlds import BOT

SECRET = "hush-1"
HEADER = "x-max-bot-api-secret"
UPDATE = {
    "update_type": "message_created",
    "timestamp": int(NOW.timestamp() * 1000),
    "message": {
        "recipient": {"chat_id": -70_000_000_000_009, "chat_type": "chat"},
        "timestamp": int(NOW.timestamp() * 1000),
        "body": {"mid": "mid.1", "seq": 1, "text": "Яма"},
    },
}


def receive(
    body: bytes | Mapping[str, Any],
    *,
    method: str = "POST",
    secret: str | None = SECRET,
    ours: str = SECRET,
) -> Reception:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {} if secret is None else {HEADER: secret}
    delivery = Delivery(method, headers, {}, raw)
    return MaxHook().receive(BOT, delivery, {"secret": ours}, NOW)


def test_delivery_with_the_secret_is_taken() -> None:
    reception = receive(UPDATE)

    at = UPDATE["timestamp"]
    assert (reception.status, reception.event_id) == (
        200,
        f"message_created:mid.1:{at}",
    )
    assert reception.fetched is not None
    (post,) = reception.fetched.posts
    assert (post.post.external_id, post.post.text, post.seen) == ("mid.1", "Яма", False)


@pytest.mark.parametrize("secret", ["hush-2", "", None, "hush-1 ", "ключ"])
def test_stranger_is_refused(secret: str | None) -> None:
    reception = receive(UPDATE, secret=secret)

    assert (reception.status, reception.fetched) == (403, None)


def test_hook_without_a_secret_believes_nobody() -> None:
    assert receive(UPDATE, secret="", ours="").status == 403


def test_other_methods_and_very_large_bodies_are_refused() -> None:
    statuses = [
        receive(UPDATE, method="GET").status,
        receive(b" " * (LARGEST_UPDATE + 1)).status,
    ]

    assert statuses == [405, 413]


@pytest.mark.parametrize("body", [b"", b"{", b"[" * 100_000])
def test_what_is_no_json_is_taken_and_counted(body: bytes) -> None:
    reception = receive(body)

    assert reception.status == 200
    assert reception.fetched is not None
    assert reception.fetched.unknown == {"no json": 1}


@pytest.mark.parametrize("body", [b"7", b"{}", b'{"update_type": "message_sung"}'])
def test_unknown_update_is_taken_and_counted(body: bytes) -> None:
    reception = receive(body)

    assert (reception.status, reception.event_id) == (200, None)
    assert reception.fetched is not None
    assert sum((reception.fetched.unknown or {}).values()) == 1


def test_removed_bot_is_noted() -> None:
    reception = receive({"update_type": "bot_removed", "chat_id": -7, "timestamp": 1})

    assert reception.fetched is not None
    assert reception.fetched.note == "-7: the bot was removed"


class Subscriber:
    """Our hook behind the fake's webhook; events are taken once, as the store does."""

    def __init__(self) -> None:
        self.archive = Archive()
        self.events: list[str | None] = []
        self.statuses: list[int] = []
        transport = httpx.MockTransport(self._receive)
        self.max = MaxServer(push=httpx.AsyncClient(transport=transport))

    def _receive(self, request: httpx.Request) -> httpx.Response:
        headers = {name.lower(): value for name, value in request.headers.items()}
        delivery = Delivery("POST", headers, {}, request.content)
        now = self.max.now
        reception = MaxHook().receive(BOT, delivery, {"secret": SECRET}, now)
        self.statuses.append(reception.status)
        if reception.fetched is not None and reception.event_id not in self.events:
            self.archive.take(reception.fetched.posts, now)
        self.events.append(reception.event_id)
        return httpx.Response(reception.status)

    async def subscribe(self) -> None:
        await self.max.http.post(
            "http://max.invalid/max/subscriptions",
            json={"url": "https://otklik.example/hook", "secret": SECRET},
            headers={"Authorization": TOKEN},
        )

    async def wait(self, **by: float) -> None:
        self.max.forward(**by)
        await self.max.networks.tick("max")


@pytest.fixture
async def subscriber() -> Subscriber:
    made = Subscriber()
    await made.subscribe()
    return made


async def test_what_happens_is_pushed(subscriber: Subscriber) -> None:
    server = subscriber.max
    item = server.post("Пост")
    comment = server.comment(item, "Яма")
    server.comment(item, "Снесите")
    await subscriber.wait()
    server.edit(comment, "Яма на Лесной")
    server.delete(server.stage.comments(server.code, item.id)[-1])

    await subscriber.wait(seconds=1)

    assert subscriber.archive.standing == server.standing()


@pytest.mark.parametrize(
    "mode",
    [
        DeliveryMode.DUPLICATE,
        DeliveryMode.REORDER,
        DeliveryMode.DELAY,
        DeliveryMode.DROP,
        DeliveryMode.OUTAGE,
        DeliveryMode.FORGE,
    ],
)
async def test_deliveries_that_go_astray_lose_nothing(
    subscriber: Subscriber, mode: DeliveryMode
) -> None:
    server = subscriber.max
    item = server.post("Пост")
    await subscriber.wait()
    server.deliver(mode, seconds=30)
    comment = server.comment(item, "Яма")
    server.forward(seconds=1)
    server.edit(comment, "Яма на Лесной")
    server.comment(item, "И у нас")

    for _ in range(3):
        await subscriber.wait(minutes=1)

    assert subscriber.archive.standing == server.standing()
    assert (403 in subscriber.statuses) is (mode is DeliveryMode.FORGE)


async def test_late_new_of_what_was_deleted_stays_deleted(
    subscriber: Subscriber,
) -> None:
    server = subscriber.max
    server.deliver(DeliveryMode.DELAY, seconds=90)
    item = server.post("Снесите")
    server.forward(seconds=1)
    server.delete(item)

    for _ in range(3):
        await subscriber.wait(minutes=1)

    assert subscriber.archive.standing == {}
