"""Working time: tables of known cases, a naive count to compare with, laws."""

from datetime import UTC, date, datetime, timedelta
from time import process_time
from zoneinfo import ZoneInfo

import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.triage.domain.calendar import (
    Calendar,
    Day,
    DayKind,
    Hours,
    read_hours,
    special_days,
    whole_minutes,
)
from shared import library

MOSCOW = ZoneInfo("Europe/Moscow")
SPECIAL = special_days(library.table("calendar_ru.toml"))
RUSSIA = Calendar(MOSCOW, special=SPECIAL)
PLAIN = Calendar(MOSCOW)
LUNCH = Calendar(MOSCOW, week=(read_hours("9:00-13:00, 14:00-18:00"),) * 5 + ((), ()))
ALWAYS = Calendar(MOSCOW, week=(read_hours("00:00-24:00"),) * 7)
NIGHTS = Calendar(
    ZoneInfo("Europe/Berlin"),
    week=(read_hours("00:00-02:30, 03:00-06:00, 22:00-24:00"),) * 7,
    special={date(2026, 3, 30): DayKind.OFF, date(2026, 10, 26): DayKind.SHORT},
)


def at(text: str, zone: ZoneInfo = MOSCOW) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


@pytest.mark.parametrize(
    ("calendar", "start", "minutes", "deadline"),
    [
        (PLAIN, "2026-03-02T10:00", 60, "2026-03-02T11:00"),
        (PLAIN, "2026-03-02T10:00:30", 1, "2026-03-02T10:01:30"),
        # All of a day ends with the day, a minute more with the first of the next.
        (PLAIN, "2026-03-02T09:00", 540, "2026-03-02T18:00"),
        (PLAIN, "2026-03-02T09:00", 541, "2026-03-03T09:01"),
        (PLAIN, "2026-03-02T18:00", 1, "2026-03-03T09:01"),
        # Before work, after work and at the weekend the clock waits.
        (PLAIN, "2026-03-02T03:00", 60, "2026-03-02T10:00"),
        (PLAIN, "2026-03-06T17:30", 60, "2026-03-09T09:30"),
        (PLAIN, "2026-03-07T12:00", 60, "2026-03-09T10:00"),
        (PLAIN, "2026-03-07T12:00", 0, "2026-03-07T12:00"),
        # Lunch.
        (LUNCH, "2026-03-02T12:30", 60, "2026-03-02T14:30"),
        (LUNCH, "2026-03-02T12:30", 30, "2026-03-02T13:00"),
        (LUNCH, "2026-03-02T13:30", 480, "2026-03-03T13:00"),
        # Holidays, a moved day off, a short day, a worked Saturday that is short.
        (RUSSIA, "2026-03-06T17:00", 120, "2026-03-10T10:00"),
        (RUSSIA, "2025-12-30T17:00", 120, "2026-01-12T10:00"),
        (RUSSIA, "2026-04-30T16:30", 60, "2026-05-04T09:30"),
        (RUSSIA, "2024-11-01T17:00", 60 + 480, "2024-11-02T17:00"),
        (RUSSIA, "2024-12-27T17:00", 60 + 540, "2024-12-28T18:00"),
        (ALWAYS, "2026-03-02T23:59", 2, "2026-03-03T00:01"),
    ],
)
def test_deadline(calendar: Calendar, start: str, minutes: int, deadline: str) -> None:
    assert calendar.add_working_minutes(at(start), minutes) == at(deadline)


@pytest.mark.parametrize(
    ("calendar", "start", "end", "minutes"),
    [
        (PLAIN, "2026-03-02T10:00", "2026-03-02T11:00", 60),
        (PLAIN, "2026-03-02T10:00:00.5", "2026-03-02T10:01:00", 0),
        (PLAIN, "2026-03-02T10:00:30", "2026-03-02T10:01:29", 0),
        (PLAIN, "2026-03-02T10:00:30", "2026-03-02T10:01:30", 1),
        (PLAIN, "2026-03-02T11:00", "2026-03-02T10:00", -60),
        (PLAIN, "2026-03-02T10:00:59", "2026-03-02T10:00", 0),
        (PLAIN, "2026-03-02T00:00", "2026-03-09T00:00", 5 * 540),
        (PLAIN, "2026-03-07T00:00", "2026-03-08T23:59", 0),
        (LUNCH, "2026-03-02T00:00", "2026-03-03T00:00", 480),
        (RUSSIA, "2026-01-01T00:00", "2027-01-01T00:00", 247 * 540 - 4 * 60),
        (ALWAYS, "2026-01-01T00:00", "2028-01-01T00:00", 730 * 1440),
    ],
)
def test_minutes_between(
    calendar: Calendar, start: str, end: str, minutes: int
) -> None:
    assert calendar.working_minutes_between(at(start), at(end)) == minutes


