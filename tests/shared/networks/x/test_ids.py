"""Ids of X, which tell the time, and links that name no author."""

from datetime import UTC, datetime, timedelta

import pytest

from shared.networks.x.ids import lowest_at, moment_of, number_of
from shared.networks.x.links import without_writers

AT = datetime(2025, 11, 11, 9, 0, 0, 123_000, tzinfo=UTC)


def test_id_tells_the_millisecond() -> None:
    lowest = lowest_at(AT)

    assert moment_of(lowest) == moment_of(lowest + 2**22 - 1) == AT
    assert moment_of(lowest - 1) == AT - timedelta(milliseconds=1)


def test_before_x_there_were_no_ids() -> None:
    assert lowest_at(datetime(2001, 1, 1, tzinfo=UTC)) == 0


@pytest.mark.parametrize(
    ("value", "number"),
    [
        ("1990000000000000002", 1_990_000_000_000_000_002),
        (17, 17),
        ("9223372036854775808", None),
        ("99999999999999999999", None),
        ("0", None),
        ("-1", None),
        ("١٢", None),
        (True, None),
        (None, None),
        (1.5, None),
    ],
)
def test_only_an_id_is_an_id(value: object, number: int | None) -> None:
    assert number_of(value) == number


@pytest.mark.parametrize(
    ("text", "without"),
    [
        (
            "смотри https://twitter.com/ivan_test/status/123?s=20 тут",
            "смотри https://x.com/i/web/status/123 тут",
        ),
        ("https://x.com/i/web/status/9", "https://x.com/i/web/status/9"),
        ("https://mobile.x.com/a/statuses/9/photo/1", "https://x.com/i/web/status/9"),
        ("https://notx.com/ivan/status/123", "https://notx.com/ivan/status/123"),
        ("просто слова", "просто слова"),
    ],
)
def test_links_to_posts_lose_their_authors(text: str, without: str) -> None:
    assert without_writers(text) == without
