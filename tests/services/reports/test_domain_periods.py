"""Periods: defaults, limits, and where days begin and end."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.reports import domain
from shared.errors import Invalid

TODAY = date(2026, 3, 11)


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        (None, None, (date(2026, 2, 10), TODAY)),
        (date(2026, 3, 1), None, (date(2026, 3, 1), TODAY)),
        (None, date(2026, 1, 30), (date(2026, 1, 1), date(2026, 1, 30))),
        (TODAY, TODAY, (TODAY, TODAY)),
        (date(2028, 1, 1), date(2028, 12, 31), (date(2028, 1, 1), date(2028, 12, 31))),
    ],
)
def test_what_is_left_out_is_the_last_thirty_days(
    first: date | None, last: date | None, expected: tuple[date, date]
) -> None:
    found = domain.period(first, last, today=TODAY)

    assert (found.first, found.last) == expected


@pytest.mark.parametrize(
    ("first", "last", "field"),
    [
        (date(2026, 3, 2), date(2026, 3, 1), "from"),
        (date(2026, 3, 12), None, "from"),
        (date(2025, 3, 1), date(2026, 3, 2), "to"),
        (None, date(1999, 12, 31), "to"),
        (None, date.max, "to"),
        (date.min, date(2000, 1, 1), "from"),
        (None, date(2000, 1, 1), "from"),
    ],
)
def test_a_period_that_cannot_be_answered_names_the_wrong_end(
    first: date | None, last: date | None, field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        domain.period(first, last, today=TODAY)

    assert [problem.field for problem in refused.value.fields] == [field]


def test_bounds_are_local_midnights() -> None:
    period = domain.Period(date(2026, 3, 1), date(2026, 3, 2))

    assert period.bounds("Asia/Vladivostok") == [
        datetime(2026, 2, 28, 14, tzinfo=UTC),
        datetime(2026, 3, 1, 14, tzinfo=UTC),
        datetime(2026, 3, 2, 14, tzinfo=UTC),
    ]


@given(
    day=st.dates(date(2000, 1, 2), date(2100, 12, 30)),
    zone=st.sampled_from(
        ["Europe/Moscow", "Asia/Kamchatka", "Europe/Berlin", "America/Havana"]
    ),
    seconds=st.integers(0, 26 * 3600),
)
def test_a_moment_lies_between_the_bounds_of_its_local_day(
    day: date, zone: str, seconds: int
) -> None:
    start, end = domain.Period(day, day).bounds(zone)
    moment = start + timedelta(seconds=seconds - 3600)

    is_inside = start <= moment < end

    assert is_inside == (moment.astimezone(ZoneInfo(zone)).date() == day)


def test_today_is_the_regions_date() -> None:
    late = datetime(2026, 3, 11, 21, 30, tzinfo=UTC)

    assert domain.today(late, "Europe/Moscow") == date(2026, 3, 12)
    assert domain.today(late, "Europe/Berlin") == date(2026, 3, 11)
