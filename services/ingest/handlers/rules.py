"""The region's rules: reviewed, owned, expiring, every change a new version."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.ingest.rules import LANGUAGES, QueryError, parse
from services.ingest.store import rules as rule_store
from shared.errors import Conflict, FieldProblem, Invalid, NotFound, invalid
from shared.library import starter
from shared.models.rules import Rule, RuleVersion
from shared.uow import UnitOfWork

LONGEST_LIFE: Final = timedelta(days=366)
"""A year, also a leap year: after so long somebody has to look at a rule again."""

LIBRARY_LIFE: Final = timedelta(days=365)
LIBRARY_AUTHOR: Final = "Отклик"

_KEPT_BY_VERSION: Final = (
    "name",
    "query",
    "topic_code",
    "authority_code",
    "municipality",
    "purpose",
    "owner",
    "expires_on",
    "state",
)


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
    authority_code: str | None = None
    municipality: str | None = None
    reason: str = ""


async def get(uow: UnitOfWork, rule_id: UUID, *, lock: bool = False) -> Rule:
    """Find a rule of the region; NotFound where there is none."""
    rule = await rule_store.one(uow.session, uow.region_id, rule_id, lock=lock)
    if rule is None:
        raise NotFound("rule", rule_id)
    return rule


async def list_versions(uow: UnitOfWork, rule_id: UUID) -> Sequence[RuleVersion]:
    """List what a rule was, oldest first."""
    await get(uow, rule_id)
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
    uow: UnitOfWork, rule_id: UUID, changes: Mapping[str, Any], *, reason: str
) -> Rule:
    """Change fields of a rule and say why; its older versions stay to be read.

    Another query, or an end of a suspension, begins the measuring anew.
    """
    rule = await get(uow, rule_id, lock=True)
    changed = {k: v for k, v in changes.items() if getattr(rule, k) != v}
    if not changed:
        return rule
    _check(changed.get("query", rule.query), changed.get("expires_on"), uow.now)
    await _refuse_taken_name(uow, changed.get("name"))
    is_revived = rule.state == "suspended" and "state" in changed
    for name, value in changed.items():
        setattr(rule, name, value)
    if is_revived or "query" in changed:
        rule.measured_from, rule.flagged_at = rule.version + 1, None
    if is_revived:
        rule.state_reason = None
    put_version(uow, rule, reason=reason)
    await rule_store.bump(uow.session, uow.region_id)
    uow.audit(
        "rule.changed", "rule", rule.id, version=rule.version, fields=sorted(changed)
    )
    return rule


def put_version(uow: UnitOfWork, rule: Rule, *, reason: str) -> None:
    """Make a changed rule its next version; the caller bumps the set of rules."""
    rule.version += 1
    rule.changed_at = uow.now
    _keep_version(uow.session, rule, by=uow.principal.name, reason=reason)


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
            owner=rule.owner,
            expires_on=(now + LIBRARY_LIFE).date(),
        )
        _check(draft.query, draft.expires_on, now)
        _new(session, region_id, draft, by=LIBRARY_AUTHOR, now=now)
    if missing:
        await session.flush()
        await rule_store.bump(session, region_id)
    return len(missing)


async def _refuse_taken_name(uow: UnitOfWork, name: str | None) -> None:
    if name and name in await rule_store.names(uow.session, uow.region_id):
        raise Conflict(f"There is a rule {name!r} already.")


def check_query(query: str) -> None:
    """Refuse a query that cannot be read, with the place of the fault."""
    try:
        parse(query)
    except QueryError as error:
        raise Invalid(
            f"query: {error}",
            FieldProblem(
                "query",
                str(error),
                error.position,
                error.fault.value,
                {name: asdict(error.told(name)) for name in LANGUAGES},
            ),
        ) from error


def _check(query: str, expires_on: date | None, now: datetime) -> None:
    check_query(query)
    if expires_on is None:
        return
    if not now.date() <= expires_on <= (now + LONGEST_LIFE).date():
        raise invalid("expires_on", "must be between today and a year from now")


def _new(
    session: AsyncSession, region_id: int, draft: Draft, *, by: str, now: datetime
) -> Rule:
    said = {name: getattr(draft, name) for name in _KEPT_BY_VERSION}
    rule = Rule(region_id=region_id, created_at=now, changed_at=now, **said)
    session.add(rule)
    _keep_version(session, rule, by=by, reason=draft.reason)
    return rule


def _keep_version(session: AsyncSession, rule: Rule, *, by: str, reason: str) -> None:
    said = {name: getattr(rule, name) for name in _KEPT_BY_VERSION}
    version = RuleVersion(
        rule_id=rule.id,
        version=rule.version,
        region_id=rule.region_id,
        reason=reason,
        changed_by=by,
        changed_at=rule.changed_at,
        **said,
    )
    session.add(version)
