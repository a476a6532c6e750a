"""NDJSON files: each line is one object of `ingest.v1`, as in a push call."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Final, NamedTuple

from services.ingest.domain.batch import parse_json_line
from services.ingest.domain.checks import Refused
from services.ingest.domain.files.columns import Column, Profile, columns_of
from services.ingest.domain.files.post_rows import ImportOptions
from services.ingest.domain.files.rows import ImportedRow
from services.ingest.domain.files.tables import RefusedRow
from services.ingest.domain.posts import parse_post

_LOOK: Final = 10


class _Line(NamedTuple):
    line: int
    values: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class NdjsonRows:
    """Lines of a text; what a line does not say, the options say."""

    text: str
    options: ImportOptions
    columns: tuple[Column, ...]

    def rows(self) -> Iterator[ImportedRow | RefusedRow]:
        for row in _lines(self.text):
            yield row if isinstance(row, RefusedRow) else self._read(row)

    def _read(self, row: _Line) -> ImportedRow | RefusedRow:
        told = {"source": self.options.source, "network": self.options.network.value}
        given = {key: value for key, value in row.values.items() if value is not None}
        try:
            post = parse_post(told | given, now=self.options.now)
        except Refused as refused:
            return RefusedRow(row.line, refused.reason)
        return ImportedRow(row.line, post, {})

    def preview(self) -> Iterator[Mapping[str, str]]:
        shown = {column.header for column in self.columns if not column.dropped}
        for row in _good(self.text):
            yield {
                key: "" if value is None else str(value)
                for key, value in row.values.items()
                if key in shown
            }


def ndjson_rows(text: str, options: ImportOptions) -> NdjsonRows:
    """Open NDJSON; its columns are the names in its first objects."""
    names = [name for row in islice(_good(text), _LOOK) for name in row.values]
    columns = columns_of(list(dict.fromkeys(names)), Profile.POSTS, {})
    return NdjsonRows(text, options, columns)


def _good(text: str) -> Iterator[_Line]:
    return (row for row in _lines(text) if isinstance(row, _Line))


def _lines(text: str) -> Iterator[_Line | RefusedRow]:
    """Objects of the lines that are not empty, with the number of their line."""
    start, line = 0, 0
    while start < len(text):
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        line += 1
        written = text[start:end].strip()
        start = end + 1
        if written:
            yield _parsed(line, written)


def _parsed(line: int, written: str) -> _Line | RefusedRow:
    try:
        value = parse_json_line(written.encode("utf-8", "surrogateescape"))
    except Refused as refused:
        return RefusedRow(line, refused.reason)
    if not isinstance(value, dict):
        return RefusedRow(line, "line: must be a JSON object")
    return _Line(line, value)
