"""Opens an uploaded file: what it is, what its columns hold, and its rows as posts."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Final

from services.ingest.domain.files.columns import (
    Column,
    Profile,
    known_headers,
    missing_fields,
)
from services.ingest.domain.files.csv_table import csv_table
from services.ingest.domain.files.encodings import decode
from services.ingest.domain.files.ndjson_rows import ndjson_rows
from services.ingest.domain.files.post_rows import ImportOptions
from services.ingest.domain.files.rows import ImportedRow, Rows
from services.ingest.domain.files.table_rows import table_rows
from services.ingest.domain.files.tables import (
    LARGEST_FILE,
    MOST_ROWS,
    FileFormat,
    FileRefused,
    RefusedRow,
    Table,
)
from services.ingest.domain.files.xlsx_table import xlsx_table

_ZIP: Final = b"PK\x03\x04"
_OLD_OFFICE: Final = b"\xd0\xcf\x11\xe0"
_PREVIEW: Final = 10
# No text file has these; pictures, archives and programs do.
_BINARY: Final = re.compile("[\0-\x08\x0e-\x1a\x1c-\x1f]")
_BINARY_LOOK: Final = 4096
_MOST_BINARY: Final = 4


@dataclass(frozen=True, slots=True)
class ImportedFile:
    """What the preview shows of a file, and its rows."""

    profile: Profile
    format: FileFormat
    encoding: str | None
    delimiter: str | None
    columns: tuple[Column, ...]
    missing: tuple[str, ...]
    preview: tuple[Mapping[str, str], ...]
    source: Rows

    def rows(self) -> Iterator[ImportedRow | RefusedRow]:
        """Rows one after another; raises `FileRefused` past the most rows."""
        for taken, row in enumerate(self.source.rows()):
            if taken == MOST_ROWS:
                raise FileRefused(f"the file has more than {MOST_ROWS:,} rows")
            yield row


def read_file(data: bytes, options: ImportOptions) -> ImportedFile:
    """Open an upload by what its bytes are; raises `FileRefused` with the reason."""
    if len(data) > LARGEST_FILE:
        raise FileRefused(f"the file is larger than {LARGEST_FILE:,} bytes")
    if data.startswith(_OLD_OFFICE):
        raise FileRefused(
            "the file is an old .xls or has a password; save it as .xlsx without one"
        )
    if data.startswith(_ZIP):
        return _from_table(xlsx_table(data, known_headers), options)
    text, encoding = decode(data)
    if not text.strip():
        raise FileRefused("the file is empty")
    if len(_BINARY.findall(text[:_BINARY_LOOK])) >= _MOST_BINARY:
        raise FileRefused("the file is none of CSV, NDJSON and XLSX")
    if text.lstrip().startswith("{"):
        return _from_ndjson(text, encoding, options)
    return _from_table(csv_table(text, encoding, known_headers), options)


def _from_table(table: Table, options: ImportOptions) -> ImportedFile:
    source = table_rows(table, options)
    is_posts = source.profile is Profile.POSTS
    return ImportedFile(
        profile=source.profile,
        format=table.format,
        encoding=table.encoding,
        delimiter=table.delimiter,
        columns=source.columns,
        missing=missing_fields(source.columns) if is_posts else (),
        preview=tuple(islice(source.preview(), _PREVIEW)),
        source=source,
    )


def _from_ndjson(text: str, encoding: str, options: ImportOptions) -> ImportedFile:
    if options.profile == Profile.IM47:
        raise FileRefused("an export of incidents is CSV or XLSX, this file is NDJSON")
    source = ndjson_rows(text, options)
    return ImportedFile(
        profile=Profile.POSTS,
        format=FileFormat.NDJSON,
        encoding=encoding,
        delimiter=None,
        columns=source.columns,
        missing=missing_fields(source.columns),
        preview=tuple(islice(source.preview(), _PREVIEW)),
        source=source,
    )
