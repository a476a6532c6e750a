"""Queries tried on the archive."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, func, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, delete, select, update

from shared.models.rules import DryRun

RUNNING: Final = "running"
KEPT: Final = timedelta(days=7)
"""How long a run can be looked at."""

_IN_RANGE: Final = """
    p.region_id = :region AND p.id > :after AND p.id <= :last
    AND p.published_at >= :since AND p.deleted_at IS NULL
"""

# What was handled in another system came with its export and is never offered.
_NEXT: Final = text(f"""
SELECT p.id, p.text, p.network, p.kind, s.name AS source_name, s.municipality,
    p.published_at, s.intake = 'all' OR p.extra ? 'im47' AS is_offered
FROM ingest.post AS p JOIN ingest.source AS s ON s.id = p.source_id
WHERE {_IN_RANGE} ORDER BY p.id LIMIT :limit
""")  # noqa: S608 -- built of constants

_COUNT: Final = text(f"SELECT count(*) FROM ingest.post AS p WHERE {_IN_RANGE}")  # noqa: S608 -- the same

_TEXTS: Final = text("""
SELECT p.id, p.text, p.url, p.network, p.published_at FROM ingest.post AS p
WHERE p.region_id = :region AND p.id = ANY(CAST(:ids AS uuid[]))
    AND p.deleted_at IS NULL
ORDER BY p.published_at DESC
""")


async def one(session: AsyncSession, region: int, run_id: UUID) -> DryRun | None:
    """Find a run of a region."""
    query = select(DryRun).where(DryRun.id == run_id, DryRun.region_id == region)
    found: DryRun | None = await session.scalar(query)
    return found


async def begun(session: AsyncSession, run_id: UUID) -> DryRun | None:
    """Lock a run; None when it has ended or another worker has it."""
    query = select(DryRun).where(DryRun.id == run_id, DryRun.state == RUNNING)
    found: DryRun | None = await session.scalar(query.with_for_update(skip_locked=True))
    return found


async def running(session: AsyncSession, region: int) -> int:
    """Count a region's runs that have not ended."""
    where = (DryRun.region_id == region, DryRun.state == RUNNING)
    return await session.scalar(select(func.count()).where(*where)) or 0


async def count(session: AsyncSession, run: DryRun, *, since: datetime) -> int:
    """Count the posts a run has before it."""
    return await session.scalar(_COUNT, _range(run, since)) or 0


async def next_posts(
    session: AsyncSession, run: DryRun, *, since: datetime, limit: int
) -> Sequence[Row[Any]]:
    """Read the next posts of a run in their order."""
    asked = {**_range(run, since), "limit": limit}
    return (await session.execute(_NEXT, asked)).all()


async def texts(
    session: AsyncSession, region: int, ids: Sequence[UUID]
) -> Sequence[Row[Any]]:
    """Read posts that are still there, the newest first."""
    return (await session.execute(_TEXTS, {"region": region, "ids": list(ids)})).all()


async def left_behind(
    session: AsyncSession, *, before: datetime, now: datetime
) -> list[tuple[int, UUID, int]]:
    """Take runs in which nothing has happened since a moment: region, id, rings."""
    left = (
        select(DryRun.id)
        .where(DryRun.state == RUNNING, DryRun.rung_at < before)
        .with_for_update(skip_locked=True)
    )
    rows = await session.execute(
        update(DryRun)
        .where(col(DryRun.id).in_(left))
        .values(rung_at=now, rings=DryRun.rings + 1)
        .returning(col(DryRun.region_id), col(DryRun.id), col(DryRun.rings))
        .execution_options(synchronize_session=False)
    )
    return [(row.region_id, row.id, row.rings) for row in rows]


async def prune(session: AsyncSession, *, now: datetime) -> None:
    """Forget runs nobody looks at any more."""
    old = col(DryRun.created_at) < now - KEPT
    await session.execute(delete(DryRun).where(col(DryRun.state) != RUNNING, old))


def _range(run: DryRun, since: datetime) -> dict[str, Any]:
    return {
        "region": run.region_id,
        "after": run.at_id,
        "last": run.last_id,
        "since": since,
    }
