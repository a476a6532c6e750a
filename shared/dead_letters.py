"""Work that failed for good, with its error: buried, read, taken out again."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.dml import ReturningUpdate

from shared.contracts import CONTRACTS
from shared.mailbox_tables import tables

LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
"""As if rung long ago: the next sweep takes it along."""

LONGEST_ERROR = 4000


@dataclass(frozen=True)
class DeadLetter:
    """What was given up, with the last error.

    `kind` is that of the message's contract, or a name the service gives to work of
    its own, which nobody sends.
    """

    id: UUID
    region_id: int
    kind: str
    body: dict[str, Any]
    error: str
    tries: int
    buried_at: datetime
    replayed_at: datetime | None = None


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


async def bury(session: AsyncSession, schema: str, letter: DeadLetter) -> None:
    """Keep what was given up; if it was replayed in vain it is the same letter."""
    letters = tables(schema).dead_letter
    values = asdict(letter) | {"error": letter.error[:LONGEST_ERROR]}
    again = {name: values[name] for name in ("error", "buried_at", "replayed_at")}
    await session.execute(
        pg_insert(letters)
        .values(values)
        .on_conflict_do_update(index_elements=[letters.c.id], set_=again)
    )


async def listed(
    session: AsyncSession, schema: str, region_id: int, *, limit: int = 100
) -> Sequence[DeadLetter]:
    """List a region's dead letters, the latest first."""
    return await _read(session, _latest(schema, region_id, limit))


async def unreplayed(
    session: AsyncSession, schema: str, region_id: int, *, limit: int
) -> Sequence[DeadLetter]:
    """List those nobody has replayed, the latest first."""
    letters = tables(schema).dead_letter
    query = _latest(schema, region_id, limit).where(letters.c.replayed_at.is_(None))
    return await _read(session, query)


def _latest(schema: str, region_id: int, limit: int) -> Select[Any]:
    letters = tables(schema).dead_letter
    return (
        select(letters)
        .where(letters.c.region_id == region_id)
        .order_by(letters.c.buried_at.desc(), letters.c.id)
        .limit(limit)
    )


async def _read(
    session: AsyncSession, query: Select[Any] | ReturningUpdate[Any]
) -> list[DeadLetter]:
    rows = await session.execute(query)
    return [DeadLetter(**row) for row in rows.mappings()]


async def take(
    session: AsyncSession,
    schema: str,
    region_id: int,
    letter_id: UUID,
    *,
    now: datetime,
) -> DeadLetter | None:
    """Mark a letter as replayed and return it.

    None when the region has no such letter, or it was replayed already: twice would
    have the effects twice.
    """
    letters = tables(schema).dead_letter
    taken = await _read(
        session,
        update(letters)
        .where(
            letters.c.id == letter_id,
            letters.c.region_id == region_id,
            letters.c.replayed_at.is_(None),
        )
        .values(replayed_at=now)
        .returning(letters),
    )
    return taken[0] if taken else None


async def send_again(session: AsyncSession, schema: str, letter: DeadLetter) -> None:
    """Put a message that was taken on its way again.

    It keeps its id, so its consumer still takes it once. When that consumer is this
    service itself, it has to forget that the message was dealt with.
    """
    box = tables(schema)
    if CONTRACTS[letter.kind].consumer == schema:
        await session.execute(
            delete(box.inbox).where(box.inbox.c.message_id == letter.id)
        )
    await session.execute(
        pg_insert(box.outbox)
        .values(
            id=letter.id,
            region_id=letter.region_id,
            kind=letter.kind,
            body=letter.body,
            created_at=letter.replayed_at,
            rung_at=LONG_AGO,
        )
        .on_conflict_do_nothing()
    )


async def replay(
    session: AsyncSession,
    schema: str,
    region_id: int,
    letter_id: UUID,
    *,
    now: datetime,
) -> bool:
    """Send a message again; False when there is none to replay (see `take`)."""
    letter = await take(session, schema, region_id, letter_id, now=now)
    if letter is not None:
        await send_again(session, schema, letter)
    return letter is not None
