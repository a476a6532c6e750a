"""The figures and how a report is put together.

What each figure means stands, in words, in the table `kpi_definition`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from services.reports.domain.periods import Period

LOW_VOLUME = 5
"""Fewer answers than this say nothing about how an authority works."""


@dataclass(frozen=True)
class Answers:
    """What the incidents of a part of the region tell; times in working minutes."""

    incidents: int = 0
    answered: int = 0
    due: int = 0
    answered_in_time: int = 0
    overdue_now: int = 0
    median_minutes: float | None = None
    p90_minutes: float | None = None
    withdrawn: int = 0


Sections = Mapping[str | None, Answers]
Counts = Mapping[str | None, int]


@dataclass(frozen=True)
class Figures:
    """All figures of the region or of a part of it."""

    complaints: int
    answers: Answers

    @property
    def share_in_time(self) -> float | None:
        """Those answered in time among those whose deadline is settled."""
        if self.answers.due == 0:
            return None
        return round(self.answers.answered_in_time / self.answers.due, 4)

    @property
    def low_volume(self) -> bool:
        """Tell whether there are too few answers to compare or rank."""
        return self.answers.answered < LOW_VOLUME

    @property
    def median_minutes(self) -> float | None:
        """Half of the answers came faster."""
        return _rounded(self.answers.median_minutes)

    @property
    def p90_minutes(self) -> float | None:
        """Nine in ten of the answers came no slower."""
        return _rounded(self.answers.p90_minutes)


def _rounded(minutes: float | None) -> float | None:
    return None if minutes is None else round(minutes, 2)


@dataclass(frozen=True)
class Row:
    """The figures of one authority or municipality; without a code: of none."""

    code: str | None
    name: str | None
    figures: Figures


@dataclass(frozen=True)
class Day:
    """What happened on one day."""

    day: date
    complaints: int
    incidents: int
    answered: int


@dataclass(frozen=True)
class Complaints:
    """How many complaints there were."""

    by_day: Mapping[date, int]
    by_authority: Counts
    by_municipality: Counts


@dataclass(frozen=True)
class Incidents:
    """What the incidents tell; by day: how many were opened and answered."""

    total: Answers
    by_authority: Sections
    by_municipality: Sections
    by_day: Mapping[date, tuple[int, int]]


@dataclass(frozen=True)
class Kpi:
    """The whole report of a period."""

    period: Period
    totals: Figures
    days: tuple[Day, ...]
    authorities: tuple[Row, ...]
    municipalities: tuple[Row, ...]


Names = Mapping[tuple[str, str], str]
"""What a code is called, by dimension and code."""


def kpi(
    period: Period, complaints: Complaints, incidents: Incidents, names: Names
) -> Kpi:
    """Put the report together: every day present, rows by name, never by rank."""
    return Kpi(
        period,
        Figures(sum(complaints.by_day.values()), incidents.total),
        tuple(
            Day(day, complaints.by_day.get(day, 0), *incidents.by_day.get(day, (0, 0)))
            for day in period.days()
        ),
        _rows("authority", complaints.by_authority, incidents.by_authority, names),
        _rows(
            "municipality",
            complaints.by_municipality,
            incidents.by_municipality,
            names,
        ),
    )


def _rows(
    dimension: str, complaints: Counts, answers: Sections, names: Names
) -> tuple[Row, ...]:
    rows = [
        Row(
            code,
            names.get((dimension, code), code) if code is not None else None,
            Figures(complaints.get(code, 0), answers.get(code, Answers())),
        )
        for code in complaints.keys() | answers.keys()
    ]
    return tuple(sorted(rows, key=_by_name))


def _by_name(row: Row) -> tuple[bool, str, str]:
    name = (row.name or "").casefold().replace("ё", "е")
    return (row.code is None, name, row.code or "")
