"""Rules, their versions and what they caught."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from services.ingest.store.rows import columns, unnest
from shared.models.rules import Match, Rule, RuleSet, RuleVersion


class MatchRow(NamedTuple):
    """Why a rule caught a revision of a post; `positions` is JSON."""

    post_id: UUID
    revision: int
    rule_id: UUID
    rule_version: int
    monitor: bool
    positions: str


_ADD: Final = text(f"""
INSERT INTO ingest.match (region_id, {", ".join(MatchRow._fields)})
SELECT CAST(:region AS int), given.* FROM {
    unnest(
        post_id="uuid",
        revision="int",
        rule_id="uuid",
        rule_version="int",
        monitor="boolean",
        positions="jsonb",
    )
}
""")  # noqa: S608 -- built of constants

# A revision is matched again only after a dead letter: what rules said of it then,
# maybe in other versions, must not stand beside what they say now.
_REPLACED: Final = text(f"""
DELETE FROM ingest.match AS m USING {unnest(post_id="uuid", revision="int")}
WHERE m.post_id = given.post_id AND m.revision = given.revision
""")  # noqa: S608 -- built of constants

_OFFERED: Final = text("""
SELECT DISTINCT post_id FROM ingest.match
WHERE post_id = ANY(CAST(:ids AS uuid[])) AND NOT monitor
""")


async def set_version(session: AsyncSession, region: int) -> int:
    """Say how often the region's rules have changed."""
    found = await session.scalar(
        select(RuleSet.version).where(RuleSet.region_id == region)
    )
    return found or 0


async def bump(session: AsyncSession, region: int) -> None:
    """Tell the matchers that rules have changed, once this commits."""
    await session.execute(
        insert(RuleSet)
        .values(region_id=region, version=1)
        .on_conflict_do_update(
            index_elements=[col(RuleSet.region_id)],
            set_={"version": RuleSet.version + 1},
        )
    )


async def in_force(session: AsyncSession, region: int, day: date) -> Sequence[Rule]:
    """List the rules that match on a day, monitored ones included."""
    query = select(Rule).where(
        Rule.region_id == region,
        col(Rule.state).in_(("active", "monitor")),
        Rule.expires_on >= day,
    )
    return (await session.scalars(query.order_by(col(Rule.id)))).all()


async def listed(session: AsyncSession, region: int) -> Sequence[Rule]:
    """List a region's rules by name."""
    query = select(Rule).where(Rule.region_id == region)
    return (await session.scalars(query.order_by(col(Rule.name)))).all()


async def judged(
    session: AsyncSession, region: int, rules: Sequence[UUID] | None = None
) -> Sequence[Row[Any]]:
    """Read id, state and flag of rules in the order they are locked; all if None."""
    query = select(Rule.id, Rule.state, Rule.flagged_at).where(Rule.region_id == region)
    if rules is not None:
        query = query.where(col(Rule.id).in_(rules))
    return (await session.execute(query.order_by(col(Rule.id)))).all()


async def names(session: AsyncSession, region: int) -> set[str]:
    """Name a region's rules."""
    return set(await session.scalars(select(Rule.name).where(Rule.region_id == region)))


async def one(
    session: AsyncSession, region: int, rule_id: UUID, *, lock: bool = False
) -> Rule | None:
    """Find a rule of a region, locked until the commit if asked."""
    query = select(Rule).where(Rule.region_id == region, Rule.id == rule_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    found: Rule | None = await session.scalar(query)
    return found


async def versions(session: AsyncSession, rule_id: UUID) -> Sequence[RuleVersion]:
    """List what a rule was, oldest first."""
    query = select(RuleVersion).where(RuleVersion.rule_id == rule_id)
    return (await session.scalars(query.order_by(col(RuleVersion.version)))).all()


async def put_matches(
    session: AsyncSession,
    region: int,
    revisions: Sequence[tuple[UUID, int]],
    rows: Sequence[MatchRow],
) -> None:
    """Keep why posts were caught, in the place of what was kept of the revisions."""
    if revisions:
        given = columns(("post_id", "revision"), revisions)
        await session.execute(_REPLACED, given)
    if rows:
        given = columns(MatchRow._fields, rows)
        await session.execute(_ADD, {"region": region, **given})


async def offered(session: AsyncSession, ids: Iterable[UUID]) -> set[UUID]:
    """Say which posts a rule has caught in any of their revisions."""
    asked = list(ids)
    if not asked:
        return set()
    return set(await session.scalars(_OFFERED, {"ids": asked}))


async def matches_of(
    session: AsyncSession, post_id: UUID, revision: int
) -> Sequence[Match]:
    """List why a revision of a post was caught."""
    query = select(Match).where(Match.post_id == post_id, Match.revision == revision)
    return (await session.scalars(query.order_by(col(Match.rule_id)))).all()
