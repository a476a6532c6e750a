"""Rows of a file as posts, whatever the file is."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from services.ingest.domain.files.columns import Column
from services.ingest.domain.files.im47 import ImportedIncident
from services.ingest.domain.files.tables import RefusedRow
from services.ingest.domain.posts import IncomingPost


@dataclass(frozen=True, slots=True)
class ImportedRow:
    """A row that was read; `extra` is under its headers and not yet redacted."""

    line: int
    post: IncomingPost
    extra: Mapping[str, str]
    incident: ImportedIncident | None = None


class Rows(Protocol):
    """A table or NDJSON, opened."""

    @property
    def columns(self) -> tuple[Column, ...]: ...

    def rows(self) -> Iterator[ImportedRow | RefusedRow]:
        """Every row, from the first one on each time."""

    def preview(self) -> Iterator[Mapping[str, str]]:
        """Rows as texts under their headers, without what is never read."""
