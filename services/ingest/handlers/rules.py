"""The region's rules: reviewed, owned, expiring, every change a new version."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.ingest.rules import QueryError, parse
from services.ingest.store import rules as rule_store
from shared.errors import Conflict, FieldProblem, Invalid, NotFound, invalid
from shared.library import starter
from shared.models.ingest import Rule, RuleVersion
from shared.uow import UnitOfWork

LONGEST_LIFE: Final = timedelta(days=2 * 365)
LIBRARY_LIFE: Final = timedelta(days=365)
LIBRARY_OWNER: Final = "Отклик"


@dataclass(frozen=True, slots=True)
class Draft:
    """What a person says about a rule."""

    name: str
    query: str
    topic_code: str | None
    purpose: str
    owner: str
    expires_on: date
    state: str = "active"


async def list_rules(uow: UnitOfWork) -> Sequence[Rule]:
    """List the region's rules by name."""
    return await rule_store.listed(uow.session, uow.region_id)


async def list_versions(uow: UnitOfWork, rule_id: UUID) -> Sequence[RuleVersion]:
    """List what a rule was, oldest first."""
    if await rule_store.one(uow.session, uow.region_id, rule_id) is None:
        raise NotFound("rule", rule_id)
    return await rule_store.versions(uow.session, rule_id)


async def create_rule(uow: UnitOfWork, draft: Draft) -> Rule:
    """Put a rule into force; Invalid with the place of a fault in its query."""
    _check(draft.query, draft.expires_on, uow.now)
    if draft.name in await rule_store.names(uow.session, uow.region_id):
        raise Conflict(f"There is a rule {draft.name!r} already.")
    rule = _new(uow.session, uow.region_id, draft, by=uow.principal.name, now=uow.now)
    await rule_store.bump(uow.session, uow.region_id)
    uow.audit("rule.created", "rule", rule.id, version=1, name=rule.name)
    return rule


async def change_rule(
    uow: UnitOfWork, rule_id: UUID, changes: Mapping[str, Any]
) -> Rule:
    """Change fields of a rule; its older versions stay to be read."""
    rule = await rule_store.one(uow.session, uow.region_id, rule_id, lock=True)
    if rule is None:
        raise NotFound("rule", rule_id)
    changed = {k: v for k, v in changes.items() if getattr(rule, k) != v}
    if not changed:
        return rule
    _check(changed.get("query", rule.query), changed.get("expires_on"), uow.now)
    await _refuse_taken_name(uow, changed.get("name"))
    for name, value in changed.items():
        setattr(rule, name, value)
    rule.version += 1
    rule.changed_at = uow.now
    _keep_version(uow.session, rule, by=uow.principal.name)
    await rule_store.bump(uow.session, uow.region_id)
    uow.audit(
        "rule.changed", "rule", rule.id, version=rule.version, fields=sorted(changed)
    )
    return rule


async def install_library(
    session: AsyncSession,
    region_id: int,
    rules: Iterable[starter.Rule],
    *,
    now: datetime,
) -> int:
    """Give a region the rules of the library it does not have yet; count them."""
    known = await rule_store.names(session, region_id)
    missing = [rule for rule in rules if rule.name not in known]
    for rule in missing:
        draft = Draft(
            name=rule.name,
            query=rule.query,
            topic_code=rule.topic,
            purpose=rule.purpose,
            owner=LIBRARY_OWNER,
            expires_on=(now + LIBRARY_LIFE).date(),
        )
        _check(draft.query, draft.expires_on, now)
        _new(session, region_id, draft, by=LIBRARY_OWNER, now=now)
    if missing:
        await session.flush()
        await rule_store.bump(session, region_id)
    return len(missing)


async def _refuse_taken_name(uow: UnitOfWork, name: str | None) -> None:
    if name and name in await rule_store.names(uow.session, uow.region_id):
        raise Conflict(f"There is a rule {name!r} already.")


def _check(query: str, expires_on: date | None, now: datetime) -> None:
    try:
        parse(query)
    except QueryError as error:
        raise Invalid(
            f"query: {error}",
            FieldProblem("query", str(error), error.position, error.fault.value),
        ) from error
    if expires_on is None:
        return
    if not now.date() <= expires_on <= (now + LONGEST_LIFE).date():
        raise invalid("expires_on", "must be between today and two years from now")


def _new(
    session: AsyncSession, region_id: int, draft: Draft, *, by: str, now: datetime
) -> Rule:
    rule = Rule(
        region_id=region_id,
        name=draft.name,
        query=draft.query,
        topic_code=draft.topic_code,
        purpose=draft.purpose,
        owner=draft.owner,
        expires_on=draft.expires_on,
        state=draft.state,
        created_at=now,
        changed_at=now,
    )
    session.add(rule)
    _keep_version(session, rule, by=by)
    return rule


def _keep_version(session: AsyncSession, rule: Rule, *, by: str) -> None:
    session.add(
        RuleVersion(
            rule_id=rule.id,
            version=rule.version,
            region_id=rule.region_id,
            name=rule.name,
            query=rule.query,
            topic_code=rule.topic_code,
            purpose=rule.purpose,
            owner=rule.owner,
            expires_on=rule.expires_on,
            state=rule.state,
            changed_by=by,
            changed_at=rule.changed_at,
        )
    )
