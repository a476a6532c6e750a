"""Posts and comments of VK are read whatever shape they have this year."""

from collections import Counter
from datetime import UTC, datetime
from typing import Any

import pytest

from services.ingest.domain.checks import Refused
from services.ingest.domain.posts import IncomingPost, Network, PostKind
from services.ingest.sources.base import FetchedPost
from services.ingest.sources.vk.parse import Item, comment_of, flat, post_of
from services.ingest.sources.vk.shapes import alive
from tests.services.ingest.sources.vk.bodies import (
    OWNER,
    RESIDENT,
    comment,
    photo,
    post,
)

NOW = datetime(2026, 11, 11, 9, 0, tzinfo=UTC)


def _post(**fields: Any) -> Item:  # noqa: ANN401 -- JSON
    item = post_of(post(**fields), Counter())
    assert item is not None
    return item


def _comment(**fields: Any) -> Item:  # noqa: ANN401 -- JSON
    item = comment_of(comment(**fields), Counter())
    assert item is not None
    return item


def _alive(item: Item) -> FetchedPost:
    fetched = alive(item, edited_at=None, now=NOW)
    assert fetched is not None
    return fetched


def test_a_post_is_taken_in_without_its_author() -> None:
    fetched = _alive(_post(from_id=RESIDENT, signer_id=RESIDENT))

    assert fetched.post == IncomingPost(
        network=Network.VK,
        source="vk:-900000001",
        external_id="wall:-900000001_4101",
        kind=PostKind.POST,
        parent_id=None,
        url="https://vk.com/wall-900000001_4101",
        text="Закрыли ямы на Садовой",
        published_at=datetime(2026, 10, 26, 7, 33, 20, tzinfo=UTC),
        metrics={"likes": 12, "reposts": 2, "views": 1530, "comments": 3},
    )
    assert (fetched.from_page, str(RESIDENT) in repr(fetched)) == (False, False)


def test_a_comment_knows_what_it_answers() -> None:
    answer = _comment(parents_stack=[4105, 4108], reply_to_comment=4108)
    first = _comment()

    assert (answer.key, answer.parent_key) == (
        f"wallreply:{OWNER}_4110",
        f"wallreply:{OWNER}_4108",
    )
    assert answer.url == f"https://vk.com/wall{OWNER}_4101?reply=4110&thread=4105"
    assert (first.parent_key, first.url) == (
        f"wall:{OWNER}_4101",
        f"https://vk.com/wall{OWNER}_4101?reply=4110",
    )


def test_the_last_of_the_stack_is_answered_when_vk_does_not_say() -> None:
    assert _comment(parents_stack=[4105, 4108]).parent == 4108


@pytest.mark.parametrize(
    ("item", "is_by_page"),
    [
        (_post(), True),
        (_post(from_id=RESIDENT), False),
        (_post(signer_id=RESIDENT), False),
        (_post(from_id=-5), False),
        (_comment(from_id=OWNER), True),
        (_comment(from_id=-5), False),
        (_comment(from_id=0), False),
        (_post(owner_id=RESIDENT, from_id=RESIDENT), False),
    ],
)
def test_what_the_page_itself_wrote_is_marked(item: Item, *, is_by_page: bool) -> None:
    assert item.by_page is is_by_page


def test_a_repost_brings_the_inner_text_and_both_keys() -> None:
    inner = post(55, owner_id=-900000003, text="Отключат воду")
    bare = _post(text="", copy_history=[inner])
    said = _post(text="Опять!", copy_history=[inner])

    assert (bare.text, bare.parent_key) == ("Отключат воду", "wall:-900000003_55")
    assert said.text == "Опять!\n\nОтключат воду"


def test_counters_vk_does_not_show_are_absent() -> None:
    bare = _post(views=None, likes={}, reposts={"count": "many"}, comments=[])

    assert (bare.metrics, bare.comments) == ({}, None)


def test_likes_of_a_comment_need_to_be_asked_for() -> None:
    assert (_comment().metrics, _comment(likes=None).metrics) == ({"likes": 3}, {})


