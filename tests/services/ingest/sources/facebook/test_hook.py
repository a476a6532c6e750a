"""Facebook's webhook believes a signature over the very bytes, and reads ids."""

import json
from datetime import timedelta
from typing import Any

import pytest

from services.ingest.domain.posts import PostKind
from services.ingest.sources.base import Evidence
from services.ingest.sources.connector import Delivery, Reception
from services.ingest.sources.facebook import FacebookHook
from tests.factories import NOW
from tests.services.ingest.sources.facebook.hooks import SECRETS, delivery
from tests.services.ingest.sources.facebook.world import NUMBER, PLACE

POST = f"{NUMBER}_2000001"
COMMENT = "2000001_4000002"
WRITTEN = int((NOW - timedelta(hours=1)).timestamp())


def receive(told: Delivery, secrets: dict[str, str] = SECRETS) -> Reception:
    return FacebookHook().receive(PLACE, told, secrets, NOW)


def asked(**query: str) -> Delivery:
    usual = {
        "hub.mode": "subscribe",
        "hub.challenge": "1158201444",
        "hub.verify_token": "our-word",
    }
    return Delivery("GET", {}, {**usual, **query}, b"")


def change(field: str = "feed", **value: object) -> dict[str, Any]:
    usual = {
        "item": "comment",
        "verb": "add",
        "post_id": POST,
        "comment_id": COMMENT,
        "parent_id": POST,
        "from": {"id": "3002", "name": "Ирина Тестова"},
        "created_time": WRITTEN,
    }
    return {"field": field, "value": {**usual, **value}}


def batch(*changes: dict[str, Any], page: str = NUMBER) -> dict[str, Any]:
    entry = {"id": page, "time": WRITTEN, "changes": list(changes)}
    return {"object": "page", "entry": [entry]}


def test_challenge_is_answered_to_who_knows_our_word() -> None:
    assert receive(asked()) == Reception(200, "1158201444")


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"hub.verify_token": "our-wor"}, 403),
        ({"hub.verify_token": "наше слово"}, 403),
        ({"hub.mode": "unsubscribe"}, 403),
        ({"hub.challenge": ""}, 400),
        ({"hub.challenge": "1" * 201}, 400),
        ({"hub.challenge": "1\r\n2"}, 400),
    ],
)
def test_challenge_of_others_is_not(query: dict[str, str], status: int) -> None:
    reception = receive(asked(**query))

    assert (reception.status, reception.body) == (status, "")


@pytest.mark.parametrize("missing", ["verify_token", "app_secret"])
def test_without_our_secrets_meta_shall_come_again(missing: str) -> None:
    secrets = {name: each for name, each in SECRETS.items() if name != missing}

    receptions = [receive(each, secrets) for each in (asked(), delivery(batch()))]

    assert [each.status for each in receptions] == [503, 503]
    assert receptions[0].retry_after == timedelta(minutes=5)


def test_signature_must_be_of_these_bytes_and_our_secret() -> None:
    good = delivery(batch(change()))
    headers = dict(good.headers)
    name = "x-hub-signature-256"
    bad = [
        delivery(batch(change()), secret="other"),
        Delivery("POST", {}, {}, good.body),
        Delivery("POST", headers, {}, good.body + b" "),
        Delivery("POST", {name: headers[name].removeprefix("sha256=")}, {}, good.body),
        Delivery("POST", {name: "sha256=ключ"}, {}, good.body),
    ]

    assert [receive(each) for each in bad] == [Reception(403)] * 5
    assert receive(good).status == 200


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_events_are_posted(method: str) -> None:
    assert receive(delivery(batch(change()), method=method)).status == 400


def test_body_that_is_too_large_is_refused() -> None:
    assert receive(delivery(b" " * 4_000_001)).status == 400


def test_new_comment_is_read_by_its_id_and_nothing_else_is_believed() -> None:
    reception = receive(delivery(batch(change(message="Нет света"))))

    assert reception.fetched is not None
    assert (reception.fetched.posts, reception.fetched.unknown) == ((), None)
    assert reception.touched == (f"{POST}/{COMMENT}",)
    assert reception.again


