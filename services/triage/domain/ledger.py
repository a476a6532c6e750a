"""Who held a case and for how long, so that the time adds up to the minute."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby, zip_longest

from services.triage.domain.calendar import MINUTE, Calendar
from services.triage.domain.states import HOLDERS, Holder, Status


@dataclass(frozen=True, slots=True)
class Change:
    """From this moment the incident had this status."""

    at: datetime
    status: Status


@dataclass(frozen=True, slots=True)
class Held:
    """A stretch of time one holder had to act; `end` is None while it lasts."""

    holder: Holder
    start: datetime
    end: datetime | None
    working_minutes: int
    wall_minutes: int


def ledger(changes: Sequence[Change], now: datetime, calendar: Calendar) -> list[Held]:
    """Turn the changes of status, oldest first, into who held the case how long.

    Statuses of the same holder in a row are one stretch; while the case is closed
    nobody holds it. Minutes are whole, yet their sums are the whole minutes of the
    summed time: what a stretch does not fill the next one inherits.
    """
    running = _Running(calendar)
    return [
        running.held(holder, start, end, until=end or now)
        for holder, start, end in _stretches(changes)
        if holder is not None
    ]


def _stretches(
    changes: Sequence[Change],
) -> Iterable[tuple[Holder | None, datetime, datetime | None]]:
    grouped = groupby(changes, key=lambda change: HOLDERS[change.status])
    starts = [(holder, next(group).at) for holder, group in grouped]
    ends = [at for _, at in starts[1:]]
    for (holder, start), end in zip_longest(starts, ends):
        yield holder, start, end


class _Running:
    """Sums of exact time; a stretch gets the whole minutes by which they grew."""

    def __init__(self, calendar: Calendar) -> None:
        self._calendar = calendar
        self._working = timedelta()
        self._wall = timedelta()

    def held(
        self, holder: Holder, start: datetime, end: datetime | None, *, until: datetime
    ) -> Held:
        working = self._working + self._calendar.working_time_between(start, until)
        wall = self._wall + (until - start)
        grown = working // MINUTE - self._working // MINUTE
        passed = wall // MINUTE - self._wall // MINUTE
        self._working, self._wall = working, wall
        return Held(holder, start, end, grown, passed)
