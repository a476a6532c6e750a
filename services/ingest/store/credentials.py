"""Credentials of networks, sealed."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, delete, select, update

from services.ingest.store.rows import columns, unnest
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


_USABLE: Final = text(f"""
SELECT c.* FROM ingest.credential AS c
WHERE c.region_id = :region AND EXISTS (
    SELECT 1 FROM {unnest(network="text", chosen="uuid")}
    LEFT JOIN ingest.credential AS own ON own.id = given.chosen
    WHERE given.network = c.network
        AND (own.id IS NULL OR c.id = own.id OR c.kind <> own.kind))
ORDER BY c.id
""")  # noqa: S608 -- built of constants


async def listed(session: AsyncSession, region: int) -> Sequence[Credential]:
    """List a region's credentials by network and label."""
    query = select(Credential).where(Credential.region_id == region)
    order = (col(Credential.network), col(Credential.label))
    return (await session.scalars(query.order_by(*order))).all()


async def usable_by(
    session: AsyncSession, region: int, sources: Iterable[Source]
) -> Sequence[Credential]:
    """List what sources of a region may use, oldest first, less what is replaced.

    A source's chosen credential replaces the others of its kind: fifty communities
    have fifty keys, and each would load and open all of them.
    """
    wanted = {(each.network, each.credential_id) for each in sources}
    if not wanted:
        return ()
    given = columns(("network", "chosen"), wanted)
    query = select(Credential).from_statement(_USABLE)
    return (await session.scalars(query, {"region": region, **given})).all()


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
