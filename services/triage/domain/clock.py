"""The clock to the first answer: when it ends, how much is left, was it kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from services.triage.domain.calendar import MINUTE, Calendar, whole_minutes

NINE_HOURS: Final = 9 * 60
"""Working minutes to the first answer when a region sets nothing else."""


@dataclass(frozen=True, slots=True)
class Span:
    """From a moment up to, not including, another."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Clock:
    """Runs in working time from `started_at`, stands still in the pauses.

    For the first answer it starts when the first post was taken in, so the time
    in the queue counts. A pause that has not ended yet is passed with the present
    moment as its end.
    """

    calendar: Calendar
    started_at: datetime
    limit: int = NINE_HOURS
    pauses: Sequence[Span] = ()

    @property
    def deadline_at(self) -> datetime:
        """The last moment that is in time, in UTC."""
        paused = timedelta()
        deadline = self._after(paused)
        for pause in self._merged_pauses():
            if pause.start >= deadline:
                break
            paused += self.calendar.working_time_between(pause.start, pause.end)
            deadline = self._after(paused)
        return deadline

    def is_in_time(self, moment: datetime) -> bool:
        return moment <= self.deadline_at

    def remaining_minutes(self, now: datetime) -> int:
        """Working minutes left to the deadline; below zero when it has passed."""
        return whole_minutes(self.limit * MINUTE - self._spent(now))

    def spent_minutes(self, moment: datetime) -> int:
        """Working minutes run until the moment, without the pauses."""
        return whole_minutes(self._spent(moment))

    def _after(self, paused: timedelta) -> datetime:
        return self.calendar.after(self.started_at, self.limit * MINUTE + paused)

    def _spent(self, moment: datetime) -> timedelta:
        worked = self.calendar.working_time_between
        spent = worked(self.started_at, moment)
        for pause in self._merged_pauses():
            if pause.start < moment:
                spent -= worked(pause.start, min(pause.end, moment))
        return spent

    def _merged_pauses(self) -> list[Span]:
        """Pauses after the start, in order, those that overlap joined."""
        merged: list[Span] = []
        for pause in sorted(self.pauses, key=lambda pause: pause.start):
            start = max(pause.start, self.started_at)
            if merged and start <= merged[-1].end:
                joined = max(merged[-1].end, pause.end)
                merged[-1] = Span(merged[-1].start, joined)
            elif start < pause.end:
                merged.append(Span(start, pause.end))
        return merged
