"""First answers to calls with an Idempotency-Key."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, delete, select, update

from shared.models.ingest import Idempotency

KEPT = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Call:
    """A call that must have its effect once: who, under which key, asking what."""

    region: int
    client: str
    key: str
    request_hash: bytes


async def begin(session: AsyncSession, call: Call, *, now: datetime) -> bool:
    """Claim the key; False when a call with it has been answered.

    A second call at the same moment waits here for the first to end.
    """
    await session.execute(
        delete(Idempotency).where(*_is(call), col(Idempotency.created_at) < now - KEPT)
    )
    claimed = await session.execute(
        insert(Idempotency)
        .values(
            region_id=call.region,
            client=call.client,
            key=call.key,
            request_hash=call.request_hash,
            created_at=now,
        )
        .on_conflict_do_nothing()
        .returning(col(Idempotency.key))
    )
    return claimed.first() is not None


async def answered(session: AsyncSession, call: Call) -> Idempotency | None:
    """Read what was answered first."""
    found: Idempotency | None = await session.scalar(
        select(Idempotency).where(*_is(call))
    )
    return found


async def remember(
    session: AsyncSession, call: Call, *, status: int, body: dict[str, Any]
) -> None:
    """Keep the answer for the calls that repeat this one."""
    await session.execute(
        update(Idempotency).where(*_is(call)).values(status=status, body=body)
    )


async def prune(session: AsyncSession, *, now: datetime) -> None:
    """Forget answers older than KEPT."""
    await session.execute(
        delete(Idempotency).where(col(Idempotency.created_at) < now - KEPT)
    )


def _is(call: Call) -> tuple[Any, ...]:
    return (
        col(Idempotency.region_id) == call.region,
        col(Idempotency.client) == call.client,
        col(Idempotency.key) == call.key,
    )