def test_moments_of_any_zone_mean_the_same() -> None:
    start = datetime(2026, 3, 2, 7, tzinfo=UTC)

    deadline = PLAIN.add_working_minutes(start, 60)

    assert (deadline, deadline.tzinfo) == (at("2026-03-02T11:00"), UTC)


@pytest.mark.parametrize(
    ("day", "minutes"),
    [
        # 29 March 2026: 02:00 becomes 03:00, so half of the first stretch is gone.
        ("2026-03-29", 120 + 180 + 120),
        # 25 October 2026: the hour from 02:00 to 03:00 comes twice.
        ("2026-10-25", 150 + 180 + 120),
        ("2026-03-30", 0),
        ("2026-10-26", 150 + 180 + 60),
        ("2026-03-31", 150 + 180 + 120),
    ],
)
def test_days_when_clocks_are_changed(day: str, minutes: int) -> None:
    start, end = at(f"{day}T00:00", NIGHTS.zone), at(f"{day}T23:59:59", NIGHTS.zone)

    worked = NIGHTS.working_time_between(start, end + timedelta(seconds=1))

    assert worked == timedelta(minutes=minutes)


MOMENTS = st.timedeltas(timedelta(), timedelta(days=1_400)).map(
    lambda passed: datetime(2024, 2, 1, tzinfo=UTC) + passed
)
CALENDARS = st.sampled_from([RUSSIA, LUNCH, ALWAYS, NIGHTS])
MINUTES = st.integers(0, 20_000)


@given(CALENDARS, MOMENTS, MOMENTS, MOMENTS)
def test_time_adds_up(
    calendar: Calendar, a: datetime, b: datetime, c: datetime
) -> None:
    worked = calendar.working_time_between

    assert worked(a, b) + worked(b, c) == worked(a, c)
    assert worked(a, b) == -worked(b, a)


@given(CALENDARS, MOMENTS, MINUTES)
def test_deadline_is_the_first_moment_with_so_much_work(
    calendar: Calendar, start: datetime, minutes: int
) -> None:
    deadline = calendar.add_working_minutes(start, minutes)

    assert calendar.working_time_between(start, deadline) == timedelta(minutes=minutes)
    if minutes:
        earlier = deadline - timedelta(microseconds=1)
        assert calendar.working_minutes_between(start, earlier) == minutes - 1


@given(CALENDARS, MOMENTS, MINUTES, MINUTES)
def test_deadlines_add_up(
    calendar: Calendar, start: datetime, first: int, second: int
) -> None:
    add = calendar.add_working_minutes

    assert add(start, first) <= add(start, first + second)
    assert add(add(start, first), second) == (
        add(start, first + second) if second else add(start, first)
    )


@given(CALENDARS, MOMENTS, MOMENTS, MINUTES)
def test_later_start_is_never_due_earlier(
    calendar: Calendar, a: datetime, b: datetime, minutes: int
) -> None:
    early, late = sorted([a, b])

    early_due = calendar.add_working_minutes(early, minutes)

    assert early_due <= calendar.add_working_minutes(late, minutes)


@given(
    st.sampled_from([RUSSIA, LUNCH, ALWAYS]),
    MOMENTS.map(lambda moment: moment.replace(second=0, microsecond=0)),
    st.integers(0, 5_000),
)
def test_count_agrees_with_counting_minute_by_minute(
    calendar: Calendar, start: datetime, minutes: int
) -> None:
    end = start + timedelta(minutes=minutes)

    counted = sum(
        is_worked(calendar, start + timedelta(minutes=n)) for n in range(minutes)
    )

    assert calendar.working_minutes_between(start, end) == counted


def is_worked(calendar: Calendar, moment: datetime) -> bool:
    local = moment.astimezone(calendar.zone)
    minute = local.hour * 60 + local.minute
    return any(
        hours.start <= minute < hours.end for hours in calendar.hours_on(local.date())
    )


def test_ten_years_are_counted_by_days_and_not_by_minutes() -> None:
    one_year = _seconds(at("2024-01-01T00:00"), at("2025-01-01T00:00"))
    ten_years = _seconds(at("2024-01-01T00:00"), at("2034-01-01T00:00"))

    assert ten_years < 40 * one_year + 0.05


def _seconds(start: datetime, end: datetime) -> float:
    """Processor time to count there and back, with nothing remembered."""
    taken = []
    for _ in range(3):
        fresh = Calendar(MOSCOW, special=SPECIAL)
        started = process_time()
        minutes = fresh.working_minutes_between(start, end)
        assert fresh.add_working_minutes(start, minutes) <= end
        taken.append(process_time() - started)
    return min(taken)


