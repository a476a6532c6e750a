"""The report: five figures, a chart, two tables."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass

from web.charts import DaysChart, days_chart
from web.formats import Formats
from web.languages import N_, Language
from web.links import Query
from web.shapes.reports import Dictionary, Figures, Kpi, Part


@dataclass(frozen=True, slots=True)
class Trend:
    """The change against the period before."""

    text: str
    icon: str
    hue: str


@dataclass(frozen=True, slots=True)
class Figure:
    """One of the five figures."""

    code: str
    name: str
    value: str
    trend: Trend | None
    href: str | None = None
    definition: str = ""


@dataclass(frozen=True, slots=True)
class PartRow:
    """One authority or municipality."""

    name: str
    href: str | None
    complaints: str
    incidents: str
    answered: str
    share: str
    share_of: str
    share_width: float
    share_hue: str
    median: str
    p90: str
    overdue: str
    is_overdue: bool
    withdrawn: str
    is_small: bool


@dataclass(frozen=True, slots=True)
class DayRow:
    """One day in words, under the chart."""

    day: str
    complaints: str
    answered: str


@dataclass(frozen=True, slots=True)
class Report:
    """Everything the report page shows."""

    figures: tuple[Figure, ...]
    chart: DaysChart
    days: tuple[DayRow, ...]
    authorities: tuple[PartRow, ...]
    municipalities: tuple[PartRow, ...]
    definitions_version: str | None


def meanings(dictionary: Dictionary | None, language: Language) -> Mapping[str, str]:
    """Say what each figure means, in the reader's language."""
    if dictionary is None:
        return {}
    return {
        one.code: one.formula_ru if language.code == "ru" else one.formula_en
        for one in dictionary.definitions
    }


def report(
    kpi: Kpi,
    before: Kpi | None,
    rows: Query,
    means: Mapping[str, str],
    show: Formats,
) -> Report:
    """Make the figures ready for the page; `rows` is where a figure opens its rows."""
    totals = before.totals if before else None
    return Report(
        figures=tuple(
            dataclasses.replace(figure, definition=means.get(figure.code, ""))
            for figure in _figures(kpi.totals, totals, rows, show)
        ),
        chart=days_chart([(d.day, d.complaints, d.answered) for d in kpi.days]),
        days=tuple(
            DayRow(show.day(d.day), show.number(d.complaints), show.number(d.answered))
            for d in kpi.days
        ),
        authorities=tuple(
            _row(part, "authority", rows, show) for part in kpi.authorities
        ),
        municipalities=tuple(
            _row(part, "municipality", rows, show) for part in kpi.municipalities
        ),
        definitions_version=(
            str(kpi.definitions_version) if kpi.definitions_version else None
        ),
    )


def _figures(
    now: Figures, before: Figures | None, rows: Query, show: Formats
) -> tuple[Figure, ...]:
    say = show.language.say
    nine_in_ten = say("90 %% within %(time)s", time=show.duration(now.p90_minutes))
    return (
        Figure(
            "complaints",
            say("Complaints"),
            show.number(now.complaints),
            _counted(now.complaints, before.complaints if before else None, show),
            rows.href,
        ),
        Figure(
            "answered",
            say("Answered"),
            show.number(now.answered),
            _counted(now.answered, before.answered if before else None, show),
        ),
        Figure(
            "share_in_time",
            say("Answered in time"),
            show.share(now.share_in_time),
            _points(now.share_in_time, before.share_in_time if before else None, show),
        ),
        Figure(
            "median_minutes",
            say("Median time to first reply"),
            show.duration(now.median_minutes),
            Trend(nine_in_ten, "clock", "plain")
            if now.p90_minutes is not None
            else None,
        ),
        Figure(
            "overdue_now",
            say("Overdue now"),
            show.number(now.overdue_now),
            None,
            rows.but(overdue="true", **{"from": None, "to": None}).href,
        ),
    )


def _counted(now: int, before: int | None, show: Formats) -> Trend | None:
    if not before:
        return None
    change = round(100 * (now - before) / before)
    return _trend(
        change, "plain", "plain", show, N_("%(change)s %% vs previous period")
    )


def _points(now: float | None, before: float | None, show: Formats) -> Trend | None:
    if now is None or before is None:
        return None
    change = round(100 * (now - before))
    return _trend(
        change, "ok", "danger", show, N_("%(change)s points vs previous period")
    )


def _trend(change: int, up: str, down: str, show: Formats, text: str) -> Trend:
    if change == 0:
        return Trend(show.language.say("no change"), "minus", "plain")
    signed = f"+{change}" if change > 0 else f"\N{MINUS SIGN}{-change}"
    icon = "arrow-up-right" if change > 0 else "arrow-down-right"
    return Trend(
        show.language.say(text, change=signed), icon, up if change > 0 else down
    )


def _row(part: Part, kind: str, rows: Query, show: Formats) -> PartRow:
    share = part.share_in_time
    small = part.low_volume
    return PartRow(
        name=part.name or show.language.say("Not assigned"),
        href=rows.but(**{kind: part.code}).href if part.code else None,
        complaints=show.number(part.complaints),
        incidents=show.number(part.incidents),
        answered=show.number(part.answered),
        share=show.share(share),
        share_of=show.language.say(
            "%(in_time)s of %(due)s", in_time=part.answered_in_time, due=part.due
        ),
        share_width=round((share or 0) * 100, 1),
        share_hue="small" if small else _share_hue(share),
        median=show.duration(part.median_minutes),
        p90=show.duration(part.p90_minutes),
        overdue=show.number(part.overdue_now),
        is_overdue=part.overdue_now > 0,
        withdrawn=show.number(part.withdrawn),
        is_small=small,
    )


def _share_hue(share: float | None) -> str:
    good, fair = 0.9, 0.7
    if share is None:
        return "plain"
    if share >= good:
        return "ok"
    return "warn" if share >= fair else "danger"
