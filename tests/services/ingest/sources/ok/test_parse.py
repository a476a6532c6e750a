"""Reading OK's topics and comments."""

from collections import Counter
from datetime import UTC, datetime
from typing import Any

import pytest

from services.ingest.sources.ok.parse import (
    Unknown,
    comment_of,
    number_in,
    topic_of,
    topics_in,
)
from services.ingest.sources.ok.text import plain, topic_text
from shared.networks.ok.times import in_moscow, milliseconds, milliseconds_of

GROUP = "53000000000077"
TOPIC = 155_000_000_000_042


def topic(**more: Any) -> dict[str, Any]:  # noqa: ANN401 -- JSON
    block = {"type": "text", "text": "Нет света"}
    return {"id": str(TOPIC), "owner_ref": f"group:{GROUP}", "media": [block], **more}


def comment(**more: Any) -> dict[str, Any]:  # noqa: ANN401 -- JSON
    return {"id": "bXM6MQ==", "text": "И у нас", "type": "ACTIVE_MESSAGE", **more}


def read(data: dict[str, Any]) -> tuple[Any, Unknown]:
    unknown: Unknown = Counter()
    return comment_of(data, unknown, group=GROUP, topic=TOPIC), unknown


@pytest.mark.parametrize(
    ("data", "moment"),
    [
        ({"date": "2025-11-20 12:00:00"}, datetime(2025, 11, 20, 9, tzinfo=UTC)),
        # From 2011 to 2014 Moscow was four hours ahead.
        ({"date": "2013-01-20 12:00:00"}, datetime(2013, 1, 20, 8, tzinfo=UTC)),
        (
            {"date": "2025-11-20 12:00:00", "date_ms": None},
            datetime(2025, 11, 20, 9, tzinfo=UTC),
        ),
        (
            {"date": "2025-11-20 12:00:00", "date_ms": 1_763_629_200_123},
            datetime(2025, 11, 20, 9, 0, 0, 123_000, tzinfo=UTC),
        ),
        (
            {"created_ms": 1_763_629_200_000},
            datetime(2025, 11, 20, 9, tzinfo=UTC),
        ),
    ],
)
def test_times_are_milliseconds_or_moscows(
    data: dict[str, Any], moment: datetime
) -> None:
    assert milliseconds_of(data) == milliseconds(moment)


@pytest.mark.parametrize(
    "data", [{}, {"date": "вчера"}, {"date_ms": True}, {"date_ms": -5}, {"date": 7}]
)
def test_time_that_is_not_told_is_nought(data: dict[str, Any]) -> None:
    assert milliseconds_of(data) == 0


def test_filters_are_written_in_moscows_time() -> None:
    moment = datetime(2025, 11, 20, 21, 30, tzinfo=UTC)

    assert in_moscow(moment) == "2025-11-21 00:30:00"


def test_text_of_a_topic_is_that_of_its_text_blocks() -> None:
    unknown: Unknown = Counter()
    media = [
        {"type": "text", "text": "Первый"},
        {"type": "photo", "text": "подпись"},
        {"type": "text", "text_tokens": [{"type": "TEXT", "text": "Второй"}]},
        "мусор",
        {"type": "text"},
    ]

    assert topic_text(media, unknown) == "Первый\n\nВторой"
    assert unknown == {}


@pytest.mark.parametrize(
    "token",
    [
        {"type": "USER", "text": "Ирина Тестова"},
        {"type": "LINK", "text": "Ирина Тестова", "ref": "user:570000000012"},
        {"type": "MENTION", "text": "Ирина Тестова"},
    ],
)
def test_token_with_a_name_becomes_a_mark(token: dict[str, str]) -> None:
    tokens = [{"type": "TEXT", "text": "Спросите: "}, token]
    block = {"type": "text", "text": "Спросите: Ирина Тестова", "text_tokens": tokens}

    item = topic_of(topic(media=[block]), Counter())

    assert item is not None
    assert item.text == "Спросите: [профиль]"
    assert "Ирина" not in repr(item)
    assert "570000000012" not in repr(item)


