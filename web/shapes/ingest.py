"""Archive, imports and sources as services/ingest answers them."""

from datetime import datetime

from pydantic import Field, field_validator

from web.shapes.base import Rejected, Shape
from web.shapes.triage import Span


class PostAddress(Shape):
    """Where a post stands whose address names a person."""

    url: str


class ArchivePost(Shape):
    """One found post."""

    id: str
    network: str
    kind: str = "post"
    source_name: str | None = None
    url: str | None = None
    published_at: datetime
    text: str
    highlights: tuple[Span, ...] = ()
    topic: str | None = None
    topic_name: str | None = None
    municipality: str | None = None
    municipality_name: str | None = None
    status: str = "taken_in"
    incident_id: str | None = None
    incident_number: int | None = None


class ArchivePage(Shape):
    """One page of the archive."""

    items: tuple[ArchivePost, ...] = ()
    next_cursor: str | None = None
    estimated_total: int = 0
    facets: dict[str, dict[str, int]] = Field(default_factory=dict)
    corrections: dict[str, str] = Field(default_factory=dict)


class Column(Shape):
    """One column of an imported file and the field it goes to."""

    header: str
    field: str | None = None
    dropped: bool = False
    reason: str | None = None


class ImportPreview(Shape):
    """What was understood of an uploaded file, before anything is stored."""

    id: str
    profile: str = "auto"
    encoding: str | None = None
    delimiter: str | None = None
    columns: tuple[Column, ...] = ()
    preview: tuple[dict[str, str], ...] = ()
    total: int = 0
    valid: int = 0
    missing: tuple[str, ...] = ()
    rejected: tuple[Rejected, ...] = ()
    rejected_total: int = 0

    @field_validator("preview", mode="before")
    @classmethod
    def _cells_are_text(cls, rows: object) -> object:
        if not isinstance(rows, list | tuple):
            return rows
        return [
            {str(key): "" if cell is None else str(cell) for key, cell in row.items()}
            for row in rows
        ]


class ImportState(Shape):
    """How far an import has come."""

    id: str
    state: str
    total: int = 0
    taken: int = 0
    accepted: int = 0
    duplicates: int = 0
    rejected: tuple[Rejected, ...] = ()
    rejected_total: int = 0
    error: str | None = None


class Source(Shape):
    """A watched page, feed, push or file."""

    id: str | int
    name: str
    kind: str
    network: str | None = None
    url: str | None = None
    intake: str = "matched"
    state: str = "active"
    last_ok_at: datetime | None = None
    last_error: str | None = None
    failures: int = 0
