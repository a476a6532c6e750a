"""Messages that could not be handled: read them, send one again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.ext.asyncio import AsyncSession

from shared.contracts import CONTRACTS
from shared.mailbox import tables

LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
"""As if rung long ago: the next sweep takes it along."""


@dataclass(frozen=True)
class DeadLetter:
    """A message that was given up, with the last error."""

    id: UUID
    kind: str
    body: dict[str, Any]
    error: str
    tries: int
    buried_at: datetime
    replayed_at: datetime | None


@dataclass(frozen=True)
class Waiting:
    """How many messages of a region are on their way, how many were given up."""

    outbox: int
    dead_letters: int


async def waiting(session: AsyncSession, schema: str, region_id: int) -> Waiting:
    """Count a region's messages that are not acknowledged or were given up."""
    box = tables(schema)
    outbox = select(func.count()).where(box.outbox.c.region_id == region_id)
    dead = select(func.count()).where(
        box.dead_letter.c.region_id == region_id,
        box.dead_letter.c.replayed_at.is_(None),
    )
    row = await session.execute(
        select(outbox.scalar_subquery(), dead.scalar_subquery())
    )
    return Waiting(*row.one())


async def listed(
    session: AsyncSession, schema: str, region_id: int, *, limit: int = 100
) -> Sequence[DeadLetter]:
    """List a region's dead letters, the latest first."""
    letters = tables(schema).dead_letter
    rows = await session.execute(
        select(letters)
        .where(letters.c.region_id == region_id)
        .order_by(letters.c.buried_at.desc(), letters.c.id)
        .limit(limit)
    )
    return [
        DeadLetter(
            id=row.id,
            kind=row.kind,
            body=row.body,
            error=row.error,
            tries=row.tries,
            buried_at=row.buried_at,
            replayed_at=row.replayed_at,
        )
        for row in rows
    ]


async def replay(
    session: AsyncSession,
    schema: str,
    region_id: int,
    letter_id: UUID,
    *,
    now: datetime,
) -> bool:
    """Put a letter on its way again; False when the region has no such letter.

    It keeps its id, so its consumer still takes it once. When that consumer is this
    service itself, it has to forget that the message was dealt with.
    """
    box = tables(schema)
    letters = box.dead_letter
    row = (
        await session.execute(
            update(letters)
            .where(letters.c.id == letter_id, letters.c.region_id == region_id)
            .values(replayed_at=now)
            .returning(letters.c.kind, letters.c.body)
        )
    ).first()
    if row is None:
        return False
    if CONTRACTS[row.kind].consumer == schema:
        await session.execute(
            delete(box.inbox).where(box.inbox.c.message_id == letter_id)
        )
    await session.execute(
        pg_insert(box.outbox)
        .values(
            id=letter_id,
            region_id=region_id,
            kind=row.kind,
            body=row.body,
            created_at=now,
            rung_at=LONG_AGO,
        )
        .on_conflict_do_nothing()
    )
    return True
