"""Sources: where posts come from."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import or_, text, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select, update

from services.ingest.store.rows import unnest
from shared.ids import new_id
from shared.models.ingest import Source

LEASE = timedelta(minutes=2)
"""How long a poll may take before another worker may begin it again."""

RUNG: Final = timedelta(seconds=30)
"""When a source that was rung for is asked although the bell was lost.

Were it due at once, the one who looks for due sources would ring for it, too, and two
polls at a time are one too many: a bot's second `getUpdates` ends the first.
"""

FIGURES_LEASE = timedelta(hours=1)

POLLED: Final = ("feed", "page")
"""Kinds of sources that are asked; the others come to us."""

_USUAL_PAUSE: Final = {
    "feed": timedelta(minutes=15),
    "page": timedelta(seconds=40),
}
"""A complaint on a page shall be in the queue within a minute: the rest is ours."""

_NOTE_WELL: Final = text(f"""
UPDATE ingest.source AS s
SET last_ok_at = :now, lag_s = coalesce(given.lag, s.lag_s)
FROM {unnest(id="uuid", lag="int")}
WHERE s.id = given.id AND s.id IN (
    SELECT free.id FROM ingest.source AS free
    WHERE free.id = ANY(CAST(:id AS uuid[])) AND free.region_id = :region
    ORDER BY free.id FOR UPDATE SKIP LOCKED)
""")  # noqa: S608 -- built of constants


def pause_of(source: Source) -> timedelta:
    """How long a source is left alone when all is well."""
    if source.poll_every_s is None:
        return _USUAL_PAUSE.get(source.kind, LEASE)
    return timedelta(seconds=source.poll_every_s)


async def named(
    session: AsyncSession, region: int, names: Iterable[tuple[str, str]]
) -> dict[tuple[str, str], Source]:
    """Find sources by network and name."""
    found = await session.scalars(
        select(Source).where(
            Source.region_id == region,
            tuple_(col(Source.network), col(Source.name)).in_(list(names)),
        )
    )
    return {(source.network, source.name): source for source in found}


async def add_missing(
    session: AsyncSession,
    region: int,
    names: Iterable[tuple[str, str]],
    *,
    kind: str,
    now: datetime,
) -> None:
    """Create sources whose every post becomes a candidate; leave those there are."""
    rows = [
        {
            "id": new_id(),
            "region_id": region,
            "kind": kind,
            "network": network,
            "name": name,
            "intake": "all",
            "state": "active",
            "cursor": {},
            "created_at": now,
        }
        for network, name in sorted(names)
    ]
    await session.execute(insert(Source).on_conflict_do_nothing(), rows)


async def listed(session: AsyncSession, region: int) -> Sequence[Source]:
    """List a region's sources by name."""
    query = select(Source).where(Source.region_id == region)
    order = (col(Source.name), col(Source.network))
    return (await session.scalars(query.order_by(*order))).all()


async def one(
    session: AsyncSession, region: int, source_id: UUID, *, lock: bool = False
) -> Source | None:
    """Find a source of a region, locked until the commit if asked."""
    query = select(Source).where(Source.region_id == region, Source.id == source_id)
    if lock:
        query = query.with_for_update()
    found: Source | None = await session.scalar(query)
    return found


async def several(
    session: AsyncSession, region: int, ids: Iterable[UUID], *, lock: bool = False
) -> dict[UUID, Source]:
    """Find sources of a region by id; if asked locked until the commit, and as of then.

    Locks are taken in the order of ids, so that two such calls never wait in a circle.
    """
    query = (
        select(Source)
        .where(Source.region_id == region, col(Source.id).in_(list(ids)))
        .order_by(col(Source.id))
    )
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return {source.id: source for source in await session.scalars(query)}


async def note_well(
    session: AsyncSession,
    region: int,
    lags: Mapping[UUID, int | None],
    *,
    now: datetime,
) -> None:
    """Note that hooks brought something, and how many seconds late if that is known.

    A source that somebody has locked is left out: it is noted with a later delivery.
    """
    if lags:
        given = {"id": list(lags), "lag": list(lags.values())}
        await session.execute(_NOTE_WELL, {"region": region, "now": now, **given})


async def lease_due(
    session: AsyncSession, *, now: datetime, limit: int
) -> list[tuple[int, UUID]]:
    """Take sources whose time has come; each is offered again after LEASE."""
    due = (
        select(Source.id)
        .where(
            col(Source.kind).in_(POLLED),
            Source.state == "active",
            col(Source.next_poll_at) <= now,
        )
        .order_by(col(Source.next_poll_at))
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    rows = await session.execute(
        update(Source)
        .where(col(Source.id).in_(due))
        .values(next_poll_at=now + LEASE)
        .returning(col(Source.region_id), col(Source.id))
        .execution_options(synchronize_session=False)
    )
    return [(row.region_id, row.id) for row in rows]


async def lease_figures_due(
    session: AsyncSession, *, now: datetime, limit: int
) -> list[tuple[int, UUID]]:
    """Take pages whose figures are to be asked for today."""
    due = (
        select(Source.id)
        .where(
            Source.kind == "page",
            Source.state == "active",
            col(Source.next_figures_at) <= now,
        )
        .order_by(col(Source.next_figures_at))
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    rows = await session.execute(
        update(Source)
        .where(col(Source.id).in_(due))
        .values(next_figures_at=now + FIGURES_LEASE)
        .returning(col(Source.region_id), col(Source.id))
        .execution_options(synchronize_session=False)
    )
    return [(row.region_id, row.id) for row in rows]


async def to_index(session: AsyncSession) -> list[tuple[int, UUID]]:
    """Name the sources whose posts are still to be queued for the search index."""
    query = select(Source.region_id, Source.id)
    rows = await session.execute(query.where(col(Source.index_after).is_not(None)))
    return [(row.region_id, row.id) for row in rows]


async def at_place(
    session: AsyncSession, region: int, place: tuple[str, str, str], url: str = ""
) -> Source | None:
    """Find the source of a place: network, kind and native name, or its address.

    The address tells a source that was added by a name and has its number by now.
    """
    network, kind, native = place
    found: Source | None = await session.scalar(
        select(Source)
        .where(
            Source.region_id == region,
            Source.network == network,
            Source.place_kind == kind,
            or_(col(Source.native) == native, col(Source.url) == url),
        )
        .limit(1)
    )
    return found


async def learn_native(
    session: AsyncSession, source: Source, native: str | None
) -> None:
    """Keep the number of a place that was added by its name, unless it is taken."""
    if native is None or native == source.native or source.place_kind is None:
        return
    place = (source.network, source.place_kind, native)
    if await at_place(session, source.region_id, place) is None:
        source.native = native


async def anywhere(session: AsyncSession, source_id: UUID) -> Source | None:
    """Find a source of whatever region; only for those who proved that they may."""
    found: Source | None = await session.get(Source, source_id)
    return found
