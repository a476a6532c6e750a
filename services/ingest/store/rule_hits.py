"""How often rules catch posts: past days are counted once, the rest is looked up."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, delete, select, update

from shared.models.rules import RuleDay, RuleSet

# A post's id begins with the time it was taken in, and a match is found by it.
_IN_BETWEEN: Final = "region_id = :region AND post_id >= :low AND post_id < :high"

_COUNT_DAY: Final = text(f"""
INSERT INTO ingest.rule_day (region_id, day, rule_id, hits)
SELECT CAST(:region AS int), CAST(:day AS date), rule_id, count(DISTINCT post_id)
FROM ingest.match WHERE {_IN_BETWEEN} GROUP BY rule_id
""")  # noqa: S608 -- built of constants

_SINCE: Final = text(f"""
SELECT rule_id, sum(hits)::int AS hits FROM (
    SELECT rule_id, hits FROM ingest.rule_day
    WHERE region_id = :region AND day >= :first
    UNION ALL
    SELECT rule_id, count(DISTINCT post_id) FROM ingest.match
    WHERE {_IN_BETWEEN} GROUP BY rule_id
) AS counted GROUP BY rule_id
""")  # noqa: S608 -- the same

_LATEST: Final = text("""
SELECT m.post_id, m.rule_version, m.positions, p.text, p.url, p.network,
    p.published_at, v.verdict
FROM ingest.match AS m
JOIN ingest.post AS p ON p.id = m.post_id AND p.revision = m.revision
LEFT JOIN ingest.rule_verdict AS v
    ON v.post_id = m.post_id AND v.rule_id = m.rule_id
WHERE m.rule_id = :rule AND m.region_id = :region AND p.deleted_at IS NULL
ORDER BY m.post_id DESC LIMIT :limit
""")


class Span(NamedTuple):
    """Posts taken in from one moment to before another, by their ids."""

    low: UUID
    high: UUID


async def counted_to(session: AsyncSession, region: int) -> date | None:
    """Name the last day whose hits are counted."""
    query = select(col(RuleSet.hits_counted_to)).where(RuleSet.region_id == region)
    found: date | None = await session.scalar(query)
    return found


async def count_day(session: AsyncSession, region: int, day: date, span: Span) -> None:
    """Count the hits of a day that is over; counting it again changes nothing."""
    where = (col(RuleDay.region_id) == region, col(RuleDay.day) == day)
    await session.execute(delete(RuleDay).where(*where))
    asked = {"region": region, "day": day, **span._asdict()}
    await session.execute(_COUNT_DAY, asked)
    await session.execute(
        update(RuleSet)
        .where(col(RuleSet.region_id) == region)
        .values(hits_counted_to=day)
        .execution_options(synchronize_session=False)
    )


async def since(
    session: AsyncSession, region: int, first: date, uncounted: Span
) -> dict[UUID, int]:
    """Say how many posts each rule has caught from a day on.

    `uncounted` are the posts of the days that are not counted yet.
    """
    asked = {"region": region, "first": first, **uncounted._asdict()}
    return {row.rule_id: row.hits for row in await session.execute(_SINCE, asked)}


async def latest(
    session: AsyncSession, region: int, rule_id: UUID, *, limit: int
) -> Sequence[Row[Any]]:
    """Read the posts a rule caught last, as they stand now, with their verdicts."""
    asked = {"rule": rule_id, "region": region, "limit": limit}
    return (await session.execute(_LATEST, asked)).all()
