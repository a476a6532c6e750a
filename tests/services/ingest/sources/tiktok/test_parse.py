"""Reading TikTok's videos and comments."""

import json
from collections import Counter
from datetime import UTC, datetime
from typing import Any

import pytest

from services.ingest.domain.checks import Refused
from services.ingest.sources.tiktok.parse import (
    Item,
    comment_of,
    number_of,
    second_of,
    video_of,
)
from services.ingest.sources.tiktok.shapes import alive
from tests.factories import NOW

VIDEO = 7_500_000_000_000_000_001
AT = 1_762_851_600


def video(**more: Any) -> Item:  # noqa: ANN401 -- JSON
    told = {"id": VIDEO, "video_description": "Яма #ямы", "create_time": AT} | more
    item = video_of(told, Counter())
    assert item is not None
    return item


def comment(**more: Any) -> Item:  # noqa: ANN401 -- JSON
    told = {"id": VIDEO + 101, "video_id": VIDEO, "text": "У нас так же"} | more
    item = comment_of(told, Counter(), video=VIDEO)
    assert item is not None
    return item


def test_long_ids_stay_exact_as_numbers_and_in_what_is_kept() -> None:
    data = json.loads(f'{{"id": {VIDEO}, "video_id": {VIDEO - 1}, "text": "a"}}')

    item = comment_of(data, Counter(), video=VIDEO - 1)

    assert item is not None
    assert item.key == f"comment:{VIDEO}"
    assert item.raw == {"id": str(VIDEO), "video_id": str(VIDEO - 1), "text": "a"}


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (VIDEO, VIDEO),
        (str(VIDEO), VIDEO),
        (2**63, None),
        ("9" * 30, None),
        (0, None),
        (-5, None),
        (True, None),
        (1.5, None),
        ("x", None),
        (None, None),
    ],
)
def test_only_an_id_is_an_id(value: object, number: int | None) -> None:
    assert number_of(value) == number


def test_an_id_tells_the_second() -> None:
    assert second_of(AT << 32 | 5) == AT


def test_what_is_said_follows_what_is_written() -> None:
    assert video(voice_to_text=" Дорога разбита ").text == "Яма #ямы\n\nДорога разбита"
    assert video(video_description=None, voice_to_text="").text == ""


def test_counters_that_are_not_told_are_absent() -> None:
    item = video(like_count=10, comment_count=None, view_count=-1, share_count=True)

    assert item.metrics == {"likes": 10}


@pytest.mark.parametrize("above", [VIDEO, 0, None, str(VIDEO)])
def test_a_comment_of_the_first_level_answers_the_video(above: object) -> None:
    assert comment(parent_comment_id=above).above == 0


def test_a_reply_answers_its_comment() -> None:
    post = alive(comment(parent_comment_id=5), account="", edited_at=None, now=NOW)

    assert post is not None
    assert post.post.parent_id == "comment:5"
    assert post.date_guessed


def test_nothing_tells_who_made_it() -> None:
    item = video(username="ivan_test", display_name="Иван", video_mention_list=["ivan"])

    assert "van" not in repr(item)


def test_unknown_shapes_are_counted() -> None:
    unknown: Counter[str] = Counter()

    found = [
        video_of({"id": "x"}, unknown),
        comment_of({}, unknown, video=VIDEO),
        video_of({"id": 5, "hologram": 1}, unknown),
    ]

    assert [each is None for each in found] == [True, True, False]
    assert dict(unknown) == {
        "video without id": 1,
        "comment without id": 1,
        "field: hologram": 1,
    }


@pytest.mark.parametrize("told", [None, "soon", True, -1])
def test_without_a_time_it_is_guessed(told: object) -> None:
    post = alive(video(create_time=told), account="", edited_at=None, now=NOW)

    assert post is not None
    assert (post.date_guessed, post.post.published_at) == (True, NOW)


@pytest.mark.parametrize(
    "told", [10**18, 5, int(datetime(2040, 1, 1, tzinfo=UTC).timestamp())]
)
def test_a_time_no_clock_meant_is_refused(told: int) -> None:
    with pytest.raises(Refused, match="create_time"):
        alive(video(create_time=told), account="", edited_at=None, now=NOW)


def test_only_a_watched_accounts_videos_name_it() -> None:
    ours = alive(video(), account="test.oblast", edited_at=None, now=NOW)
    theirs = alive(video(), account="", edited_at=None, now=NOW)

    assert ours is not None
    assert theirs is not None
    assert [(each.post.url, each.from_page) for each in (ours, theirs)] == [
        (f"https://www.tiktok.com/@test.oblast/video/{VIDEO}", True),
        (f"https://www.tiktok.com/@/video/{VIDEO}", False),
    ]


def test_a_video_without_words_is_no_post() -> None:
    assert (
        alive(video(video_description=" "), account="", edited_at=None, now=NOW) is None
    )
