"""What was understood of a file, and how far its taking-in has come."""

from collections.abc import Mapping
from dataclasses import dataclass

from web import words
from web.formats import Formats
from web.languages import N_, Language
from web.shapes.base import Rejected
from web.shapes.ingest import Column, ImportPreview, ImportState

_SHOWN_REJECTED = 50
_FIXED_PROFILE = "im47"

FIELDS: Mapping[str, str] = {
    "text": N_("Text of the post"),
    "published_at": N_("Time of publication"),
    "url": N_("Address of the post"),
    "external_id": N_("Number in the other system"),
    "source": N_("Page or channel"),
    "network": N_("Network"),
    "kind": N_("Post or comment"),
    "parent_id": N_("Number of the post it answers"),
    "edited_at": N_("Time of the last change"),
    "deleted": N_("Whether it was deleted"),
    "views": N_("Views"),
    "likes": N_("Likes"),
    "comments": N_("Comments"),
    "reposts": N_("Reposts"),
    "shares": N_("Shares"),
    "reactions": N_("Reactions"),
    "reach": N_("Reach"),
}
RECOGNISED = (
    N_("CSV: UTF-8, Windows-1251 or UTF-16, with semicolons or commas"),
    N_("NDJSON: one JSON object a line"),
    N_("XLSX: the first sheet"),
    N_("the 47-column export of “Incident Management”, recognised by its headers"),
)


@dataclass(frozen=True, slots=True)
class ColumnRow:
    """One column: where it goes, or why it is dropped."""

    header: str
    field: str
    is_dropped: bool
    example: str


@dataclass(frozen=True, slots=True)
class Preview:
    """What was understood of a file."""

    id: str
    profile: str
    encoding: str | None
    delimiter: str | None
    columns: tuple[ColumnRow, ...]
    is_fixed: bool
    missing: tuple[str, ...]
    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    total: str
    valid: str
    valid_count: int
    rejected: tuple[Rejected, ...]
    rejected_total: str
    rejected_count: int


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an import has come."""

    id: str
    label: words.Label | None
    is_running: bool
    is_waiting: bool
    error: str | None
    done: int
    total: int
    accepted: str
    duplicates: str
    rejected: tuple[Rejected, ...]
    rejected_total: str
    total_text: str


def preview(read: ImportPreview, show: Formats) -> Preview:
    """Make a preview ready: kept columns only, as the file has them."""
    first = read.preview[0] if read.preview else {}
    headers = tuple(c.header for c in read.columns if not c.dropped) or tuple(first)
    left_out = max(read.rejected_total, len(read.rejected))
    return Preview(
        id=read.id,
        profile=read.profile,
        encoding=read.encoding,
        delimiter=read.delimiter,
        columns=tuple(_column(column, first) for column in read.columns),
        is_fixed=read.profile == _FIXED_PROFILE,
        missing=tuple(
            show.language.say(FIELDS.get(name, name)) for name in read.missing
        ),
        headers=headers,
        rows=tuple(
            tuple(row.get(header, "") for header in headers) for row in read.preview
        ),
        total=show.number(read.total),
        valid=show.number(read.valid),
        valid_count=read.valid,
        rejected=read.rejected[:_SHOWN_REJECTED],
        rejected_total=show.number(left_out),
        rejected_count=left_out,
    )


def progress(state: ImportState, show: Formats) -> Progress:
    """Make the state of an import ready."""
    left_out = max(state.rejected_total, len(state.rejected))
    handled = max(state.taken, state.accepted + state.duplicates + left_out)
    return Progress(
        id=state.id,
        label=words.label(words.IMPORT_STATES, state.state, show.language),
        is_running=state.state == "running",
        is_waiting=state.state == "previewed",
        error=state.error,
        done=min(handled, state.total) if state.state != "done" else state.total,
        total=max(state.total, 1),
        accepted=show.number(state.accepted),
        duplicates=show.number(state.duplicates),
        rejected=state.rejected[:_SHOWN_REJECTED],
        rejected_total=show.number(left_out),
        total_text=show.number(state.total),
    )


def fields(language: Language) -> tuple[words.Label, ...]:
    """The fields a column may go to."""
    return tuple(
        words.Label(language.say(name), code=code) for code, name in FIELDS.items()
    )


def _column(column: Column, first: Mapping[str, str]) -> ColumnRow:
    return ColumnRow(
        header=column.header,
        field=column.field or "",
        is_dropped=column.dropped,
        example="" if column.dropped else first.get(column.header, ""),
    )
