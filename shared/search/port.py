"""What may be put into the archive's index and asked of it, whoever keeps the index."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Protocol
from uuid import UUID

# Totals and facet counts stop here: "10,000 or more" tells a reader as much as the
# exact figure, and counting further costs more than finding.
MOST_COUNTED: Final = 10_000
LARGEST_PAGE: Final = 200
FACETS: Final = ("network", "topic", "status", "municipality")


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A post as the archive shows it: text after redaction, nothing of its author.

    What is filtered by (network, topic, status, municipality) are short codes in lower
    case. Of a text the first 8,000 words can be found.
    """

    id: UUID
    region_id: int
    network: str
    kind: str
    source_name: str
    url: str | None
    published_at: datetime
    text: str
    topic: str | None = None
    topic_name: str | None = None
    municipality: str | None = None
    municipality_name: str | None = None
    incident_id: UUID | None = None
    incident_number: int | None = None
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A search within one region: `published_from` is included, `published_to` not.

    The words of `q` must all be found, in any form; «quoted» words must stand side
    by side. Filters narrow the facet counts too, also those of their own field.
    """

    region_id: int
    q: str = ""
    published_from: datetime | None = None
    published_to: datetime | None = None
    network: str | None = None
    topic: str | None = None
    status: str | None = None
    municipality: str | None = None
    cursor: str | None = None
    limit: int = 20
    with_facets: bool = True


@dataclass(frozen=True, slots=True)
class Hit:
    """A found document; highlights are `text[start:end]`, in order, never touching."""

    document: Document
    highlights: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """Newest documents first; a page may be short, the end is `next_cursor is None`.

    `corrections` says which words were not in the archive and what was looked for
    instead, so that the reader can be told.
    """

    hits: tuple[Hit, ...] = ()
    next_cursor: str | None = None
    estimated_total: int = 0
    facets: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    corrections: Mapping[str, str] = field(default_factory=dict)


class Search(Protocol):
    """The index of the archive, derived from PostgreSQL and bound to regions.

    Every call returns when its effect can be seen by `search`. All raise Unavailable
    when the index cannot be reached or does not do what it was asked.
    """

    async def ready(self) -> None:
        """Return if searches can be answered now, raise Unavailable if not."""

    async def prepare(self) -> None:
        """Make or update the index in use; safe to repeat at every start."""

    async def close(self) -> None:
        """Let go of connections of its own."""

    async def upsert(
        self, documents: Sequence[Document], *, index: str | None = None
    ) -> None:
        """Put documents in, replacing those of the same region and id."""

    async def delete(self, region_id: int, ids: Collection[UUID]) -> None:
        """Take documents of a region out; ids that are not there do not matter."""

    async def search(self, query: Query) -> Page:
        """Answer a page; raise Invalid for a cursor that is not of this query."""

    async def ids(self, region_id: int, ids: Collection[UUID]) -> set[UUID]:
        """Say which of these documents are in the index in use."""

    async def count(self, region_id: int) -> int:
        """Count the documents of a region exactly."""

    async def new_index(self) -> str:
        """Begin an empty index beside the one in use and name it for `upsert`."""

    async def swap(self, index: str) -> None:
        """Put a filled index into use at once; raise Conflict if it is not the one."""
