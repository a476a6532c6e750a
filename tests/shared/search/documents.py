"""Invented documents for the tests of the index."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from shared.search import Document, Page, Query

NOW = datetime(2026, 3, 11, 9, 0, tzinfo=UTC)
NORTH, SOUTH = 1, 2


def make_id(number: int) -> UUID:
    """Ids that sort like their numbers, as those of posts do by time."""
    return UUID(int=0x01_9600_0000_0070_0080_0000_0000_0000 << 4 | number)


def make_document(number: int, text: str, **changes: object) -> Document:
    """The number is the document's id and its place in time, in minutes."""
    document = Document(
        id=make_id(number),
        region_id=NORTH,
        network="vk",
        kind="post",
        source_name="Подслушано в Заречном",
        url=f"https://vk.example/wall-1_{number}",
        published_at=NOW + timedelta(minutes=number),
        text=text,
        status="taken_in",
    )
    return replace(document, **changes)  # type: ignore[arg-type]


def ask(q: str = "", **changes: object) -> Query:
    """A question in the region of the documents."""
    return replace(Query(region_id=NORTH, q=q), **changes)  # type: ignore[arg-type]


def numbers(page: Page) -> list[int]:
    """The numbers of the documents found, in order."""
    return [hit.document.id.int & 0xFFFF for hit in page.hits]


def marked(page: Page) -> list[list[str]]:
    """The highlighted pieces of every text found."""
    return [
        [hit.document.text[start:end] for start, end in hit.highlights]
        for hit in page.hits
    ]
