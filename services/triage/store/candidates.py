"""The queue: candidates in bulk, one by one, page by page, and their counters."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import SQLModel, col, select
from sqlmodel.sql.expression import SelectOfScalar

from shared.models.triage import Candidate

# One statement for a whole message: its rows travel as one JSON parameter, which
# is several times quicker than thousands of bound values.
_COLUMNS = ", ".join(SQLModel.metadata.tables["triage.candidate"].columns.keys())
_INSERT = text(
    f"""
    INSERT INTO triage.candidate ({_COLUMNS})
    SELECT {_COLUMNS}
    FROM jsonb_populate_recordset(NULL::triage.candidate, CAST(:rows AS jsonb)) AS new
    WHERE NOT EXISTS (
        SELECT FROM triage.incident_post AS known
        WHERE known.region_id = new.region_id AND known.post_id = new.post_id
    )
    ON CONFLICT (region_id, post_id) DO NOTHING
    RETURNING post_id
    """  # noqa: S608 -- the names of the table's own columns
)
_COUNTS = text(
    """
    SELECT coalesce(sum(delta), 0) AS new,
        coalesce(sum(delta) FILTER (WHERE urgency = 0), 0) AS urgent,
        coalesce(sum(delta) FILTER (WHERE deadline_at < :now), 0) AS overdue
    FROM triage.queue_tally WHERE region_id = :region
    """
)
# What is overdue stays overdue: the past is folded into one row per urgency.
_FOLD = text(
    """
    WITH taken AS (
        DELETE FROM triage.queue_tally WHERE region_id IN (
            SELECT region_id FROM triage.queue_tally
            GROUP BY region_id HAVING count(*) > :most
        )
        RETURNING region_id, urgency, deadline_at, delta
    )
    INSERT INTO triage.queue_tally
    SELECT region_id, urgency,
        CASE WHEN deadline_at < :now THEN 'epoch' ELSE deadline_at END, sum(delta)
    FROM taken GROUP BY 1, 2, 3 HAVING sum(delta) <> 0
    """
)
FOLD_AFTER = 500
"""Rows of counters a region may collect before they are folded together."""


@dataclass(frozen=True, kw_only=True)
class Filters:
    """Which candidates a page shows; `words` must all be in the text."""

    status: str = "new"
    urgency: int | None = None
    overdue_at: datetime | None = None
    topic: str | None = None
    municipality: str | None = None
    network: str | None = None
    words: tuple[int, ...] = ()


@dataclass(frozen=True)
class Counts:
    """The exact figures of the queue's views."""

    new: int
    urgent: int
    overdue: int


async def insert_new(
    session: AsyncSession, rows: Sequence[dict[str, Any]]
) -> set[UUID]:
    """Insert candidates; return the posts that had none and are in no incident."""
    packed = json.dumps(rows, default=_plain, ensure_ascii=False)
    inserted = await session.execute(_INSERT, {"rows": packed})
    return {row.post_id for row in inserted}


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


async def lock_by_posts(
    session: AsyncSession, region_id: int, post_ids: Iterable[UUID]
) -> Sequence[Candidate]:
    """Lock the candidates of posts, in one order for all, so that none deadlock."""
    query = (
        select(Candidate)
        .where(Candidate.region_id == region_id, col(Candidate.post_id).in_(post_ids))
        .order_by(col(Candidate.post_id))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return (await session.scalars(query)).all()


async def lock(
    session: AsyncSession, region_id: int, candidate_id: UUID
) -> Candidate | None:
    """Lock one candidate: of two moderators the second waits here."""
    return await session.scalar(
        select(Candidate)
        .where(Candidate.region_id == region_id, Candidate.id == candidate_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


async def one(
    session: AsyncSession, region_id: int, candidate_id: UUID
) -> Candidate | None:
    """Read one candidate."""
    return await session.scalar(
        select(Candidate).where(
            Candidate.region_id == region_id, Candidate.id == candidate_id
        )
    )


async def urgent_page(
    session: AsyncSession,
    region_id: int,
    filters: Filters,
    *,
    after: tuple[int, datetime, UUID] | None,
    limit: int,
) -> Sequence[Candidate]:
    """List in the order of work: urgent first, then by deadline."""
    order = (col(Candidate.urgency), col(Candidate.deadline_at), col(Candidate.id))
    query = _filtered(region_id, filters).order_by(*order).limit(limit)
    if after is not None:
        query = query.where(tuple_(*order) > after)
    return (await session.scalars(query)).all()


async def newest_page(
    session: AsyncSession,
    region_id: int,
    filters: Filters,
    *,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> Sequence[Candidate]:
    """List by the moment of taking in, the latest first."""
    order = (col(Candidate.received_at), col(Candidate.id))
    query = _filtered(region_id, filters).order_by(*(part.desc() for part in order))
    if after is not None:
        query = query.where(tuple_(*order) < after)
    return (await session.scalars(query.limit(limit))).all()


def _filtered(region_id: int, filters: Filters) -> SelectOfScalar[Candidate]:
    query = select(Candidate).where(
        Candidate.region_id == region_id, Candidate.status == filters.status
    )
    equal = ("urgency", "topic", "municipality", "network")
    for name in equal:
        wanted = getattr(filters, name)
        if wanted is not None:
            query = query.where(getattr(Candidate, name) == wanted)
    if filters.overdue_at is not None:
        query = query.where(Candidate.deadline_at < filters.overdue_at)
    if filters.words:
        query = query.where(col(Candidate.words).op("@>")(list(filters.words)))
    return query


async def counts(session: AsyncSession, region_id: int, *, now: datetime) -> Counts:
    """Count what waits, exactly, from the tallies the table's triggers keep."""
    row = (await session.execute(_COUNTS, {"region": region_id, "now": now})).one()
    return Counts(row.new, row.urgent, row.overdue)


async def fold_tallies(
    session: AsyncSession, *, now: datetime, most: int = FOLD_AFTER
) -> None:
    """Sum up counters that have piled up; safe beside any other transaction."""
    await session.execute(_FOLD, {"now": now, "most": most})
