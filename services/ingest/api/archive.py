"""The archive search."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from services.ingest.deps import Archivist, SearchDep
from services.ingest.handlers import archive
from services.ingest.handlers.archive import Asked
from services.ingest.schemas.archive import ArchivePage
from services.ingest.schemas.problems import answers

router = APIRouter(prefix="/archive", tags=["archive"])

Moment = AwareDatetime | date
Value = Annotated[str, Field(max_length=255)]


class ArchiveQuery(BaseModel):
    """The parameters of a search; filters narrow, all must hold."""

    model_config = ConfigDict(extra="forbid")

    q: str = Field(
        default="",
        max_length=500,
        description="Words in any form, all must be there; «quoted» side by side.",
        examples=["яма на дороге"],
    )
    from_: Moment | None = Field(
        default=None,
        alias="from",
        description="Published at or after: a time with zone, or a day of the region.",
    )
    to: Moment | None = Field(
        default=None, description="Published before a time, or until the end of a day."
    )
    network: Value | None = None
    topic: Value | None = None
    status: Value | None = None
    municipality: Value | None = None
    cursor: Annotated[str, Field(max_length=4000)] | None = None
    limit: int = Field(default=20, ge=1, le=100)


@router.get(
    "/posts",
    summary="Search the archive",
    responses=answers(),
)
async def search_posts(
    asked: Annotated[ArchiveQuery, Query()], uow: Archivist, search: SearchDep
) -> ArchivePage:
    """Find posts by words in any form, misspelt ones too; newest first.

    Every search stands in the audit log. Texts are redacted; nothing about an
    author is stored, so nothing can be found by it.
    """
    page = await archive.search_archive(
        uow, search, Asked(**asked.model_dump(by_alias=False))
    )
    return ArchivePage.of(page)
