"""A report as CSV for a spreadsheet."""

import csv
import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from services.reports.domain import Figures, Kpi

COLUMNS = (
    "section",
    "code",
    "name",
    "complaints",
    "incidents",
    "answered",
    "due",
    "answered_in_time",
    "share_in_time",
    "median_minutes",
    "p90_minutes",
    "overdue_now",
    "withdrawn",
    "low_volume",
)

_RISKY = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What makes a spreadsheet take a text for a formula."""


@dataclass(frozen=True)
class Style:
    """How a language writes the file: names by code, and the decimal mark."""

    names: Mapping[str, str]
    decimal: str


Cell = str | int | float | None


def render(kpi: Kpi, style: Style) -> bytes:
    """Write the report: UTF-8 with a mark, semicolons, one table for all sections."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(style.names[column] for column in COLUMNS)
    for row in _rows(kpi, style.names.__getitem__):
        writer.writerow(_text(cell, style.decimal) for cell in row)
    return out.getvalue().encode("utf-8-sig")


def _rows(kpi: Kpi, name: Callable[[str], str]) -> Iterator[list[Cell]]:
    yield [name("total"), None, None, *_figures(kpi.totals)]
    for day in kpi.days:
        counts = [day.complaints, day.incidents, day.answered]
        rest = [None] * (len(COLUMNS) - 3 - len(counts))
        yield [name("day"), day.day.isoformat(), None, *counts, *rest]
    for section, parts in (
        ("authority", kpi.authorities),
        ("municipality", kpi.municipalities),
    ):
        for part in parts:
            yield [name(section), part.code, part.name, *_figures(part.figures)]


def _figures(figures: Figures) -> list[Cell]:
    return [
        figures.complaints,
        figures.answers.incidents,
        figures.answers.answered,
        figures.answers.due,
        figures.answers.answered_in_time,
        figures.share_in_time,
        figures.median_minutes,
        figures.p90_minutes,
        figures.answers.overdue_now,
        figures.answers.withdrawn,
        int(figures.low_volume),
    ]


def _text(cell: Cell, decimal: str) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return harmless(cell)
    return str(cell).replace(".", decimal)


def harmless(text: str) -> str:
    """Put an apostrophe before what a spreadsheet would run as a formula.

    Leading spaces count too: some programs strip them before they look.
    """
    return f"'{text}" if text.lstrip(" \u00a0").startswith(_RISKY) else text