def test_unknown_attachments_are_kept_and_counted() -> None:
    unknown: Counter[str] = Counter()
    attachments = [photo(), {"type": "hologram", "hologram": {}}, {}, "text"]

    item = post_of(post(attachments=attachments), unknown)

    assert unknown == {"attachment: hologram": 1, "attachment: None": 2}
    assert item is not None
    kinds = [each["type"] for each in item.raw["attachments"][:2]]
    assert kinds == ["photo", "hologram"]


@pytest.mark.parametrize(
    "data", [None, "text", [], {}, {"id": "5"}, {"id": True}, {"id": 0}]
)
def test_what_has_no_id_is_counted(data: object) -> None:
    unknown: Counter[str] = Counter()

    assert (post_of(data, unknown), comment_of(data, unknown)) == (None, None)
    assert unknown == {"item without id": 2}


@pytest.mark.parametrize("kind", ["suggest", "postpone", "post_ads"])
def test_what_is_not_public_is_not_taken(kind: str) -> None:
    unknown: Counter[str] = Counter()

    assert post_of(post(post_type=kind), unknown) is None
    assert unknown == {f"not public: {kind}": 1}


def test_a_kind_of_post_nobody_knows_is_taken_and_counted() -> None:
    unknown: Counter[str] = Counter()

    item = post_of(post(post_type="telepathy"), unknown)

    assert item is not None
    assert unknown == {"post_type: telepathy": 1}


def test_a_comment_among_search_results_is_a_comment() -> None:
    item = _post(post_type="reply", post_id=88)

    assert (item.kind, item.key, item.parent_key) == (
        PostKind.COMMENT,
        f"wallreply:{OWNER}_4101",
        f"wall:{OWNER}_88",
    )


@pytest.mark.parametrize("field", ["deleted", "is_deleted"])
def test_both_flags_of_deletion_are_read(field: str) -> None:
    gone = comment_of({"id": 5, "from_id": 0, field: True}, Counter())

    assert gone is not None
    assert (gone.deleted, _post(**{field: True}).deleted) == (True, True)


def test_threads_are_read_to_any_depth() -> None:
    deep = comment(4113, parents_stack=[4110, 4112])
    reply = comment(
        4112, parents_stack=[4110], thread={"count": 1, "items": [deep, None]}
    )
    item = _comment(thread={"count": 12, "items": [reply]})

    assert [each.id for each in flat([item])] == [4110, 4112, 4113]
    assert (item.replies_count, len(item.replies)) == (12, 1)


def test_endless_threads_end() -> None:
    nested = comment(1)
    for number in range(2, 40):
        nested = comment(number, thread={"count": 1, "items": [nested]})

    item = comment_of(nested, Counter())

    assert item is not None
    assert len(list(flat([item]))) == 11


def test_raw_has_no_person() -> None:
    raw = _post(
        from_id=RESIDENT,
        signer_id=RESIDENT,
        created_by=RESIDENT,
        attachments=[photo()],
        text=f"[id{RESIDENT}|Ирина Тестова], спасибо",
        copy_history=[post(55, from_id=RESIDENT, text=f"[id{RESIDENT}|Ирина]")],
    ).raw

    assert str(RESIDENT) not in repr(raw)
    assert "Ирина" not in repr(raw)
    assert raw["text"] == "[профиль], спасибо"


def test_a_post_without_words_is_no_post_yet() -> None:
    assert alive(_post(text=" "), edited_at=None, now=NOW) is None


@pytest.mark.parametrize("date", [0, 10**10, 10**30])
def test_a_date_no_clock_can_mean_is_refused(date: int) -> None:
    with pytest.raises(Refused, match="date"):
        alive(_post(date=date), edited_at=None, now=NOW)


def test_a_note_for_people_names_no_persons_wall() -> None:
    assert _post(owner_id=-900000007).label == "wall:-900000007_4101"
    assert _post(owner_id=700000012).label == "post on a person's wall"
