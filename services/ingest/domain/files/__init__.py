"""Reads uploaded CSV, NDJSON and XLSX files as posts, or as incidents with theirs."""

from services.ingest.domain.files.columns import Column, Profile
from services.ingest.domain.files.im47 import ImportedIncident
from services.ingest.domain.files.post_rows import ImportOptions
from services.ingest.domain.files.reading import ImportedFile, read_file
from services.ingest.domain.files.rows import ImportedRow
from services.ingest.domain.files.tables import (
    LARGEST_FILE,
    MOST_ROWS,
    FileFormat,
    FileRefused,
    RefusedRow,
)

__all__ = [
    "LARGEST_FILE",
    "MOST_ROWS",
    "Column",
    "FileFormat",
    "FileRefused",
    "ImportOptions",
    "ImportedFile",
    "ImportedIncident",
    "ImportedRow",
    "Profile",
    "RefusedRow",
    "read_file",
]
