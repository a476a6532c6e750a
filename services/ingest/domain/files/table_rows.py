"""CSV and XLSX files: a header row, and below it a post or an incident in each row."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Final

from services.ingest.domain.checks import Refused
from services.ingest.domain.files.cells import text_of
from services.ingest.domain.files.columns import (
    Column,
    Profile,
    columns_of,
    known_headers,
    profile_of,
    unique_headers,
)
from services.ingest.domain.files.im47 import incident_of
from services.ingest.domain.files.post_rows import ImportOptions, post_of
from services.ingest.domain.files.rows import ImportedRow
from services.ingest.domain.files.tables import (
    Cell,
    Cells,
    FileRefused,
    RefusedRow,
    Table,
    TableRow,
)

_HEADER_LOOK: Final = 10


@dataclass(frozen=True, slots=True)
class TableRows:
    """Rows below the header row of a table."""

    table: Table
    header_line: int
    columns: tuple[Column, ...]
    profile: Profile
    options: ImportOptions

    def rows(self) -> Iterator[ImportedRow | RefusedRow]:
        for row in self._below_header():
            yield row if isinstance(row, RefusedRow) else self._checked(row)

    def preview(self) -> Iterator[Mapping[str, str]]:
        for row in self._below_header():
            if isinstance(row, TableRow):
                yield {
                    column.header: text_of(cell)
                    for column, cell in zip(self.columns, row.cells, strict=False)
                    if not column.dropped
                }

    def _below_header(self) -> Iterator[TableRow | RefusedRow]:
        return (row for row in self.table.rows() if row.line > self.header_line)

    def _checked(self, row: TableRow) -> ImportedRow | RefusedRow:
        surplus = row.cells[len(self.columns) :]
        if any(cell != "" for cell in surplus):
            counts = f"{len(row.cells)} values for {len(self.columns)} columns"
            return RefusedRow(row.line, f"row: has {counts}")
        if any(map(_is_damaged, row.cells)):
            return RefusedRow(row.line, "row: is not valid UTF-8")
        try:
            return self._read(row)
        except Refused as refused:
            return RefusedRow(row.line, refused.reason)

    def _read(self, row: TableRow) -> ImportedRow:
        values, extra = self._sorted(row.cells)
        if self.profile is Profile.IM47:
            post, incident = incident_of(values, self.options)
            return ImportedRow(row.line, post, extra, incident)
        return ImportedRow(row.line, post_of(values, self.options), extra)

    def _sorted(self, cells: Cells) -> tuple[dict[str, Cell], dict[str, str]]:
        values: dict[str, Cell] = {}
        extra: dict[str, str] = {}
        for column, cell in zip(self.columns, cells, strict=False):
            if column.field:
                values[column.field] = cell
            elif not column.dropped and cell != "":
                extra[column.header] = text_of(cell)
        return values, extra


def table_rows(table: Table, options: ImportOptions) -> TableRows:
    """Find the header row and what its columns hold."""
    header_line, cells = _header_row(table)
    headers = unique_headers(cells)
    profile = profile_of(headers, options.profile)
    columns = columns_of(headers, profile, options.mapping)
    return TableRows(table, header_line, columns, profile, options)


def _header_row(table: Table) -> tuple[int, list[str]]:
    """First of the rows that have the most known headers; titles may stand above."""
    start = islice(table.rows(), _HEADER_LOOK)
    rows = [(row.line, _texts(row)) for row in start if isinstance(row, TableRow)]
    if not rows:
        raise FileRefused("the file has no rows that can be read")
    return max(rows, key=lambda row: known_headers(row[1]))


def _texts(row: TableRow) -> list[str]:
    return [text_of(cell) for cell in row.cells]


def _is_damaged(cell: Cell) -> bool:
    """Find the stand-ins of bytes that are not UTF-8."""
    if not isinstance(cell, str) or cell.isascii():
        return False
    try:
        cell.encode()
    except UnicodeEncodeError:
        return True
    return False
