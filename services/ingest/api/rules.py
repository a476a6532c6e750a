"""Rules: listed, written, changed."""

from http import HTTPStatus
from uuid import UUID

from fastapi import APIRouter

from services.ingest.deps import Administrator, Reader
from services.ingest.handlers import rules
from services.ingest.schemas.problems import answers
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
    found = await rules.list_rules(uow)
    return RuleList(items=[RuleAnswer.model_validate(rule) for rule in found])


@router.post(
    "",
    status_code=HTTPStatus.CREATED,
    summary="Write a rule",
    responses=answers(HTTPStatus.BAD_REQUEST, HTTPStatus.CONFLICT),
)
async def create_rule(asked: NewRule, uow: Administrator) -> RuleAnswer:
    """Put a rule into force; a fault in its query is told with its position."""
    return RuleAnswer.model_validate(await rules.create_rule(uow, asked.draft()))


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
    """Change fields; every change is a new version and stands in the audit log."""
    rule = await rules.change_rule(uow, rule_id, asked.changes())
    return RuleAnswer.model_validate(rule)


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