def test_unknown_token_is_counted_and_kept() -> None:
    unknown: Unknown = Counter()
    block = {"type": "text", "text_tokens": [{"type": "RUNE", "text": "Яма"}, {}, 7]}

    assert (topic_text([block], unknown), unknown) == ("Яма", {"text token: RUNE": 1})


@pytest.mark.parametrize(
    ("text", "read_as"),
    [
        ("#u5700s#Ирина Тестова#u5700e#, свет есть?", "[профиль], свет есть?"),
        ("#u5700s#Ирина", "Ирина"),
        ("{media_topic:155}Яма{media_topic}", "Яма"),
        ("#ямы #дороги", "#ямы #дороги"),
        ("цена #u", "цена #u"),
    ],
)
def test_markup_is_taken_off_with_the_name_in_it(text: str, read_as: str) -> None:
    assert plain(text) == read_as


def test_name_of_who_is_answered_is_taken_out() -> None:
    data = comment(
        text="Ирина Тестова, передали", reply_to_name="Ирина Тестова", reply_to_id="5"
    )

    item, _ = read(data)

    assert item.text == "[профиль], передали"
    assert "Ирина" not in repr(item)


def test_comment_of_the_group_is_the_pages_own() -> None:
    by_ref, _ = read(comment(author_ref=f"group:{GROUP}"))
    by_id, _ = read(comment(author_id=GROUP))
    other, _ = read(comment(author_ref="group:53000000000099"))
    person, _ = read(comment(author_ref="user:570000000012", author_id="570000000012"))

    told = [each.by_page for each in (by_ref, by_id, other, person)]
    assert told == [True, True, False, False]


def test_topic_of_a_resident_is_not_the_pages_own() -> None:
    own = topic_of(topic(author_ref=f"group:{GROUP}"), Counter())
    foreign = topic_of(topic(author_ref="user:57"), Counter())

    assert own is not None
    assert foreign is not None
    assert (own.by_page, foreign.by_page) == (True, False)


@pytest.mark.parametrize("flag", ["removed", "deleted", "blocked"])
def test_removed_comment_is_known_by_its_flag(flag: str) -> None:
    item, unknown = read(comment(**{flag: True, "type": "REMOVED", "text": ""}))

    assert (item.removed, unknown) == (True, {})


@pytest.mark.parametrize("name", [None, 7, "", "x" * 300])
def test_comment_without_a_usable_id_is_counted(name: object) -> None:
    item, unknown = read(comment(id=name))

    assert (item, unknown) == (None, {"comment without id": 1})


def test_key_and_answered_comment_are_opaque() -> None:
    item, unknown = read(comment(reply_to_comment_id="bXM6MA==", like_count=3))

    assert item.key == f"GROUP_TOPIC:{TOPIC}:bXM6MQ=="
    assert (item.parent, item.metrics, unknown) == ("bXM6MA==", {"likes": 3}, {})


def test_strange_comment_is_counted_and_read() -> None:
    item, unknown = read(comment(type="HOLOGRAM", text=7))

    assert (item.text, unknown) == ("", {"comment type: HOLOGRAM": 1})


def test_counters_that_are_not_told_are_absent() -> None:
    summary = {"comments_count": 4, "discussion_type": "GROUP_TOPIC"}
    item = topic_of(topic(discussion_summary=summary, like_summary={}), Counter())

    assert item is not None
    assert item.metrics == {"comments": 4}


@pytest.mark.parametrize("data", [None, [], {"id": "x"}, {"id": True}, {"id": -3}])
def test_what_is_no_topic_is_counted(data: object) -> None:
    unknown: Unknown = Counter()

    assert (topic_of(data, unknown), unknown) == (None, {"topic without id": 1})


@pytest.mark.parametrize("answer", [None, [], {}, {"media_topics": None}])
def test_answer_without_topics_has_none(answer: object) -> None:
    assert list(topics_in(answer, Counter())) == []


def test_topics_stand_among_the_entities_too() -> None:
    found = topics_in({"entities": {"media_topics": [topic()]}}, Counter())

    assert [item.key for item in found] == [f"topic:{TOPIC}"]


def test_numbers_may_be_strings() -> None:
    data = {"a": "12", "b": 12, "c": "1.2", "d": True, "e": "²"}

    assert [number_in(data, name) for name in "abcde"] == [12, 12, None, None, None]
