"""Work that failed for good, with its error, until somebody replays it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from shared.mailbox import tables
from shared.models.ingest import Batch

POST: Final = "post"
"""A post that could not be matched; the other kinds are those of contracts."""

DOCUMENT: Final = "document"
"""A post that could not be put into the search index."""

LETTERS: Final = tables("ingest").dead_letter


async def bury_post(session: AsyncSession, batch: Batch, *, now: datetime) -> None:
    """Bury the only post of a batch, under the id of the batch."""
    values = {
        "id": batch.id,
        "region_id": batch.region_id,
        "kind": POST,
        "body": {"post_id": str(batch.post_ids[0])},
        "error": batch.error,
        "tries": batch.tries,
        "buried_at": now,
    }
    await session.execute(insert(LETTERS).values(values).on_conflict_do_nothing())


async def bury_document(  # noqa: PLR0913 -- what a dead letter says
    session: AsyncSession,
    letter_id: UUID,
    *,
    region: int,
    post_id: UUID,
    error: str,
    tries: int,
    now: datetime,
) -> None:
    """Bury a post whose document the index refuses."""
    values = {
        "id": letter_id,
        "region_id": region,
        "kind": DOCUMENT,
        "body": {"post_id": str(post_id)},
        "error": error[:4000],
        "tries": tries,
        "buried_at": now,
    }
    await session.execute(insert(LETTERS).values(values))


async def listed(
    session: AsyncSession, region: int, *, limit: int
) -> Sequence[Row[Any]]:
    """List what has not been replayed, the latest first."""
    query = (
        select(LETTERS)
        .where(LETTERS.c.region_id == region, LETTERS.c.replayed_at.is_(None))
        .order_by(LETTERS.c.buried_at.desc(), LETTERS.c.id.desc())
        .limit(limit)
    )
    return (await session.execute(query)).all()


async def take(
    session: AsyncSession, region: int, letter_id: UUID, *, now: datetime
) -> Row[Any] | None:
    """Mark a letter as replayed and return it; None when there is none to replay."""
    taken = await session.execute(
        update(LETTERS)
        .where(
            LETTERS.c.id == letter_id,
            LETTERS.c.region_id == region,
            LETTERS.c.replayed_at.is_(None),
        )
        .values(replayed_at=now)
        .returning(LETTERS)
    )
    found: Row[Any] | None = taken.first()
    return found


async def count(session: AsyncSession, region: int) -> int:
    """Count what has not been replayed."""
    query = select(func.count()).select_from(LETTERS)
    where = (LETTERS.c.region_id == region, LETTERS.c.replayed_at.is_(None))
    return await session.scalar(query.where(*where)) or 0


async def outbox(session: AsyncSession, region: int) -> int:
    """Count messages to other services that were not acknowledged yet."""
    box = tables("ingest").outbox
    query = select(func.count()).select_from(box).where(box.c.region_id == region)
    return await session.scalar(query) or 0
