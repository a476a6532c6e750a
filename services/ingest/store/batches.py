"""The work of matching: which posts wait to be matched together."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import func, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, delete, select, update

from shared.models.ingest import Batch

ALONE: Final = 3
"""A batch rung so often is no longer matched with others: it may be what fails."""

KEPT = timedelta(days=7)
"""How long a finished batch is kept, to see what happened."""


# Ready-made: what every delivery asks costs more to build than to run.
_ADD: Final = text("""
INSERT INTO ingest.batch (id, region_id, post_ids, rings, rung_at, created_at)
VALUES (:id, :region, CAST(:posts AS uuid[]), :rings, :now, :now)
""")

_ONE_MORE: Final = text("""
SELECT 1 FROM ingest.batch WHERE region_id = :region AND done_at IS NULL
OFFSET :most LIMIT 1
""")


@dataclass(frozen=True, slots=True)
class Waiting:
    """A batch that was left behind."""

    region_id: int
    id: UUID
    rings: int


async def add(
    session: AsyncSession,
    region: int,
    batches: Sequence[tuple[UUID, Sequence[UUID]]],
    *,
    now: datetime,
    alone: bool = False,
) -> None:
    """Write down which posts are to be matched together, `alone` without others."""
    if not batches:
        return
    given = {"region": region, "rings": ALONE if alone else 1, "now": now}
    rows = [{"id": key, "posts": list(ids), **given} for key, ids in batches]
    await session.execute(_ADD, rows)


async def claim(session: AsyncSession, batch_id: UUID) -> Batch | None:
    """Lock a batch until the commit; None when it is done or another worker has it."""
    found: Batch | None = await session.scalar(
        select(Batch)
        .where(Batch.id == batch_id, col(Batch.done_at).is_(None))
        .with_for_update(skip_locked=True)
    )
    return found


async def claim_waiting(
    session: AsyncSession, region: int, *, limit: int
) -> Sequence[Batch]:
    """Lock the batches of a region that may be matched together, the oldest first.

    Those another worker has are left to it, and those that failed are left alone.
    """
    query = (
        select(Batch)
        .where(
            Batch.region_id == region, col(Batch.done_at).is_(None), Batch.rings < ALONE
        )
        .order_by(col(Batch.rung_at))
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return (await session.scalars(query)).all()


async def leave_alone(session: AsyncSession, ids: Sequence[UUID]) -> None:
    """Let batches be matched by themselves from now on."""
    await session.execute(
        update(Batch)
        .where(col(Batch.id).in_(ids), col(Batch.rings) < ALONE)
        .values(rings=ALONE)
        .execution_options(synchronize_session=False)
    )


async def left_behind(
    session: AsyncSession, *, before: datetime, now: datetime, limit: int
) -> list[Waiting]:
    """Take batches last rung before a moment, and count this ring."""
    left = (
        select(Batch.id)
        .where(col(Batch.done_at).is_(None), Batch.rung_at < before)
        .order_by(col(Batch.rung_at))
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    rows = await session.execute(
        update(Batch)
        .where(col(Batch.id).in_(left))
        .values(rung_at=now, rings=Batch.rings + 1)
        .returning(col(Batch.region_id), col(Batch.id), col(Batch.rings))
        .execution_options(synchronize_session=False)
    )
    return [Waiting(*row) for row in rows]


async def waiting(session: AsyncSession, region: int) -> int:
    """Count batches that are not done."""
    return (
        await session.scalar(
            select(func.count())
            .select_from(Batch)
            .where(Batch.region_id == region, col(Batch.done_at).is_(None))
        )
        or 0
    )


async def is_behind(session: AsyncSession, region: int, *, most: int) -> bool:
    """Say whether more batches wait than a number; looks at no more of them."""
    asked = {"region": region, "most": most}
    return await session.scalar(_ONE_MORE, asked) is not None


async def prune(session: AsyncSession, *, now: datetime) -> None:
    """Forget batches that have long been done."""
    await session.execute(delete(Batch).where(col(Batch.done_at) < now - KEPT))
