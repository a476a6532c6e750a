"""When deadlines are settled, which version stays, complaints by day."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.reports import domain
from services.reports.domain import Complaint, DayKey

NOON = datetime(2026, 3, 11, 12, tzinfo=UTC)
EARLIER, LATER = NOON - timedelta(hours=2), NOON + timedelta(hours=2)


@pytest.mark.parametrize(
    ("deadline_at", "answered_at", "in_time", "expected"),
    [
        (NOON, EARLIER, True, EARLIER),
        (NOON, NOON, True, NOON),
        (NOON, LATER, False, NOON),
        (NOON, EARLIER, False, EARLIER),
        (None, NOON, True, NOON),
        (None, NOON, False, NOON),
        (NOON, None, None, NOON),
        (NOON, None, False, NOON),
        (NOON, EARLIER, None, None),
        (None, EARLIER, None, None),
        (None, None, None, None),
    ],
)
def test_a_deadline_is_settled_when_it_is_kept_or_passes(
    deadline_at: datetime | None,
    answered_at: datetime | None,
    in_time: bool | None,  # noqa: FBT001 -- a row of the table
    expected: datetime | None,
) -> None:
    found = domain.settled_at(
        deadline_at=deadline_at, answered_at=answered_at, in_time=in_time
    )

    assert found == expected


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers())))
def test_the_first_of_the_highest_versions_stays(
    facts: list[tuple[int, int, int]],
) -> None:
    kept = domain.newest(facts, key=lambda f: f[0], version=lambda f: f[1])

    expected = {}
    for key in [fact[0] for fact in facts]:
        own = [fact for fact in facts if fact[0] == key]
        top = max(fact[1] for fact in own)
        expected[key] = next(fact for fact in own if fact[1] == top)
    assert kept == list(expected.values())


def test_complaints_are_counted_by_local_day_and_place() -> None:
    before_midnight = datetime(2026, 3, 11, 20, 59, tzinfo=UTC)
    complaints = [
        Complaint(before_midnight, "water", "severny"),
        Complaint(before_midnight + timedelta(minutes=1), "water", None),
    ]

    counts = domain.by_day(complaints, "Europe/Moscow")

    first, second = date(2026, 3, 11), date(2026, 3, 12)
    assert counts == Counter(
        {
            DayKey(first, "all", None): 1,
            DayKey(first, "authority", "water"): 1,
            DayKey(first, "municipality", "severny"): 1,
            DayKey(second, "all", None): 1,
            DayKey(second, "authority", "water"): 1,
            DayKey(second, "municipality", None): 1,
        }
    )


def test_a_complaint_that_moves_changes_only_its_two_places() -> None:
    day = date(2026, 3, 11)
    before = [Complaint(NOON, "water", "severny"), Complaint(NOON, "roads", "lesnoy")]
    after = [Complaint(NOON, "roads", "severny"), Complaint(NOON, "roads", "lesnoy")]

    change = domain.changes(before, after, "Europe/Moscow")

    assert change == {
        DayKey(day, "authority", "roads"): 1,
        DayKey(day, "authority", "water"): -1,
    }
