"""CSV of any usual kind as rows of cells; one broken row never loses the others."""

import csv
import io
from collections.abc import Iterator
from itertools import islice
from typing import Final

from services.ingest.domain.files.tables import (
    FileFormat,
    FileRefused,
    Recognised,
    RefusedRow,
    Table,
    TableRow,
)

_DELIMITERS: Final = (";", ",", "\t", "|")
_LOOK_ROWS: Final = 10
_LOOK_CHARS: Final = 200_000
_WIDEST: Final = 500


def csv_table(text: str, encoding: str, recognised: Recognised) -> Table:
    """Open CSV; `recognised` counts the known headers in a row."""
    delimiter, body = _announced(text)
    delimiter = delimiter or _delimiter(body, recognised)
    first_line = 1 if body is text else 2
    return Table(
        FileFormat.CSV,
        encoding,
        delimiter,
        lambda: _rows(body, delimiter, first_line),
    )


def _announced(text: str) -> tuple[str | None, str]:
    """Delimiter of the line `sep=;` that spreadsheets write for each other."""
    line, _, rest = text.partition("\n")
    line = line.strip().strip('"')
    if line.lower().startswith("sep=") and line[4:] in _DELIMITERS:
        return line[4:], rest
    return None, text


def _delimiter(text: str, recognised: Recognised) -> str:
    """Take the one that makes most known headers, then the most even rows."""
    start = text[:_LOOK_CHARS]
    scored = [
        (_score(start, delimiter, recognised), delimiter) for delimiter in _DELIMITERS
    ]
    best, delimiter = max(scored, key=lambda each: each[0])
    if best[2] > _WIDEST:
        raise FileRefused(f"the file has more than {_WIDEST} columns")
    return delimiter


def _score(
    start: str, delimiter: str, recognised: Recognised
) -> tuple[int, float, int]:
    rows = [
        list(map(str, row.cells))
        for row in islice(_rows(start, delimiter, 1), _LOOK_ROWS)
        if isinstance(row, TableRow)
    ]
    widths = [len(row) for row in rows] or [0]
    widest = max(widths)
    even = widths.count(widest) / len(widths) if widest > 1 else 0
    return max(map(recognised, rows), default=0), even, widest


def _rows(
    text: str, delimiter: str, first_line: int
) -> Iterator[TableRow | RefusedRow]:
    """Records with their number; a record may have many lines of the file.

    Where a record can not be read (mostly a quote that is never closed), its first
    line is refused and reading goes on with the next line.
    """
    # Universal line ends: files made on two systems have both kinds.
    file = io.StringIO(text, newline=None)
    line = first_line
    while True:
        start = file.tell()
        row = _record(file, start, delimiter)
        if row is None:
            return
        if isinstance(row, str):
            yield RefusedRow(line, row)
        elif any(row):
            yield TableRow(line, row)
        line += 1


def _record(file: io.StringIO, start: int, delimiter: str) -> list[str] | str | None:
    try:
        return next(csv.reader(file, delimiter=delimiter, strict=True), None)
    except csv.Error as error:
        message = str(error)
    file.seek(start)
    if "expected after" in message:  # text after a closing quote: not worth a row
        return next(csv.reader(file, delimiter=delimiter), None)
    file.readline()
    return f"row: a quoted value is not closed or too long ({message})"