def test_calendar_without_work_ahead_is_told() -> None:
    idle = {date.fromordinal(day): DayKind.OFF for day in range(730_000, 770_000)}
    calendar = Calendar(MOSCOW, special=idle)

    with pytest.raises(ValueError, match="no such working time in 50 years"):
        calendar.add_working_minutes(at("2026-03-02T10:00"), 1)


def test_naive_moments_and_negative_minutes_are_refused() -> None:
    naive = datetime(2026, 3, 2, 10)  # noqa: DTZ001 -- the fault under test

    with pytest.raises(ValueError, match="time zone"):
        PLAIN.add_working_minutes(naive, 1)
    with pytest.raises(ValueError, match="negative"):
        PLAIN.add_working_minutes(at("2026-03-02T10:00"), -1)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("09:00-18:00", (Hours(540, 1080),)),
        (" 9:00 - 13:00 , 14:30-24:00 ", (Hours(540, 780), Hours(870, 1440))),
        ("", ()),
    ],
)
def test_hours_are_read(text: str, day: Day) -> None:
    assert read_hours(text) == day


@pytest.mark.parametrize(
    "text",
    [
        "18:00-09:00",
        "09:00-09:00",
        "09:00-13:00, 12:00-18:00",
        "09:00-25:00",
        "09:00",
        "с девяти до шести",
    ],
)
def test_unreadable_hours_are_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 -- each says it in its own words
        read_hours(text)


@pytest.mark.parametrize(
    "week", [(), ((),) * 7, ((Hours(0, 60),),), ((Hours(60, 0),),) * 7]
)
def test_week_without_work_is_refused(week: tuple[Day, ...]) -> None:
    with pytest.raises(ValueError, match="hours"):
        Calendar(MOSCOW, week=week)


@pytest.mark.parametrize(
    ("cut", "left"),
    [
        (0, (Hours(540, 780), Hours(840, 870))),
        (30, (Hours(540, 780),)),
        (60, (Hours(540, 750),)),
        (900, ()),
    ],
)
def test_short_day_loses_its_end(cut: int, left: Day) -> None:
    day = date(2026, 4, 30)
    calendar = Calendar(
        MOSCOW,
        week=(read_hours("9:00-13:00, 14:00-14:30"),) * 5 + ((), ()),
        special={day: DayKind.SHORT},
        shortened_by=cut,
    )

    assert calendar.hours_on(day) == left


def test_worked_saturday_has_usual_hours() -> None:
    assert RUSSIA.hours_on(date(2024, 4, 27)) == (Hours(540, 1080),)
    assert RUSSIA.hours_on(date(2024, 11, 2)) == (Hours(540, 1020),)


@pytest.mark.parametrize(
    ("span", "minutes"),
    [
        (timedelta(seconds=119), 1),
        (timedelta(seconds=-119), -1),
        (timedelta(seconds=-59), 0),
        (timedelta(), 0),
    ],
)
def test_begun_minute_does_not_count(span: timedelta, minutes: int) -> None:
    assert whole_minutes(span) == minutes


# Working days and shortened days of the official production calendars; for 2027
# they follow from the moves of days off and the Labour Code.
@pytest.mark.parametrize(
    ("year", "working_days", "short_days"),
    [(2024, 248, 5), (2025, 247, 4), (2026, 247, 4), (2027, 247, 4)],
)
def test_russian_year_has_its_official_number_of_working_days(
    year: int, working_days: int, short_days: int
) -> None:
    first, after = date(year, 1, 1).toordinal(), date(year + 1, 1, 1).toordinal()
    days = [date.fromordinal(number) for number in range(first, after)]

    worked = [day for day in days if RUSSIA.hours_on(day)]
    short = [day for day in days if SPECIAL.get(day) is DayKind.SHORT]

    assert (len(worked), len(short)) == (working_days, short_days)


@pytest.mark.parametrize("year", [2024, 2025, 2026, 2027])
def test_russian_days_off_agree_with_the_holidays_package(year: int) -> None:
    """No difference is known: `holidays` does not know short days, only days off."""
    theirs = holidays.country_holidays("RU", years=year)
    ours = {day for day, kind in SPECIAL.items() if kind is DayKind.OFF}

    assert sorted(day for day in ours if day.year == year) == sorted(theirs)
    assert {
        day
        for day, kind in SPECIAL.items()
        if day.year == year and kind is not DayKind.OFF and day.weekday() >= 5
    } == set(theirs.weekend_workdays)


def test_days_of_the_file_stand_in_one_list_of_their_year() -> None:
    tables = library.table("calendar_ru.toml")
    days = [
        (int(year), day)
        for year, lists in tables.items()
        for name in ("days_off", "working_days", "short_days")
        for day in lists[name]
    ]

    assert all(year == day.year for year, day in days)
    assert len(days) == len(set(days)) == len(SPECIAL)
    assert all(lists["source"] for lists in tables.values())
