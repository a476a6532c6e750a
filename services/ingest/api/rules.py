"""Rules: listed, written, changed, measured."""

from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from services.ingest.deps import Administrator, Reader
from services.ingest.handlers import rule_figures, rule_quality, rules
from services.ingest.schemas.problems import answers
from services.ingest.schemas.rule_figures import HitList, QualityAnswer
from services.ingest.schemas.rule_language import RuleLanguage
from services.ingest.schemas.rules import (
    NewRule,
    RuleAnswer,
    RuleChange,
    RuleList,
    RuleVersionAnswer,
    RuleVersionList,
)

router = APIRouter(prefix="/ingest/rules", tags=["rules"])


@router.get("", summary="List the rules", responses=answers())
async def list_rules(uow: Reader) -> RuleList:
    """List the region's rules by name, suspended and expired ones too."""
    found = await rule_quality.list_measured(uow)
    return RuleList(items=[RuleAnswer.of(each) for each in found])


@router.post(
    "",
    status_code=HTTPStatus.CREATED,
    summary="Write a rule",
    responses=answers(HTTPStatus.BAD_REQUEST, HTTPStatus.CONFLICT),
)
async def create_rule(asked: NewRule, uow: Administrator) -> RuleAnswer:
    """Put a rule into force; a fault in its query is told with its position."""
    rule = await rules.create_rule(uow, asked.draft())
    return RuleAnswer.of(await rule_quality.measured(uow, rule))


@router.get("/language", summary="Read how queries are written", responses=answers())
async def read_language(_: Reader) -> RuleLanguage:
    """Tell the query language by example, in Russian and English."""
    return RuleLanguage.whole()


@router.get(
    "/{rule_id}", summary="Read a rule", responses=answers(HTTPStatus.NOT_FOUND)
)
async def read_rule(rule_id: UUID, uow: Reader) -> RuleAnswer:
    """Read a rule with its figures."""
    rule = await rules.get(uow, rule_id)
    return RuleAnswer.of(await rule_quality.measured(uow, rule))


@router.patch(
    "/{rule_id}",
    summary="Change a rule",
    responses=answers(
        HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT
    ),
)
async def change_rule(
    rule_id: UUID, asked: RuleChange, uow: Administrator
) -> RuleAnswer:
    """Change fields; every change is a new version and stands in the audit log.

    Another query, or the end of a suspension, begins the measuring anew.
    """
    rule = await rules.change_rule(uow, rule_id, asked.changes(), reason=asked.reason)
    return RuleAnswer.of(await rule_quality.measured(uow, rule))


@router.get(
    "/{rule_id}/versions",
    summary="What a rule was",
    responses=answers(HTTPStatus.NOT_FOUND),
)
async def list_versions(rule_id: UUID, uow: Reader) -> RuleVersionList:
    """List the versions of a rule, oldest first."""
    found = await rules.list_versions(uow, rule_id)
    return RuleVersionList(
        items=[RuleVersionAnswer.model_validate(version) for version in found]
    )


@router.get(
    "/{rule_id}/quality",
    summary="How good a rule is",
    responses=answers(HTTPStatus.NOT_FOUND),
)
async def read_quality(rule_id: UUID, uow: Reader) -> QualityAnswer:
    """Tell what was decided week by week, and which word to exclude."""
    return QualityAnswer.of(*await rule_figures.quality(uow, rule_id))


@router.get(
    "/{rule_id}/matches",
    summary="What a rule caught",
    responses=answers(HTTPStatus.NOT_FOUND),
)
async def list_matches(
    rule_id: UUID, uow: Reader, limit: Annotated[int, Query(ge=1, le=100)] = 20
) -> HitList:
    """List the posts a rule caught last, the newest first."""
    return HitList.of(await rule_figures.latest(uow, rule_id, limit=limit))
