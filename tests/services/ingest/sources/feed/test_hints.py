"""A feed's wishes: how often it is read, and when not at all."""

from datetime import UTC, datetime, timedelta

import pytest

from services.ingest.sources.feed_hints import hints_of, pause_of, rest_of

TUESDAY = datetime(2025, 11, 11, 9, 20, tzinfo=UTC)


@pytest.mark.parametrize(
    ("ttl", "wait"),
    [
        ("30", timedelta(minutes=30)),
        ("9999", timedelta(days=1)),
        ("0", None),
        ("-5", None),
        ("9" * 50, None),
        ("soon", None),
    ],
)
def test_a_feed_may_wish_not_to_be_read_often(ttl: str, wait: timedelta | None) -> None:
    assert pause_of(hints_of(b"<rss>", {"ttl": ttl}), TUESDAY) == wait


@pytest.mark.parametrize(
    ("written", "hints"),
    [
        ("<skipHours><hour>0</hour><hour> 23 </hour></skipHours>", {"hours": [0, 23]}),
        ("<SKIPHOURS>\n<hour>24</hour></SKIPHOURS>", {"hours": [0]}),
        ("<skipDays><day>Sunday</day><day>sat</day></skipDays>", {"days": [5, 6]}),
        ("<skipHours><hour>soon</hour><hour>-1</hour></skipHours>", {}),
        ("<skipDays><day>someday</day></skipDays>", {}),
        ("<skipHours></skipHours><skipDays/>", {}),
        ("<skipHours><hour>3</hour>", {}),
    ],
)
def test_hours_and_days_are_read_as_they_are_written(
    written: str, hints: dict[str, list[int]]
) -> None:
    document = f"<rss version='2.0'><channel>{written}<item/></channel></rss>"

    assert hints_of(document.encode(), {}) == hints


def test_who_wishes_never_to_be_read_is_not_heard() -> None:
    hours = "".join(f"<hour>{n}</hour>" for n in range(24))

    assert hints_of(f"<skipHours>{hours}</skipHours>".encode(), {}) == {}


@pytest.mark.parametrize(
    ("hints", "rest"),
    [
        ({}, None),
        ({"hours": [8, 10]}, None),
        ({"hours": [9]}, timedelta(minutes=40)),
        ({"hours": [9, 10, 12]}, timedelta(hours=1, minutes=40)),
        ({"days": [0, 2]}, None),
        ({"days": [1]}, timedelta(hours=14, minutes=40)),
        ({"days": [1], "hours": [0, 1]}, timedelta(hours=16, minutes=40)),
        ({"days": [1, 2, 3]}, timedelta(days=1)),
    ],
)
def test_it_is_left_alone_until_the_end_of_what_it_skips(
    hints: dict[str, list[int]], rest: timedelta | None
) -> None:
    assert rest_of(hints, TUESDAY) == rest


def test_a_pause_that_would_end_in_a_skipped_hour_ends_after_it() -> None:
    hints = {"ttl": 60, "hours": [10, 11]}

    assert pause_of(hints, TUESDAY) == timedelta(hours=2, minutes=40)
