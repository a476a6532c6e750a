"""What polls and hooks write about posts beyond the posts themselves."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, TypeAlias
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, delete, select

from services.ingest.store.rows import columns, unnest
from shared.models.ingest import Source
from shared.models.networks import HookEvent, PageStat

Event: TypeAlias = tuple[UUID, str]
"""A source and what its network calls an event."""

EVENTS_KEPT: Final = timedelta(days=7)
"""Longer than any network delivers an event again."""

# Counted only where the post had to be: of its source, alive, in the stretch read.
_MISSING: Final = text("""
UPDATE ingest.post AS p SET missing_polls = p.missing_polls + 1
WHERE p.region_id = CAST(:region AS int) AND p.id IN (
    SELECT id FROM ingest.post
    WHERE source_id = CAST(:source AS uuid) AND deleted_at IS NULL
        AND kind = :kind AND published_at BETWEEN :since AND :until
        AND received_at <= :asked_at
        AND (CAST(:parents AS text[]) IS NULL
            OR parent_key = ANY(CAST(:parents AS text[])))
        AND NOT external_id = ANY(CAST(:found AS text[]))
    ORDER BY id FOR UPDATE)
RETURNING p.external_id, p.kind, p.network, p.parent_key, p.url, p.published_at,
    p.missing_polls
""")

_MISSING_NAMED: Final = text("""
UPDATE ingest.post AS p SET missing_polls = p.missing_polls + 1
FROM ingest.post_key AS k
WHERE k.region_id = CAST(:region AS int) AND k.scope = CAST(:scope AS uuid)
    AND k.network_key = ANY(CAST(:keys AS text[]))
    AND p.id = k.post_id AND p.deleted_at IS NULL
RETURNING p.external_id, p.kind, p.network, p.parent_key, p.url, p.published_at,
    p.missing_polls
""")

_ADOPT: Final = text("""
UPDATE ingest.post AS p SET source_id = CAST(:source AS uuid),
    batch_id = CAST(:batch AS uuid)
FROM ingest.source AS s
WHERE p.id = ANY(CAST(:ids AS uuid[])) AND p.region_id = CAST(:region AS int)
    AND p.deleted_at IS NULL AND p.source_id <> CAST(:source AS uuid)
    AND p.status = 'taken_in' AND s.id = p.source_id AND s.intake = 'matched'
RETURNING p.id
""")


# Ready-made: what every delivery asks costs more to build than to run.
_NOTE: Final = text(f"""
INSERT INTO ingest.hook_event (region_id, source_id, event_id, received_at)
SELECT CAST(:region AS int), source_id, event_id, CAST(:now AS timestamptz)
FROM {unnest(source_id="uuid", event_id="text")}
ORDER BY source_id, event_id
ON CONFLICT DO NOTHING RETURNING source_id, event_id
""")  # noqa: S608 -- built of constants


async def count_missing(
    session: AsyncSession,
    region: int,
    source_id: UUID,
    window: Mapping[str, Any],
    found: Sequence[str],
) -> Sequence[Row[Any]]:
    """Count one more poll without the posts a window had to contain; return them."""
    given = {"region": region, "source": source_id, **window, "found": list(found)}
    return (await session.execute(_MISSING, given)).all()


async def count_missing_named(
    session: AsyncSession, region: int, scope: UUID, keys: Sequence[str]
) -> Sequence[Row[Any]]:
    """Count one more poll in which a network did not know these posts; return them."""
    given = {"region": region, "scope": scope, "keys": list(keys)}
    return (await session.execute(_MISSING_NAMED, given)).all()


async def adopt(
    session: AsyncSession,
    region: int,
    source_id: UUID,
    *,
    batch_id: UUID,
    ids: Sequence[UUID],
) -> list[UUID]:
    """Give a source that takes all the posts a search saw first; return which.

    Posts somebody has looked at already stay where they are.
    """
    given = {"region": region, "source": source_id, "batch": batch_id}
    return list(await session.scalars(_ADOPT, {**given, "ids": list(ids)}))


async def by_native(
    session: AsyncSession, region: int, network: str, natives: Sequence[str]
) -> Mapping[str, Source]:
    """Find the sources of places a network names."""
    found = await session.scalars(
        select(Source).where(
            Source.region_id == region,
            Source.network == network,
            col(Source.native).in_(natives),
        )
    )
    return {source.native or "": source for source in found}


async def note_events(
    session: AsyncSession, region: int, events: Sequence[Event], now: datetime
) -> set[Event]:
    """Note events; return those that were not delivered before.

    Another delivery of one at the same moment waits here for the first one's end.
    """
    if not events:
        return set()
    given = columns(("source_id", "event_id"), events)
    rows = await session.execute(_NOTE, {"region": region, "now": now, **given})
    return {(row.source_id, row.event_id) for row in rows}


async def forget_events(session: AsyncSession, *, now: datetime) -> None:
    """Forget events no network delivers again."""
    await session.execute(
        delete(HookEvent).where(col(HookEvent.received_at) < now - EVENTS_KEPT)
    )


async def add_figures(session: AsyncSession, rows: Sequence[Mapping[str, Any]]) -> None:
    """Keep figures of a day; one that is there already stays."""
    if rows:
        await session.execute(insert(PageStat).on_conflict_do_nothing(), list(rows))


async def figures(
    session: AsyncSession, region: int, source_id: UUID, *, limit: int
) -> Sequence[PageStat]:
    """List a page's figures, newest day first."""
    query = select(PageStat).where(
        PageStat.region_id == region, PageStat.source_id == source_id
    )
    order = (col(PageStat.day).desc(), col(PageStat.name))
    return (await session.scalars(query.order_by(*order).limit(limit))).all()
