"""Two streams of moments at which something is published: a past day, and live.

A lane numbers its moments, so that post number i can be written without writing
the others.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from typing import Final, Protocol
from zoneinfo import ZoneInfo

from infra.sandbox.world.dice import throw

_EPOCH: Final = datetime(2000, 1, 1, tzinfo=UTC)

# How much is written in each hour of the day: little at night, most after work.
_MORNING: Final = (6, 3, 2, 1, 1, 2, 6, 18, 34, 42, 44, 42)
_EVENING: Final = (44, 40, 38, 40, 42, 50, 62, 70, 72, 64, 44, 20)
_RHYTHM: Final = (*_MORNING, *_EVENING)
_WEEKDAYS: Final = (1.12, 1.05, 1.0, 1.0, 1.02, 0.85, 0.8)


class Lane(Protocol):
    """Numbered moments; `name` is unique among lanes of one seed."""

    def __hash__(self) -> int: ...

    @property
    def name(self) -> str: ...

    @property
    def first(self) -> int: ...

    @property
    def end(self) -> int | None:
        """Number after the last moment; None if the lane never ends."""

    def at(self, number: int) -> datetime: ...

    def numbers(self, since: datetime, until: datetime) -> range:
        """Moments with since < moment <= until."""


@dataclass(frozen=True)
class DayLane:
    """A day before the start, with the rhythm of a day, cut off at `start`."""

    seed: int
    day: date
    zone: ZoneInfo
    per_day: int
    start: datetime

    @property
    def name(self) -> str:
        return f"{self.day:%Y%m%d}"

    @property
    def first(self) -> int:
        return 0

    @property
    def end(self) -> int:
        return len(self._moments)

    def at(self, number: int) -> datetime:
        return self._moments[number]

    def numbers(self, since: datetime, until: datetime) -> range:
        return range(
            bisect_right(self._moments, since), bisect_right(self._moments, until)
        )

    @cached_property
    def _moments(self) -> tuple[datetime, ...]:
        dice = throw(self.seed, self.name, "moments")
        volume = self.per_day * _WEEKDAYS[self.day.weekday()] * dice.uniform(0.93, 1.07)
        midnight = datetime.combine(self.day, time(), self.zone)
        hours = dice.choices(range(24), _RHYTHM, k=round(volume))
        moments = sorted(
            (midnight + timedelta(hours=hour, seconds=dice.randrange(3600)))
            for hour in hours
        )
        times = [moment.astimezone(UTC) for moment in moments]
        return tuple(times[: bisect_left(times, self.start)])


@dataclass(frozen=True)
class LiveLane:
    """The flow from `start` on, one moment within each interval, day and night."""

    seed: int
    start: datetime
    interval: timedelta

    @property
    def name(self) -> str:
        return "live"

    @cached_property
    def first(self) -> int:
        number = (self.start - _EPOCH) // self.interval
        while self.at(number) <= self.start:
            number += 1
        return number

    @property
    def end(self) -> None:
        return None

    def at(self, number: int) -> datetime:
        part = throw(self.seed, self.name, number, "moment").random()
        moment = _EPOCH + (number + part) * self.interval
        return moment.replace(microsecond=0)

    def numbers(self, since: datetime, until: datetime) -> range:
        begin = self._after(max(since, self.start))
        return range(begin, max(begin, self._after(until)))

    def _after(self, moment: datetime) -> int:
        """Number of the first moment later than this one."""
        number = max(self.first, (moment - _EPOCH) // self.interval - 1)
        while self.at(number) <= moment:
            number += 1
        return number


def days_before(start: datetime, days: int, zone: ZoneInfo) -> Iterator[date]:
    """Days that the last `days` times 24 hours touch, oldest first."""
    last = start.astimezone(zone).date()
    for back in range(days, -1, -1):
        yield last - timedelta(days=back)
