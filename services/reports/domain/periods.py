"""Periods: whole days of the region's time zone."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from shared.errors import invalid

MAX_DAYS = 366
DEFAULT_DAYS = 30
EARLIEST, LATEST = date(2000, 1, 1), date(2100, 12, 31)


@dataclass(frozen=True)
class Period:
    """Whole days of the region's time zone, both ends included."""

    first: date
    last: date

    def days(self) -> Iterator[date]:
        """Go through the days in order."""
        for number in range((self.last - self.first).days + 1):
            yield self.first + timedelta(days=number)

    def bounds(self, zone: str) -> list[datetime]:
        """Return the midnights between the days, one more than there are days.

        Day number n (from 1) holds the moments from bound n-1 up to, not
        including, bound n: also where the clocks were changed.
        """
        local = ZoneInfo(zone)
        after = self.last + timedelta(days=1)
        return [
            datetime.combine(day, time(), local).astimezone(UTC)
            for day in (*self.days(), after)
        ]


def period(first: date | None, last: date | None, *, today: date) -> Period:
    """Complete and check a period: the last 30 days when nothing is said.

    Raises Invalid when it runs backwards, is longer than MAX_DAYS or lies outside
    the years the figures are kept for.
    """
    last = last or today
    if not EARLIEST <= last <= LATEST:
        raise invalid("to", f"must lie between {EARLIEST} and {LATEST}")
    first = first or last - timedelta(days=DEFAULT_DAYS - 1)
    if first < EARLIEST:
        raise invalid("from", f"must not be before {EARLIEST}")
    if first > last:
        raise invalid("from", "must not be after `to`")
    if (last - first).days >= MAX_DAYS:
        raise invalid("to", f"a period has at most {MAX_DAYS} days")
    return Period(first, last)


def today(now: datetime, zone: str) -> date:
    """Tell the date in the region."""
    return now.astimezone(ZoneInfo(zone)).date()
