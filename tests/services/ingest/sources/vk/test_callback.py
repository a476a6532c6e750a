"""VK delivers events to us late, twice, in any order; and strangers knock, too."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.ingest.sources.connector import Delivery, Reception, Token
from services.ingest.sources.vk.callback import VkHook, confirmation_code
from tests.services.ingest.sources.archive import Archive
from tests.services.ingest.sources.vk.bodies import (
    OWNER,
    RESIDENT,
    comment,
    deleted,
    event,
    post,
)
from tests.services.ingest.sources.vk.server import VkServer
from tests.services.ingest.sources.vk.test_contract import WALL

NOW = datetime(2026, 11, 11, 9, 0, tzinfo=UTC)
SECRETS = {"secret": "cb-secret", "confirmation": "c0de"}
KEY = f"wallreply:{OWNER}_4110"


def _receive(
    content: Any,  # noqa: ANN401 -- JSON
    *,
    secrets: dict[str, str] = SECRETS,
    at: datetime = NOW,
    retries: int = 0,
    method: str = "POST",
) -> Reception:
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    headers = {"x-retry-counter": str(retries)} if retries else {}
    return VkHook().receive(WALL, Delivery(method, headers, {}, body), secrets, at)


def _after(*events: Any) -> Archive:  # noqa: ANN401 -- JSON
    """Receive events a second apart and archive what they bring."""
    archive = Archive()
    for seconds, (content, retries) in enumerate(events):
        at = NOW + timedelta(seconds=seconds)
        reception = _receive(content, at=at, retries=retries)
        assert (reception.status, reception.body) == (200, "ok")
        assert reception.fetched is not None
        archive.take(reception.fetched.posts, at)
    return archive


NEW = (event("wall_reply_new", comment(text="Яма")), 0)
EDIT = (event("wall_reply_edit", comment(text="Яма и люк")), 0)
DELETE = (event("wall_reply_delete", deleted()), 0)
RESTORE = (event("wall_reply_restore", comment(text="Яма")), 0)


def test_confirmation_is_answered_with_the_code_alone() -> None:
    asked = {"type": "confirmation", "group_id": -OWNER, "secret": "cb-secret"}

    reception = _receive(asked)

    assert reception == Reception(200, "c0de")


def test_before_the_number_of_a_community_is_known_vk_shall_come_again() -> None:
    named = replace(WALL, native="@test_roads")
    body = json.dumps(event("wall_reply_new", comment(text="Яма"))).encode()

    reception = VkHook().receive(named, Delivery("POST", {}, {}, body), SECRETS, NOW)

    assert (reception.status, reception.fetched) == (503, None)


def test_without_the_code_vk_shall_come_again() -> None:
    asked = {"type": "confirmation", "group_id": -OWNER, "secret": "cb-secret"}

    reception = _receive(asked, secrets={"secret": "cb-secret"})

    assert (reception.status, reception.retry_after) == (503, timedelta(minutes=5))


@pytest.mark.parametrize("secret", [None, "", "cb-secre", "cb-secret2", 5, "с"])
def test_without_the_secret_nothing_is_read(secret: object) -> None:
    reception = _receive(event("wall_reply_new", comment(), secret=secret))

    assert reception == Reception(403)


def test_without_a_secret_of_ours_nothing_is_read() -> None:
    reception = _receive(NEW[0], secrets={})

    assert (reception.status, reception.fetched) == (503, None)


def test_another_community_shall_stop() -> None:
    assert _receive(event("wall_reply_new", comment(), group_id=5)).status == 410


@pytest.mark.parametrize(
    "body",
    [b"", b"ok", b"[]", b"[" * 100_000, b"\xff\xfe", b" " * 1_000_001, b"null"],
    ids=["empty", "text", "list", "deep", "bytes", "large", "null"],
)
def test_what_is_no_event_is_refused(body: bytes) -> None:
    assert _receive(body).status == 400


def test_an_event_is_posted() -> None:
    assert _receive(NEW[0], method="GET").status == 400


def test_an_event_has_its_id_so_that_it_counts_once() -> None:
    first, again = _receive(NEW[0]), _receive(NEW[0], retries=1)

    assert (first.event_id, again.event_id) == ("e1", "e1")
    assert (first.again, first.touched) == (False, ())
    assert (again.again, again.touched) == (False, ("+4101_4110",))


def test_a_new_post_is_taken_and_a_suggested_one_is_not() -> None:
    public = _after((event("wall_post_new", post(text="Яма")), 0))
    suggested = _receive(event("wall_post_new", post(post_type="suggest")))

    assert public.standing == {f"wall:{OWNER}_4101": "Яма"}
    assert suggested.fetched is not None
    assert suggested.fetched.posts == ()
    assert suggested.fetched.unknown == {"not public: suggest": 1}


@pytest.mark.parametrize(("text", "count"), [("", 0), ("Опять!", 1)])
def test_a_repost_counts_when_it_says_something(text: str, count: int) -> None:
    repost = post(
        9, owner_id=RESIDENT, from_id=RESIDENT, text=text, copy_history=[post()]
    )

    archive = _after((event("wall_repost", repost), 0))

    assert len(archive.standing) == count


@pytest.mark.parametrize(
    ("order", "text"),
    [
        ((NEW, EDIT), "Яма и люк"),
        ((EDIT, NEW), "Яма и люк"),
        ((NEW, EDIT, NEW), "Яма и люк"),
        ((NEW, DELETE), None),
        ((DELETE, NEW), None),
        ((NEW, DELETE, NEW), None),
        ((NEW, DELETE, RESTORE), "Яма"),
        ((NEW, DELETE, RESTORE, NEW), "Яма"),
        ((NEW, NEW), "Яма"),
        ((NEW, DELETE, DELETE, RESTORE), "Яма"),
    ],
)
def test_events_in_any_order_end_the_same(
    order: tuple[Any, ...], text: str | None
) -> None:
    assert _after(*order).standing == ({KEY: text} if text else {})


def test_an_edit_that_comes_late_does_not_win() -> None:
    older = (event("wall_reply_edit", comment(text="Ям")), 3)

    archive = _after(NEW, EDIT, older)

    assert archive.standing == {KEY: "Яма и люк"}


@pytest.mark.parametrize("sent", [EDIT, DELETE, RESTORE])
def test_what_has_changed_is_to_be_read_again(sent: tuple[Any, int]) -> None:
    reception = _receive(sent[0])

    assert (reception.again, reception.touched) == (True, ("4101_4110",))


@pytest.mark.parametrize(
    "content",
    [
        deleted(),
        {"post_owner_id": OWNER, "id": 4110, "deleter_id": RESIDENT, "post_id": 4101},
        {"id": 4110, "deleter_id": RESIDENT, "post_id": 4101},
    ],
)
def test_a_deletion_is_read_however_it_names_things(content: dict[str, Any]) -> None:
    archive = _after(NEW, (event("wall_reply_delete", content), 0))

    assert archive.standing == {}


def test_the_owner_of_the_wall_has_two_names() -> None:
    content = comment()
    del content["owner_id"]

    archive = _after((event("wall_reply_new", {**content, "post_owner_id": OWNER}), 0))

    assert list(archive.standing) == [KEY]


@pytest.mark.parametrize(
    ("kind", "parent", "key"),
    [
        ("board_post", {"topic_id": 31}, f"topic:{OWNER}_31_5"),
        ("photo_comment", {"photo_id": 31}, f"photo:{OWNER}_31_5"),
        ("video_comment", {"video_id": 31}, f"video:{OWNER}_31_5"),
        ("market_comment", {"item_id": 31}, f"market:{OWNER}_31_5"),
    ],
)
def test_comments_off_the_wall_are_taken_too(
    kind: str, parent: dict[str, int], key: str
) -> None:
    def told(action: str, text: str = "") -> tuple[Any, int]:
        content = {"id": 5, "date": 1793000060, "from_id": RESIDENT, **parent}
        return (event(f"{kind}_{action}", {**content, "text": text}), 0)

    new, edit, gone = told("new", "Яма"), told("edit", "Яма и люк"), told("delete")

    assert _after(new).standing == {key: "Яма"}
    assert _after(edit, new).standing == {key: "Яма и люк"}
    assert _after(new, gone, new).standing == {}
    assert _after(new, gone, told("restore", "Яма")).standing == {key: "Яма"}
    assert _after(told("new")).posts == {}


def test_unknown_events_are_counted_and_known_others_ignored() -> None:
    unknown = _receive(event("moon_landed", {"id": 1}))
    ignored = _receive(event("group_join", {"user_id": RESIDENT}))
    empty = _receive({"group_id": -OWNER, "secret": "cb-secret"})

    told = [each.fetched.unknown for each in (unknown, ignored, empty) if each.fetched]
    assert told == [{"event: moon_landed": 1}, None, {"event: None": 1}]
    assert {each.status for each in (unknown, ignored, empty)} == {200}


@pytest.mark.parametrize(
    ("kind", "content", "name"),
    [
        ("wall_reply_new", {"text": "Яма"}, "item without id"),
        ("wall_reply_delete", {"id": 5}, "deletion without id"),
        ("board_post_new", {"id": 5}, "topic comment without id"),
        ("wall_reply_new", None, "event: wall_reply_new"),
    ],
)
def test_an_event_without_what_it_needs_is_counted(
    kind: str,
    content: object,
    name: str,
) -> None:
    reception = _receive(event(kind, content))

    assert reception.fetched is not None
    assert reception.fetched.unknown == {name: 1}


def test_a_comment_from_a_far_future_is_refused_and_answered() -> None:
    reception = _receive(event("wall_reply_new", comment(date=10**10)))

    assert reception.fetched is not None
    assert reception.fetched.posts == ()
    assert reception.fetched.refused[0].startswith("wall_reply_new: date:")


def test_no_author_comes_with_an_event() -> None:
    receptions = [_receive(each) for each, _ in (NEW, EDIT, DELETE, RESTORE)]

    assert str(RESIDENT) not in repr(receptions)


async def test_the_code_is_asked_with_the_community_s_token() -> None:
    vk = VkServer()
    access = vk.access(
        Token("s", "service", {"token": "service-1"}),
        Token("c", "community", {"token": "community-1"}),
    )

    code = await confirmation_code(WALL, access)

    assert code == "c0de"
    assert vk.calls[0][:2] == ("groups.getCallbackConfirmationCode", "community-1")
