"""Sources: listed, recognised, tested, added, changed."""

from http import HTTPStatus
from uuid import UUID

from fastapi import APIRouter

from services.ingest.deps import (
    Administrator,
    AdministratorDep,
    CheckAddressDep,
    NetworksDep,
    Reader,
    VaultDep,
    WorkDep,
)
from services.ingest.handlers import sources, watching, webhooks
from services.ingest.handlers.budgets import standing_of, standings
from services.ingest.schemas.figures import FigureList
from services.ingest.schemas.problems import answers
from services.ingest.schemas.source_answers import (
    NewSourceAnswer,
    RecognisedAnswer,
    SourceAnswer,
    SourceList,
    TestAnswer,
)
from services.ingest.schemas.source_options import OptionAnswer, OptionList
from services.ingest.schemas.sources import LinkAsked, NewSource, SourceChange
from services.ingest.sources.options import options_for

router = APIRouter(prefix="/ingest/sources", tags=["sources"])


@router.get("", summary="List the sources", responses=answers())
async def list_sources(uow: Reader, networks: NetworksDep) -> SourceList:
    """List the region's sources by name: health, lag, budget, last error."""
    found = await sources.list_sources(uow)
    known = await standings(uow, networks)
    return SourceList(
        items=[SourceAnswer.of(each, standing_of(known, each)) for each in found]
    )


@router.post(
    "",
    status_code=HTTPStatus.CREATED,
    summary="Add a source",
    responses=answers(HTTPStatus.BAD_REQUEST, HTTPStatus.CONFLICT),
)
async def create_source(
    asked: NewSource,
    uow: Administrator,
    check: CheckAddressDep,
    networks: NetworksDep,
    vault: VaultDep,
) -> NewSourceAnswer:
    """Watch what a link leads to, or add a feed, a pushing system, a signed webhook.

    A feed must be at a public address. The secret of a signed webhook is answered
    here and never again.
    """
    secret = None
    if asked.link is not None:
        source = await watching.watch(uow, networks, asked.wish(), check)
    elif asked.kind == "webhook":
        source, secret = await webhooks.create_webhook(uow, asked.draft(), vault, check)
    else:
        source = await sources.create_source(uow, asked.draft(), check)
    answer = NewSourceAnswer.of(source)
    answer.secret = secret
    return answer


@router.post(
    "/recognise",
    summary="Say what a link leads to",
    responses=answers(HTTPStatus.BAD_REQUEST),
)
async def recognise(
    asked: LinkAsked, uow: Administrator, networks: NetworksDep
) -> RecognisedAnswer:
    """Recognise the network of a link; no network is called."""
    return RecognisedAnswer.of(await watching.look_up(uow, networks, asked.link))


@router.post(
    "/test",
    summary="Test a link before it is added",
    responses=answers(HTTPStatus.BAD_REQUEST),
)
async def test_link(
    asked: NewSource,
    work: WorkDep,
    principal: AdministratorDep,
    networks: NetworksDep,
    vault: VaultDep,
) -> TestAnswer:
    """Ask the network about the link once; the body is that of adding a source."""
    tested = await watching.test_link(work, networks, vault, principal, asked.wish())
    return TestAnswer.of(tested)


@router.get(
    "/{source_id}",
    summary="One source",
    responses=answers(HTTPStatus.NOT_FOUND),
)
async def get_source(
    source_id: UUID, uow: Reader, networks: NetworksDep
) -> SourceAnswer:
    """Show a source and how it goes."""
    source = await watching.get(uow, source_id)
    known = await standings(uow, networks)
    return SourceAnswer.of(source, standing_of(known, source))


@router.patch(
    "/{source_id}",
    summary="Change a source",
    responses=answers(
        HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT
    ),
)
async def change_source(
    source_id: UUID, asked: SourceChange, uow: Administrator, check: CheckAddressDep
) -> SourceAnswer:
    """Pause, resume, rename, move or disable a source.

    A paused source is not asked; of a disabled one nothing is taken in at all.
    """
    source = await sources.change_source(uow, source_id, asked.changes(), check)
    return SourceAnswer.of(source)


@router.post(
    "/{source_id}/test",
    summary="Test a source",
    responses=answers(HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND),
)
async def test_source(
    source_id: UUID,
    work: WorkDep,
    principal: AdministratorDep,
    networks: NetworksDep,
    vault: VaultDep,
) -> TestAnswer:
    """Ask the network about a source once, now; nothing is stored."""
    tested = await watching.test_source(work, networks, vault, principal, source_id)
    return TestAnswer.of(tested)


@router.post(
    "/{source_id}/pause",
    summary="Pause a source",
    responses=answers(HTTPStatus.NOT_FOUND),
)
async def pause(source_id: UUID, uow: Administrator) -> SourceAnswer:
    """Stop asking a source; a network that pushes is told to come again later."""
    return SourceAnswer.of(await watching.pause(uow, source_id))


@router.post(
    "/{source_id}/resume",
    summary="Resume a source",
    responses=answers(HTTPStatus.NOT_FOUND),
)
async def resume(source_id: UUID, uow: Administrator) -> SourceAnswer:
    """Start a source again, whatever stopped it; it is asked at once."""
    return SourceAnswer.of(await watching.resume(uow, source_id))


@router.get(
    "/{source_id}/options",
    summary="What may be set for a source",
    responses=answers(HTTPStatus.NOT_FOUND),
)
async def options(source_id: UUID, uow: Reader) -> OptionList:
    """List the options of a source's network: types, usual values, limits, names."""
    source = await watching.get(uow, source_id)
    found = options_for(source.network, source.place_kind)
    return OptionList(items=[OptionAnswer.of(each) for each in found])


@router.get(
    "/{source_id}/figures",
    summary="Figures of an official page",
    responses=answers(HTTPStatus.NOT_FOUND),
)
async def figures(source_id: UUID, uow: Reader) -> FigureList:
    """List what the network told of the page, a snapshot a day."""
    return FigureList.of(await watching.figures_of(uow, source_id))
