"""Pages of an edge, and times."""

from datetime import UTC, datetime

import pytest

from shared.networks.meta.edges import Page, is_id, page_of
from shared.networks.meta.times import moment_of, unix_of

CURSORS = {"cursors": {"before": "a", "after": "b"}}
NEXT = {"next": "https://graph.example/v25.0/1/feed?access_token=secret&after=c"}


@pytest.mark.parametrize(
    ("paging", "after"),
    [
        ({**CURSORS, **NEXT}, "b"),
        (NEXT, "c"),
        # Cursors stand on the last page, too.
        (CURSORS, None),
        ({**CURSORS, "next": None}, None),
        ({"next": "https://graph.example/v25.0/1/feed?until=5"}, None),
        ({"next": "https://[", "cursors": 5}, None),
        (None, None),
        ([], None),
    ],
)
def test_only_next_says_that_there_is_more(paging: object, after: str | None) -> None:
    assert page_of({"data": [1], "paging": paging}) == Page((1,), after)


def test_empty_page_may_have_a_next_one() -> None:
    assert page_of({"data": [], "paging": {**CURSORS, **NEXT}}) == Page((), "b")


def test_cursor_that_leads_to_itself_is_the_end() -> None:
    assert page_of({"data": [], "paging": {**CURSORS, **NEXT}}, "b") == Page((), None)


@pytest.mark.parametrize("answer", [{}, {"data": None}, {"data": {}}])
def test_what_has_no_data_is_no_page(answer: dict[str, object]) -> None:
    assert page_of(answer) is None


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("1000001", True),
        ("1000001_2000001", True),
        ("0", False),
        ("1_2_3", False),
        ("me", False),
        ("1/../2", False),
        ("²", False),
        (5, False),
    ],
)
def test_only_numbers_stand_in_paths(text: object, *, is_one: bool) -> None:
    assert is_id(text) is is_one


@pytest.mark.parametrize(
    ("told", "unix"),
    [
        ("2025-11-11T09:00:00+0000", 1_762_851_600),
        ("2025-11-11T12:00:00+03:00", 1_762_851_600),
        ("2025-11-11T09:00:00", 1_762_851_600),
        (1_762_851_600, 1_762_851_600),
        ("вчера", 0),
        ("0001-01-01T00:00:00+0000", 0),
        (None, 0),
        (True, 0),
        (-5, 0),
    ],
)
def test_times_are_read_in_both_forms(told: object, unix: int) -> None:
    assert unix_of(told) == unix


def test_unix_seconds_are_a_time_if_a_clock_can_mean_them() -> None:
    assert moment_of(1_762_851_600) == datetime(2025, 11, 11, 9, tzinfo=UTC)
    with pytest.raises(OverflowError):
        moment_of(10**18)
