"""How the service stands, and its dead letters."""

from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from services.ingest.deps import Administrator, Reader
from services.ingest.handlers import operations
from services.ingest.schemas.operations import (
    DeadLetter,
    DeadLetterList,
    Replayed,
    StatusAnswer,
)
from services.ingest.schemas.problems import answers

router = APIRouter(prefix="/ingest", tags=["operations"])


@router.get("/status", summary="What is stored and what waits", responses=answers())
async def get_status(uow: Reader) -> StatusAnswer:
    """Count posts, waiting work and dead letters of the region."""
    return StatusAnswer(**await operations.status(uow))


@router.get(
    "/dead-letters",
    summary="Work that failed for good",
    responses=answers(),
)
async def list_dead_letters(
    uow: Reader, limit: Annotated[int, Query(ge=1, le=500)] = 100
) -> DeadLetterList:
    """List what was given up, the latest first, with its error."""
    letters = await operations.dead_letters(uow, limit=limit)
    return DeadLetterList(items=[DeadLetter.model_validate(each) for each in letters])


@router.post(
    "/dead-letters/{letter_id}/replay",
    summary="Try a dead letter again",
    responses=answers(HTTPStatus.NOT_FOUND),
)
async def replay_dead_letter(letter_id: UUID, uow: Administrator) -> Replayed:
    """Put the work back; if it fails again it is a dead letter again.

    The next sweep (within 10 s) takes a message along.
    """
    return Replayed(id=letter_id, kind=await operations.replay(uow, letter_id))
