"""The archive search: what may be asked, what is answered."""

from datetime import datetime
from typing import Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from shared.search import Hit, Page


class FoundPost(BaseModel):
    """A found post; `highlights` are character offsets into its text."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    network: str
    kind: str
    source_name: str
    url: str | None
    published_at: datetime
    text: str
    highlights: list[tuple[int, int]] = []
    topic: str | None
    topic_name: str | None
    municipality: str | None
    municipality_name: str | None
    status: str
    incident_id: UUID | None
    incident_number: int | None

    @classmethod
    def of(cls, hit: Hit) -> Self:
        """Show a hit."""
        found = cls.model_validate(hit.document)
        url = hit.document.url or None
        return found.model_copy(update={"highlights": list(hit.highlights), "url": url})


class ArchivePage(BaseModel):
    """One page, newest posts first."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "items": [],
                    "next_cursor": None,
                    "estimated_total": 0,
                    "facets": {"network": {"vk": 12}, "status": {"candidate": 12}},
                    "corrections": {"дорга": "дорога"},
                }
            ]
        }
    )

    items: list[FoundPost]
    next_cursor: str | None = Field(description="Ask again with it for the next page.")
    estimated_total: int = Field(description="Exact up to 10,000.")
    facets: dict[str, dict[str, int]]
    corrections: dict[str, str] = Field(
        description="Words the archive does not have, and what was looked for instead."
    )

    @classmethod
    def of(cls, page: Page) -> Self:
        """Show a page of the index."""
        return cls(
            items=[FoundPost.of(hit) for hit in page.hits],
            next_cursor=page.next_cursor,
            estimated_total=page.estimated_total,
            facets={name: dict(counts) for name, counts in page.facets.items()},
            corrections=dict(page.corrections),
        )
