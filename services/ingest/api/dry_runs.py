"""Trying a query before it is a rule."""

from http import HTTPStatus
from uuid import UUID

from fastapi import APIRouter

from services.ingest.deps import Administrator, Reader, RulebooksDep
from services.ingest.handlers import dry_runs
from services.ingest.schemas.dry_runs import (
    DryRunAnswer,
    DryRunRequest,
    DryRunStarted,
    TryAnswer,
    TryRequest,
)
from services.ingest.schemas.problems import answers

# Before the routes of a rule: these names are no ids.
router = APIRouter(prefix="/ingest/rules", tags=["rules"])


@router.post(
    "/dry-runs",
    status_code=HTTPStatus.ACCEPTED,
    summary="Try a query on the archive",
    responses=answers(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT),
)
async def start_dry_run(asked: DryRunRequest, uow: Administrator) -> DryRunStarted:
    """Begin to look through the posts of the last 30 days; nothing is changed."""
    run = await dry_runs.start(uow, asked.query, asked.rule_id)
    return DryRunStarted.model_validate(run)


@router.get(
    "/dry-runs/{run_id}",
    summary="How far a dry run has come",
    responses=answers(HTTPStatus.NOT_FOUND),
)
async def read_dry_run(run_id: UUID, uow: Reader) -> DryRunAnswer:
    """Tell what a query finds; figures grow until `state` is `done`."""
    return DryRunAnswer.of(await dry_runs.get(uow, run_id))


@router.post(
    "/try", summary="Try a query on a text", responses=answers(HTTPStatus.NOT_FOUND)
)
async def try_query(
    asked: TryRequest, uow: Reader, rulebooks: RulebooksDep
) -> TryAnswer:
    """Say whether a query catches a text; nothing is kept."""
    tried = await dry_runs.try_text(
        uow, asked.query, asked.text, asked.rule_id, rulebooks
    )
    return TryAnswer.of(tried)
