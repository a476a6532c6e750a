"""Sources: listed, added, changed."""

from http import HTTPStatus
from uuid import UUID

from fastapi import APIRouter

from services.ingest.deps import Administrator, CheckAddressDep, Reader
from services.ingest.handlers import sources
from services.ingest.schemas.problems import answers
from services.ingest.schemas.sources import (
    NewSource,
    SourceAnswer,
    SourceChange,
    SourceList,
)

router = APIRouter(prefix="/ingest/sources", tags=["sources"])


@router.get("", summary="List the sources", responses=answers())
async def list_sources(uow: Reader) -> SourceList:
    """List the region's sources by name, with how their last poll went."""
    found = await sources.list_sources(uow)
    return SourceList(items=[SourceAnswer.model_validate(each) for each in found])


@router.post(
    "",
    status_code=HTTPStatus.CREATED,
    summary="Add a source",
    responses=answers(HTTPStatus.BAD_REQUEST, HTTPStatus.CONFLICT),
)
async def create_source(
    asked: NewSource, uow: Administrator, check: CheckAddressDep
) -> SourceAnswer:
    """Add a feed or a pushing system; a feed must be at a public address."""
    source = await sources.create_source(uow, asked.draft(), check)
    return SourceAnswer.model_validate(source)


@router.patch(
    "/{source_id}",
    summary="Change a source",
    responses=answers(HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND),
)
async def change_source(
    source_id: UUID, asked: SourceChange, uow: Administrator, check: CheckAddressDep
) -> SourceAnswer:
    """Pause, resume, move or disable a source.

    A paused feed is not asked; of a disabled source nothing is taken in at all.
    """
    source = await sources.change_source(uow, source_id, asked.changes(), check)
    return SourceAnswer.model_validate(source)
