"""A webhook believes its secret alone, and reads each delivery by itself."""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from services.ingest.sources.connector import Delivery, Reception
from services.ingest.sources.secret_hook import LARGEST_UPDATE
from services.ingest.sources.telegram import TelegramHook
from tests.factories import NOW
from tests.services.ingest.sources.telegram.worlds import BOT

SECRET = "hush-1"
HEADER = "x-telegram-bot-api-secret-token"
CHANNEL = {"id": -1000900000001, "type": "channel", "username": "Test_District"}
GROUP = {"id": -1000950000001, "type": "supergroup", "title": "Чат"}
DATE = int(NOW.timestamp())


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
    return TelegramHook().receive(BOT, delivery, {"secret": ours}, NOW)


def update(number: int = 10, **message: Any) -> dict[str, Any]:  # noqa: ANN401 -- JSON
    usual = {"message_id": 7, "chat": GROUP, "date": DATE, "text": "Яма"}
    return {"update_id": number, "message": {**usual, **message}}


def test_delivery_with_the_secret_is_taken() -> None:
    reception = receive(update())

    assert (reception.status, reception.event_id) == (200, "10")
    assert reception.fetched is not None
    (post,) = reception.fetched.posts
    assert (post.post.external_id, post.post.text) == ("c/950000001/7", "Яма")


@pytest.mark.parametrize("secret", ["hush-2", "", None, "hush-1 ", "ключ"])
def test_stranger_is_refused(secret: str | None) -> None:
    reception = receive(update(), secret=secret)

    assert (reception.status, reception.fetched) == (403, None)


def test_hook_without_a_secret_believes_nobody() -> None:
    assert receive(update(), secret="", ours="").status == 403


def test_only_posting_is_a_delivery() -> None:
    assert receive(update(), method="GET").status == 405


def test_huge_body_is_not_read() -> None:
    assert receive(b" " * (LARGEST_UPDATE + 1)).status == 413


@pytest.mark.parametrize(
    ("body", "counted"),
    [
        (b"{broken", {"no json": 1}),
        (b"[" * 100_000, {"no json": 1}),
        (b"[]", {"update": 1}),
        (b'{"update_id": 3, "hologram": {}}', {"update:hologram": 1}),
    ],
    ids=["broken", "too deep", "no update", "unknown"],
)
def test_what_can_not_be_read_is_counted_and_not_asked_for_again(
    body: bytes, counted: dict[str, int]
) -> None:
    reception = receive(body)

    assert reception.status == 200
    assert reception.fetched is not None
    assert (reception.fetched.posts, reception.fetched.unknown) == ((), counted)


def test_comment_finds_the_post_it_answers() -> None:
    origin = {"type": "channel", "chat": CHANNEL, "message_id": 501, "date": DATE}
    copy = {
        "message_id": 6,
        "chat": GROUP,
        "date": DATE,
        "is_automatic_forward": True,
        "forward_origin": origin,
    }

    reception = receive(update(message_thread_id=6, reply_to_message=copy))

    assert reception.fetched is not None
    (post,) = reception.fetched.posts
    assert post.post.parent_id == "test_district/501"


def test_captioned_part_of_an_album_is_taken_at_once() -> None:
    reception = receive(update(text="", caption="Фото", media_group_id="8", photo=[]))

    assert reception.fetched is not None
    assert [each.post.text for each in reception.fetched.posts] == ["Фото"]


def test_author_is_in_nothing_that_comes() -> None:
    reception = receive(
        update(
            sender_chat={"id": 700000021, "title": "Олеся"},
            contact={"phone_number": "+79000000001"},
            forward_origin={"type": "hidden_user", "sender_user_name": "Пётр"},
            entities=[{"type": "text_mention", "offset": 0, "length": 3}],
        )
    )

    told = repr(reception)
    hidden = ("700000021", "Олеся", "+79000000001", "Пётр")
    assert [each for each in hidden if each in told] == []
    assert "@…" in told


def test_clock_of_the_network_may_run_ahead() -> None:
    ahead = DATE + int(timedelta(minutes=10).total_seconds())

    reception = receive(update(date=ahead))

    assert reception.fetched is not None
    assert len(reception.fetched.posts) == 1