@pytest.mark.parametrize("verb", ["add", "edited", "hide", "unhide", "remove"])
def test_whatever_happens_to_a_thing_it_is_read_again(verb: str) -> None:
    comment = receive(delivery(batch(change(verb=verb))))
    post = receive(delivery(batch(change(verb=verb, item="status", comment_id=None))))

    assert (comment.touched, post.touched) == ((f"{POST}/{COMMENT}",), (POST,))


def test_removed_comment_is_gone_by_its_event() -> None:
    reception = receive(delivery(batch(change(verb="remove", parent_id="2000001_4"))))

    assert reception.fetched is not None
    (fetched,) = reception.fetched.posts
    post = fetched.post
    assert (post.external_id, post.parent_id) == (
        f"comment:{COMMENT}",
        "comment:2000001_4",
    )
    assert (post.kind, post.deleted, post.edited_at) == (PostKind.COMMENT, True, NOW)
    assert (fetched.evidence, post.source) == (Evidence.EVENT, f"facebook:{NUMBER}")
    assert post.published_at == NOW - timedelta(hours=1)
    assert "Ирина" not in repr(reception)


def test_removed_post_is_gone_by_its_event() -> None:
    told = change(verb="remove", item="photo", comment_id=None, created_time=None)

    reception = receive(delivery(batch(told)))

    assert reception.fetched is not None
    (fetched,) = reception.fetched.posts
    assert (fetched.post.external_id, fetched.date_guessed) == (f"post:{POST}", True)


def test_removal_with_an_impossible_time_is_refused_and_read_again() -> None:
    reception = receive(delivery(batch(change(verb="remove", created_time=10**14))))

    assert reception.fetched is not None
    assert (reception.fetched.posts, len(reception.fetched.refused)) == ((), 1)
    assert reception.touched == (f"{POST}/{COMMENT}",)


def test_batch_is_read_whole_and_each_thing_once() -> None:
    body = batch(change(), change(verb="edited"), change(comment_id="2000001_4000003"))
    body["entry"].append({"id": NUMBER, "changes": [change("mention", item="post")]})

    reception = receive(delivery(body))

    assert reception.touched == (
        f"{POST}/{COMMENT}",
        f"{POST}/2000001_4000003",
        POST,
    )


def test_same_delivery_has_the_same_id() -> None:
    first, again = (receive(delivery(batch(change()))) for _ in range(2))
    other = receive(delivery(batch(change(verb="edited"))))

    assert first.event_id == again.event_id != other.event_id


@pytest.mark.parametrize(
    ("body", "unknown"),
    [
        (b"{", "no json"),
        (b"[" * 100_000, "no json"),
        (b"[]", "object: None"),
        ({"object": "user"}, "object: user"),
        (batch(change(), page="999"), "entry of another page"),
        (batch({"field": "feed", "value": 7}), "change without value"),
        (batch(change(item="hologram")), "item: hologram"),
        (batch(change("rumours")), "field: rumours"),
        (batch(change(comment_id="../me")), "comment without id"),
        (batch(change(item="post", post_id="1000001")), "post without id"),
        ({"object": "page", "entry": [7]}, "entry of another page"),
    ],
)
def test_what_can_not_be_read_is_counted(
    body: bytes | dict[str, Any], unknown: str
) -> None:
    reception = receive(delivery(body))

    assert reception.fetched is not None
    assert (reception.status, reception.touched) == (200, ())
    assert reception.fetched.unknown == {unknown: 1}


@pytest.mark.parametrize(
    "told", [change(item="reaction"), change(item="like"), change("ratings")]
)
def test_what_is_no_post_is_ignored(told: dict[str, Any]) -> None:
    reception = receive(delivery(batch(told)))

    assert reception.fetched is not None
    assert (reception.touched, reception.fetched.unknown) == ((), None)


def test_bytes_are_signed_as_they_come_not_as_they_are_read() -> None:
    raw = json.dumps(batch(change(message="Яма")), ensure_ascii=False, indent=1)

    assert receive(delivery(raw.encode())).status == 200
