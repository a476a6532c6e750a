"""Reference lists, the state of the service, and its dead letters over HTTP."""

from collections.abc import Callable, Iterable
from http import HTTPStatus
from uuid import UUID

from fastapi import APIRouter
from fastapi.types import DecoratedCallable

from services.triage import handlers
from services.triage.api.common import problems
from services.triage.deps import Administrator, KitDep, Reader
from services.triage.handlers import overview
from services.triage.schemas.common import Named
from services.triage.schemas.reference import (
    DeadLetter,
    DeadLetterList,
    NamedList,
    OfficialPage,
    PageChange,
    PageIn,
    PageList,
    Replayed,
    Status,
    Topic,
    TopicList,
)

router = APIRouter(prefix="/triage", responses=problems())


def _page_step(
    name: str, summary: str
) -> Callable[[DecoratedCallable], DecoratedCallable]:
    """Declare a step of an official page: each has an address of its own."""
    return router.post(
        f"/official-pages/{{page_id}}/{name}",
        summary=summary,
        tags=["official pages"],
        responses=problems(404, 422),
    )


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


@router.get("/official-pages", summary="The pages that speak", tags=["official pages"])
async def official_pages(uow: Reader, kit: KitDep) -> PageList:
    """List official pages, retired ones too."""
    found = await handlers.list_pages(uow)
    return PageList(
        items=[OfficialPage.of(page) for page in found],
        networks=sorted(
            {one.network for one in kit.publishers.all if one.capabilities.answers}
        ),
    )


@router.post(
    "/official-pages",
    summary="Register an official page",
    status_code=HTTPStatus.CREATED,
    tags=["official pages"],
    responses=problems(400, 409, 422),
)
async def register_page(uow: Administrator, body: PageIn) -> OfficialPage:
    """Let a page speak for the region; no page that is not registered ever does."""
    return OfficialPage.of(await handlers.register_page(uow, body.asked()))


@router.patch(
    "/official-pages/{page_id}",
    summary="Change an official page",
    tags=["official pages"],
    responses=problems(404, 422),
)
async def change_page(
    page_id: UUID, uow: Administrator, body: PageChange
) -> OfficialPage:
    """Change its name, the authority it speaks for, the credential it speaks with."""
    changed = await handlers.change_page(uow, page_id, body.changes())
    return OfficialPage.of(changed)


@_page_step("restore", "Give a retired page its voice back")
async def restore_page(uow: Administrator, page_id: UUID) -> OfficialPage:
    """Let a retired page speak again; what it gave back stays given back."""
    return OfficialPage.of(await handlers.restore_page(uow, page_id))


@_page_step("retire", "Retire an official page")
async def retire_page(uow: Administrator, page_id: UUID) -> OfficialPage:
    """Take its voice away: what still waits to go out from it is given back."""
    return OfficialPage.of(await handlers.retire_page(uow, page_id))


@_page_step("pause", "Pause an official page")
async def pause_page(uow: Administrator, page_id: UUID) -> OfficialPage:
    """Let what goes out from it wait. Watching its wall is the source's own matter."""
    return OfficialPage.of(await handlers.pause_page(uow, page_id))


@_page_step("resume", "End the pause of an official page")
async def resume_page(uow: Administrator, page_id: UUID) -> OfficialPage:
    """Let it speak on; what waits goes out now, each after a look at its post."""
    return OfficialPage.of(await handlers.resume_page(uow, page_id))


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
