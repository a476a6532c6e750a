"""A file as rows of cells, whatever its format; what can not be read says why."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Final, TypeAlias

LARGEST_FILE: Final = 50_000_000
MOST_ROWS: Final = 200_000

Cell: TypeAlias = str | int | float | bool | datetime | date | time | timedelta
Cells: TypeAlias = Sequence[Cell]
# Counts the headers of a row that say something, to find the row of the headers.
Recognised: TypeAlias = Callable[[list[str]], int]


class FileFormat(StrEnum):
    """What a file turned out to be."""

    CSV = "csv"
    NDJSON = "ndjson"
    XLSX = "xlsx"


class FileRefused(ValueError):
    """The whole file can not be read; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row that can not be read; `line` is its number as a spreadsheet shows it."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class TableRow:
    line: int
    cells: Cells


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of a file, from the first one on each time they are asked for."""

    format: FileFormat
    encoding: str | None
    delimiter: str | None
    rows: Callable[[], Iterator[TableRow | RefusedRow]]
