"""Working time of a region: hours by weekday, holidays, moved and short days.

All sums are exact: whole microseconds inside, floored only when minutes are asked
for. Working time is laid out a year at a time, so spans of many years cost little.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from itertools import accumulate, pairwise
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

MINUTE: Final = timedelta(minutes=1)
_DAY_MINUTES: Final = 24 * 60
_WEEK: Final = 7
# A calendar with no working time ahead must not be searched for ever.
_MOST_YEARS: Final = 50


class Hours(NamedTuple):
    """A stretch of working time, in minutes from local midnight."""

    start: int
    end: int


Day = tuple[Hours, ...]
NINE_TO_SIX: Final[Day] = (Hours(9 * 60, 18 * 60),)


class DayKind(StrEnum):
    """How a date differs from its weekday."""

    OFF = "off"
    WORKING = "working"
    SHORT = "short"


class _Year(NamedTuple):
    """Working stretches of one local year, and the work done by the end of each."""

    starts: list[datetime]
    ends: list[datetime]
    sums: list[timedelta]

    @property
    def total(self) -> timedelta:
        return self.sums[-1] if self.sums else timedelta()

    def worked_until(self, moment: datetime) -> timedelta:
        begun = bisect_right(self.starts, moment)
        if not begun:
            return timedelta()
        unfinished = max(self.ends[begun - 1] - moment, timedelta())
        return self.sums[begun - 1] - unfinished

    def moment_after(self, work: timedelta) -> datetime:
        """First moment by which so much work is done; more than zero, at most all."""
        number = bisect_left(self.sums, work)
        return self.ends[number] - (self.sums[number] - work)


@dataclass(frozen=True)
class Calendar:
    """When a region works. `week` starts on Monday; `special` names unusual dates.

    A working day on a weekend has the hours of the first weekday that has any. A
    short day ends `shortened_by` minutes of work earlier.
    """

    zone: ZoneInfo
    week: tuple[Day, ...] = (NINE_TO_SIX,) * 5 + ((), ())
    special: Mapping[date, DayKind] = field(default_factory=dict)
    shortened_by: int = 60
    _years: dict[int, _Year] = field(default_factory=dict, repr=False, compare=False)

    def __post_init__(self) -> None:
        if len(self.week) != _WEEK or not any(self.week):
            raise ValueError("a week has seven days, at least one with working hours")
        for day in self.week:
            _check(day)

    def hours_on(self, day: date) -> Day:
        """Working hours of a date, the special days considered."""
        usual = self.week[day.weekday()]
        match self.special.get(day):
            case None:
                return usual
            case DayKind.OFF:
                return ()
            case DayKind.WORKING:
                return usual or self._usual_day()
            case DayKind.SHORT:
                return _shortened(usual or self._usual_day(), self.shortened_by)

    def add_working_minutes(self, start: datetime, minutes: int) -> datetime:
        """The first moment by which so many working minutes have passed, in UTC."""
        return self.after(start, minutes * MINUTE)

    def after(self, start: datetime, work: timedelta) -> datetime:
        """The first moment by which so much working time has passed, in UTC.

        Work that fills a day ends with that day, not at the start of the next.
        No work at all ends where it starts.
        """
        if work < timedelta():
            raise ValueError("a deadline lies ahead: the time must not be negative")
        begun = _utc(start)
        return self._first_moment(begun, work) if work else begun

    def working_time_between(self, start: datetime, end: datetime) -> timedelta:
        """Exact working time from one moment to another; negative when reversed."""
        begun, ended = _utc(start), _utc(end)
        if ended < begun:
            return -self.working_time_between(end, start)
        first, last = self._local_year(begun), self._local_year(ended)
        years = range(first, last)
        whole = sum((self._year(year).total for year in years), timedelta())
        before = self._year(first).worked_until(begun)
        return whole - before + self._year(last).worked_until(ended)

    def working_minutes_between(self, start: datetime, end: datetime) -> int:
        """Whole working minutes; a begun minute does not count in either direction."""
        return whole_minutes(self.working_time_between(start, end))

    def _first_moment(self, start: datetime, work: timedelta) -> datetime:
        first = self._local_year(start)
        needed = work + self._year(first).worked_until(start)
        for number in range(first, first + _MOST_YEARS):
            year = self._year(number)
            if needed <= year.total:
                return year.moment_after(needed)
            needed -= year.total
        raise ValueError(f"no such working time in {_MOST_YEARS} years")

    def _usual_day(self) -> Day:
        return next(filter(None, self.week))

    def _local_year(self, moment: datetime) -> int:
        return moment.astimezone(self.zone).year

    def _year(self, number: int) -> _Year:
        if number not in self._years:
            self._years[number] = _lay_out(self._stretches(number))
        return self._years[number]

    def _stretches(self, year: int) -> Iterable[tuple[datetime, datetime]]:
        first, after = date(year, 1, 1).toordinal(), date(year + 1, 1, 1).toordinal()
        for day in map(date.fromordinal, range(first, after)):
            midnight = datetime.combine(day, time())
            for hours in self.hours_on(day):
                yield (
                    self._moment(midnight, hours.start),
                    self._moment(midnight, hours.end),
                )

    def _moment(self, midnight: datetime, minutes: int) -> datetime:
        local = midnight + minutes * MINUTE
        return local.replace(tzinfo=self.zone).astimezone(UTC)


def whole_minutes(span: timedelta) -> int:
    """Minutes of a span without the begun one, also when the span is negative."""
    return span // MINUTE if span >= timedelta() else -(-span // MINUTE)


def special_days(tables: Mapping[str, Mapping[str, Any]]) -> dict[date, DayKind]:
    """Read the years of a calendar file (`shared/library/calendar_ru.toml`)."""
    kinds = {
        "days_off": DayKind.OFF,
        "working_days": DayKind.WORKING,
        "short_days": DayKind.SHORT,
    }
    return {
        day: kind
        for year in tables.values()
        for name, kind in kinds.items()
        for day in year.get(name, ())
    }


def read_hours(text: str) -> Day:
    """Read working hours as people write them: "09:00-13:00, 14:00-18:00"."""
    stretches = [part.split("-") for part in text.split(",") if part.strip()]
    day = tuple(Hours(_minute(start), _minute(end)) for start, end in stretches)
    _check(day)
    return day


def _minute(clock: str) -> int:
    hour, minute = clock.strip().split(":")
    return int(hour) * 60 + int(minute)


def _check(day: Day) -> None:
    edges = [edge for hours in day for edge in hours]
    rising = all(a < b for a, b in pairwise(edges))
    if not rising or (edges and not 0 <= edges[0] < edges[-1] <= _DAY_MINUTES):
        raise ValueError(f"working hours must follow each other within a day: {day}")


def _shortened(day: Day, minutes: int) -> Day:
    """Cut the end of a day; a stretch shorter than the cut is cut whole."""
    if not day or not minutes:
        return day
    start, end = day[-1]
    if end - start <= minutes:
        return _shortened(day[:-1], minutes - (end - start))
    return (*day[:-1], Hours(start, end - minutes))


def _lay_out(stretches: Iterable[tuple[datetime, datetime]]) -> _Year:
    """Put stretches in a row; where clocks are set back they must not overlap."""
    starts: list[datetime] = []
    ends: list[datetime] = []
    for start, end in stretches:
        begun = max(start, ends[-1]) if ends else start
        if begun < end:
            starts.append(begun)
            ends.append(end)
    lengths = (end - start for start, end in zip(starts, ends, strict=True))
    return _Year(starts, ends, list(accumulate(lengths)))


def _utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("a moment needs its time zone")
    return moment.astimezone(UTC)
