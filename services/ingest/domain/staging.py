"""Rows of an uploaded file as they wait to be taken in, without what is never read.

Between the preview and the taking in only this is kept of a file: columns about
people are gone, and a person may still say what the other columns hold.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from services.ingest.domain.checks import Refused
from services.ingest.domain.files import (
    FileFormat,
    ImportedFile,
    ImportedRow,
    ImportOptions,
    Profile,
    RefusedRow,
)
from services.ingest.domain.files.cells import text_of
from services.ingest.domain.files.columns import columns_of
from services.ingest.domain.files.table_rows import TableRows
from services.ingest.domain.files.tables import Table, TableRow
from services.ingest.domain.posts import IncomingPost, parse_post

PART: Final = 500
"""Rows taken in at a time: a part is one transaction."""

MOST_LISTED: Final = 1000
"""Refused rows that are named; the others are only counted."""

Keep = Callable[[str], None]
"""Takes one part after another, as JSON."""


@dataclass(slots=True)
class Refusals:
    """Refused rows: all counted, the first ones named."""

    total: int = 0
    listed: list[dict[str, Any]] = field(default_factory=list)

    def add(self, row: RefusedRow) -> None:
        self.total += 1
        if len(self.listed) < MOST_LISTED:
            self.listed.append({"line": row.line, "reason": row.reason})


@dataclass(slots=True)
class Census:
    """What a file holds as it is read now.

    `unreadable` are rows that no other mapping could save; they are among the
    `rejected`.
    """

    valid: int = 0
    rejected: Refusals = field(default_factory=Refusals)
    unreadable: Refusals = field(default_factory=Refusals)

    @property
    def total(self) -> int:
        return self.valid + self.rejected.total


def stage(file: ImportedFile, keep: Keep) -> Census:
    """Count the rows of a file and hand them over in parts."""
    census = Census()
    part: list[list[Any]] = []
    for line, row, content in _contents(file):
        if isinstance(row, RefusedRow):
            census.rejected.add(row)
        else:
            census.valid += 1
        if content is not None:
            part.append([line, content])
        elif isinstance(row, RefusedRow):
            census.unreadable.add(row)
        if len(part) == PART:
            keep(_json(part))
            part = []
    if part:
        keep(_json(part))
    return census


def read_part(
    part: str, headers: Sequence[str], file_format: FileFormat, options: ImportOptions
) -> Iterator[ImportedRow | RefusedRow]:
    """Read staged rows as posts, with the mapping and profile of the options."""
    rows = json.loads(part)
    if file_format is FileFormat.NDJSON:
        return (_read_object(line, content, options) for line, content in rows)
    profile = Profile(options.profile)
    columns = columns_of(headers, profile, options.mapping)
    table = Table(file_format, None, None, lambda: (TableRow(*row) for row in rows))
    return TableRows(table, 0, columns, profile, options).rows()


_Content = tuple[int, ImportedRow | RefusedRow, Any]


def _contents(file: ImportedFile) -> Iterator[_Content]:
    """Each row with what is kept of it, None where it cannot be read at all."""
    if isinstance(file.source, TableRows):
        yield from _table_contents(file, file.source)
        return
    for row in file.rows():
        content = _object(row.post) if isinstance(row, ImportedRow) else None
        yield row.line, row, content


def _table_contents(file: ImportedFile, source: TableRows) -> Iterator[_Content]:
    written = (row for row in source.table.rows() if row.line > source.header_line)
    kept = [not column.dropped for column in source.columns]
    for raw, row in zip(written, file.rows(), strict=True):
        unreadable = isinstance(row, RefusedRow) and row.reason.startswith("row:")
        if isinstance(raw, RefusedRow) or unreadable:
            yield row.line, row, None
        else:
            cells = zip(raw.cells, kept, strict=False)
            yield row.line, row, [text_of(cell) for cell, keeps in cells if keeps]


def _object(post: IncomingPost) -> Mapping[str, Any]:
    return {
        "network": post.network,
        "source": post.source,
        "external_id": post.external_id,
        "kind": post.kind,
        "parent_id": post.parent_id,
        "url": post.url,
        "text": post.text,
        "published_at": post.published_at.isoformat(),
        "edited_at": post.edited_at.isoformat() if post.edited_at else None,
        "deleted": post.deleted,
        "metrics": dict(post.metrics),
    }


def _read_object(
    line: int, content: object, options: ImportOptions
) -> ImportedRow | RefusedRow:
    try:
        return ImportedRow(line, parse_post(content, now=options.now), {})
    except Refused as refused:
        return RefusedRow(line, refused.reason)


def _json(part: Sequence[Sequence[Any]]) -> str:
    return json.dumps(part, ensure_ascii=False, separators=(",", ":"))
