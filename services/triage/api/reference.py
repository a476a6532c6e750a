"""Reference lists, the state of the service, and its dead letters over HTTP."""

from collections.abc import Iterable
from uuid import UUID

from fastapi import APIRouter

from services.triage.api.common import problems
from services.triage.deps import Administrator, Reader
from services.triage.handlers import overview
from services.triage.schemas.common import Named
from services.triage.schemas.reference import (
    DeadLetter,
    DeadLetterList,
    NamedList,
    Replayed,
    Status,
    Topic,
    TopicList,
)

router = APIRouter(prefix="/triage", responses=problems())


@router.get("/topics", summary="The classifier of public services", tags=["reference"])
async def topics(uow: Reader) -> TopicList:
    """List topics with their groups."""
    desk = await overview.desk(uow)
    return TopicList(
        items=[
            Topic.model_validate(topic, from_attributes=True)
            for topic in desk.topics.values()
        ]
    )


@router.get("/authorities", summary="Who can be made to answer", tags=["reference"])
async def authorities(uow: Reader) -> NamedList:
    """List authorities."""
    desk = await overview.desk(uow)
    return NamedList(items=_named(desk.authorities.items()))


@router.get("/municipalities", summary="Places of the region", tags=["reference"])
async def municipalities(uow: Reader) -> NamedList:
    """List the places of the first level."""
    desk = await overview.desk(uow)
    names = [(code, place.name) for code, place in desk.municipalities.items()]
    return NamedList(items=_named(names))


def _named(pairs: Iterable[tuple[str, str]]) -> list[Named]:
    return [Named(code=code, name=name) for code, name in pairs]


@router.get("/status", summary="What waits", tags=["state"])
async def status(uow: Reader) -> Status:
    """Count what waits for people, what is on its way and what was given up."""
    return Status.model_validate(await overview.status(uow), from_attributes=True)


@router.get("/dead-letters", summary="Messages given up", tags=["state"])
async def dead_letters(uow: Administrator) -> DeadLetterList:
    """List messages that could not be handled, the latest first. Needs `admin`."""
    letters = await overview.dead_letters(uow)
    return DeadLetterList(
        items=[
            DeadLetter.model_validate(letter, from_attributes=True)
            for letter in letters
        ]
    )


@router.post(
    "/dead-letters/{letter_id}/replay",
    summary="Send a message again",
    tags=["state"],
    responses=problems(404, 422),
)
async def replay(letter_id: UUID, uow: Administrator) -> Replayed:
    """Put a dead letter on its way again; it has its effect at most once."""
    await overview.replay(uow, letter_id)
    return Replayed(id=letter_id)
