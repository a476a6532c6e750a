"""Credentials of networks, sealed."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, delete, select, update

from services.ingest.store.sources import RUNG
from shared.models.ingest import Source
from shared.models.networks import Credential
from shared.networks.credentials import of_network, one

__all__ = [
    "forget",
    "labelled",
    "listed",
    "note_use",
    "of_network",
    "one",
    "resume_sources",
    "stop_sources",
    "usable_by",
]

_NOTED_EACH: Final = timedelta(hours=1)
"""Hundreds of sources share a token: its row is not written at every call."""


async def listed(session: AsyncSession, region: int) -> Sequence[Credential]:
    """List a region's credentials by network and label."""
    query = select(Credential).where(Credential.region_id == region)
    order = (col(Credential.network), col(Credential.label))
    return (await session.scalars(query.order_by(*order))).all()


async def usable_by(session: AsyncSession, source: Source) -> Sequence[Credential]:
    """List what a source may use, oldest first: not what its chosen one replaces.

    Fifty communities have fifty keys: each source would load and open all of them.
    """
    query = select(Credential).where(
        Credential.region_id == source.region_id, Credential.network == source.network
    )
    if source.credential_id is not None:
        chosen = select(Credential.kind).where(Credential.id == source.credential_id)
        replaced = col(Credential.kind) == chosen.scalar_subquery()
        is_chosen = col(Credential.id) == source.credential_id
        query = query.where(is_chosen | replaced.is_not(True))
    return (await session.scalars(query.order_by(col(Credential.id)))).all()


async def labelled(
    session: AsyncSession, region: int, network: str, label: str
) -> Credential | None:
    """Find a credential by its label."""
    found: Credential | None = await session.scalar(
        select(Credential).where(
            Credential.region_id == region,
            Credential.network == network,
            Credential.label == label,
        )
    )
    return found


async def forget(session: AsyncSession, credential_id: UUID) -> None:
    """Delete a credential; sources that chose it choose none any more."""
    await session.execute(delete(Credential).where(col(Credential.id) == credential_id))


async def note_use(
    session: AsyncSession, ids: Sequence[UUID], *, now: datetime
) -> None:
    """Note that credentials were used, unless that was noted not long ago.

    Nobody waits for that: the caller has a source locked, others lock in turn.
    """
    used = col(Credential.last_used_at)
    stale = (
        select(Credential.id)
        .where(col(Credential.id).in_(ids), used.is_(None) | (used < now - _NOTED_EACH))
        .with_for_update(skip_locked=True)
    )
    if ids:
        await session.execute(
            update(Credential)
            .where(col(Credential.id).in_(stale))
            .values(last_used_at=now)
            .execution_options(synchronize_session=False)
        )


async def stop_sources(
    session: AsyncSession,
    region: int,
    credential: Credential,
    *,
    error: tuple[str, str | None],
    everyone: bool,
    now: datetime,
) -> list[UUID]:
    """Stop the sources that would use a refused credential; return which.

    With `everyone`, also those that chose none: no other is left for them.
    """
    chosen = col(Source.credential_id)
    concerned = chosen == credential.id
    if everyone:
        concerned |= chosen.is_(None)
    message, code = error
    stopped = await session.scalars(
        update(Source)
        .where(
            col(Source.region_id) == region,
            col(Source.network) == credential.network,
            col(Source.kind) == "page",
            col(Source.state) == "active",
            concerned,
        )
        .values(
            state="paused",
            stop_reason="reauth",
            error_kind="reauth",
            error_code=code,
            last_error=message,
            failing_since=now,
        )
        .returning(col(Source.id))
        .execution_options(synchronize_session=False)
    )
    return list(stopped)


async def resume_sources(
    session: AsyncSession, region: int, network: str, *, now: datetime
) -> list[UUID]:
    """Start the sources of a network that stopped for want of a good token."""
    resumed = await session.scalars(
        update(Source)
        .where(
            col(Source.region_id) == region,
            col(Source.network) == network,
            col(Source.state) == "paused",
            col(Source.stop_reason) == "reauth",
        )
        .values(state="active", stop_reason=None, failures=0, next_poll_at=now + RUNG)
        .returning(col(Source.id))
        .execution_options(synchronize_session=False)
    )
    return list(resumed)
