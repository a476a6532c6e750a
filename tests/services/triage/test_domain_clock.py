"""The clock to the first answer and the ledger of who held the case."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.triage.domain.calendar import Calendar, read_hours
from services.triage.domain.clock import NINE_HOURS, Clock, Span
from services.triage.domain.ledger import Change, Held, ledger
from services.triage.domain.states import HOLDERS, Holder, Status

MOSCOW = ZoneInfo("Europe/Moscow")
PLAIN = Calendar(MOSCOW)
ALWAYS = Calendar(MOSCOW, week=(read_hours("0:00-24:00"),) * 7)


def at(text: str) -> datetime:
    """A moment of the week of Monday 2 March 2026, as "2T10:00"."""
    day, clock = text.split("T")
    return datetime.fromisoformat(f"2026-03-{int(day):02}T{clock}").replace(
        tzinfo=MOSCOW
    )


def span(start: str, end: str) -> Span:
    return Span(at(start), at(end))


@pytest.mark.parametrize(
    ("pauses", "deadline"),
    [
        ([], "3T10:00"),
        ([span("2T11:00", "2T12:00")], "3T11:00"),
        # A pause in free time or after the deadline changes nothing.
        ([span("2T19:00", "3T08:00")], "3T10:00"),
        ([span("3T10:00", "3T12:00")], "3T10:00"),
        # One that began before the start counts from the start.
        ([span("1T09:00", "2T12:00")], "3T12:00"),
        # Overlapping ones count once; the first moves the deadline into the second.
        ([span("2T11:00", "2T13:00"), span("2T12:00", "2T14:00")], "3T13:00"),
        ([span("3T10:30", "3T11:30"), span("2T11:00", "2T12:00")], "3T12:00"),
        ([span("2T12:00", "2T11:00")], "3T10:00"),
    ],
)
def test_pauses_move_the_deadline(pauses: list[Span], deadline: str) -> None:
    clock = Clock(PLAIN, at("2T10:00"), NINE_HOURS, pauses)

    assert clock.deadline_at == at(deadline)


@pytest.mark.parametrize(
    ("now", "spent", "remaining", "in_time"),
    [
        ("2T10:00", 0, 540, True),
        ("2T10:59:59", 59, 480, True),
        ("2T11:30", 60, 480, True),
        ("3T11:00", 540, 0, True),
        ("3T11:00:01", 540, 0, False),
        ("3T12:00", 600, -60, False),
    ],
)
def test_clock_at_some_moments(
    now: str, spent: int, remaining: int, *, in_time: bool
) -> None:
    clock = Clock(PLAIN, at("2T10:00"), 540, [span("2T11:00", "2T12:00")])

    assert clock.spent_minutes(at(now)) == spent
    assert clock.remaining_minutes(at(now)) == remaining
    assert clock.is_in_time(at(now)) is in_time


OFFSETS = st.timedeltas(timedelta(), timedelta(days=20))
SPANS = st.tuples(OFFSETS, st.timedeltas(timedelta(), timedelta(days=2))).map(
    lambda pair: Span(at("2T10:00") + pair[0], at("2T10:00") + pair[0] + pair[1])
)


@given(
    st.sampled_from([PLAIN, ALWAYS]), st.integers(1, 3_000), st.lists(SPANS, max_size=4)
)
def test_at_the_deadline_the_limit_is_just_spent(
    calendar: Calendar, limit: int, pauses: list[Span]
) -> None:
    clock = Clock(calendar, at("2T10:00"), limit, pauses)

    deadline = clock.deadline_at

    assert clock.spent_minutes(deadline) == limit
    assert clock.remaining_minutes(deadline) == 0
    assert clock.spent_minutes(deadline - timedelta(microseconds=1)) == limit - 1
    assert clock.is_in_time(deadline)


def test_ledger_of_one_case() -> None:
    changes = [
        Change(at("2T09:00"), Status.NEW),
        Change(at("2T09:30:40"), Status.ASSIGNED),
        Change(at("2T10:00"), Status.DRAFTING),
        Change(at("2T11:00:20"), Status.AWAITING_APPROVAL),
        Change(at("2T12:00"), Status.RETURNED),
        Change(at("2T19:00"), Status.AWAITING_APPROVAL),
        Change(at("3T09:10"), Status.APPROVED),
        Change(at("3T09:15"), Status.PUBLISHED),
        Change(at("3T10:00"), Status.CLOSED),
        Change(at("3T12:00"), Status.ASSIGNED),
    ]

    held = ledger(changes, at("3T12:30"), PLAIN)

    assert held == [
        Held(Holder.DESK, at("2T09:00"), at("2T09:30:40"), 30, 30),
        Held(Holder.AUTHORITY, at("2T09:30:40"), at("2T11:00:20"), 90, 90),
        Held(Holder.APPROVER, at("2T11:00:20"), at("2T12:00"), 60, 60),
        Held(Holder.AUTHORITY, at("2T12:00"), at("2T19:00"), 360, 420),
        Held(Holder.APPROVER, at("2T19:00"), at("3T09:10"), 10, 850),
        Held(Holder.DESK, at("3T09:10"), at("3T10:00"), 50, 50),
        Held(Holder.AUTHORITY, at("3T12:00"), None, 30, 30),
    ]


def test_nothing_happened_nobody_held() -> None:
    assert ledger([], at("2T09:00"), PLAIN) == []
    assert ledger([Change(at("2T09:00"), Status.CLOSED)], at("2T10:00"), PLAIN) == []


OPEN = [status for status in Status if HOLDERS[status] is not None]


@given(
    st.lists(st.tuples(OFFSETS, st.sampled_from(OPEN)), min_size=1, max_size=12),
    st.sampled_from([PLAIN, ALWAYS]),
)
def test_minutes_of_the_holders_add_up_to_the_whole(
    happened: list[tuple[timedelta, Status]], calendar: Calendar
) -> None:
    start = datetime(2026, 3, 2, 7, tzinfo=UTC)
    ordered = sorted(happened, key=lambda step: step[0])
    changes = [Change(start + passed, status) for passed, status in ordered]
    now = start + timedelta(days=21)

    held = ledger(changes, now, calendar)

    began = changes[0].at
    assert sum(h.working_minutes for h in held) == (
        calendar.working_minutes_between(began, now)
    )
    assert sum(h.wall_minutes for h in held) == (now - began) // timedelta(minutes=1)
    assert all(a.end == b.start for a, b in pairwise(held))
    assert all(a.holder != b.holder for a, b in pairwise(held))
    assert held[-1].end is None
