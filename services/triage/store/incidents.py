"""Incidents: numbering, locking, lists and their counters."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func, literal, or_, tuple_
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from services.triage.domain.similar import Described, OpenIncident
from shared.models.triage import Incident, IncidentCounter

SIMILAR_AMONG = 400
"""Of a busy place's open incidents so many of the newest are compared."""
_COMPARED = (
    Incident.id,
    Incident.number,
    Incident.title,
    Incident.topic,
    Incident.municipality,
    Incident.words,
)


@dataclass(frozen=True, kw_only=True)
class Filters:
    """Which incidents a page shows.

    `visible_to` is the authority a caller is limited to; `person` keeps what was
    opened by or assigned to that person; `words` must all be in the text.
    """

    visible_to: str | None = None
    status: str | None = None
    authority: str | None = None
    municipality: str | None = None
    topic: str | None = None
    person: UUID | None = None
    overdue_at: datetime | None = None
    opened_from: datetime | None = None
    opened_before: datetime | None = None
    number: int | None = None
    words: frozenset[str] = frozenset()


async def take_numbers(session: AsyncSession, region_id: int, count: int) -> range:
    """Take the next running numbers; others wait for them until our commit."""
    first = pg_insert(IncidentCounter).values(region_id=region_id, last_number=count)
    last = await session.scalar(
        first.on_conflict_do_update(
            index_elements=["region_id"],
            set_={"last_number": IncidentCounter.last_number + count},
        ).returning(col(IncidentCounter.last_number))
    )
    end = (last or 0) + 1
    return range(end - count, end)


async def lock(
    session: AsyncSession, region_id: int, incident_id: UUID
) -> Incident | None:
    """Lock one incident: whoever acts second sees what the first has done."""
    return await session.scalar(
        select(Incident)
        .where(Incident.region_id == region_id, Incident.id == incident_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


async def one(
    session: AsyncSession, region_id: int, incident_id: UUID
) -> Incident | None:
    """Read one incident."""
    return await session.scalar(
        select(Incident).where(
            Incident.region_id == region_id, Incident.id == incident_id
        )
    )


async def imported(
    session: AsyncSession, region_id: int, numbers: Iterable[str]
) -> Sequence[Incident]:
    """Lock incidents by their numbers in the system they were imported from."""
    query = (
        select(Incident)
        .where(
            Incident.region_id == region_id, col(Incident.imported_number).in_(numbers)
        )
        .order_by(col(Incident.id))
        .with_for_update()
    )
    return (await session.scalars(query)).all()


async def by_ids(
    session: AsyncSession, region_id: int, ids: Iterable[UUID]
) -> Sequence[Incident]:
    """Read several incidents in any order."""
    return (
        await session.scalars(
            select(Incident).where(
                Incident.region_id == region_id, col(Incident.id).in_(ids)
            )
        )
    ).all()


async def newest_page(
    session: AsyncSession,
    region_id: int,
    filters: Filters,
    *,
    after: int | None,
    limit: int,
) -> Sequence[Incident]:
    """List by number, the latest first."""
    query = _filtered(region_id, filters).order_by(col(Incident.number).desc())
    if after is not None:
        query = query.where(col(Incident.number) < after)
    return (await session.scalars(query.limit(limit))).all()


async def deadline_page(
    session: AsyncSession,
    region_id: int,
    filters: Filters,
    *,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> Sequence[Incident]:
    """List what waits for its first answer, the earliest deadline first."""
    order = (col(Incident.deadline_at), col(Incident.id))
    query = _filtered(region_id, filters).where(_is_waiting()).order_by(*order)
    if after is not None:
        query = query.where(tuple_(*order) > after)
    return (await session.scalars(query.limit(limit))).all()


def _is_waiting() -> ColumnElement[bool]:
    return col(Incident.answered_at).is_(None) & col(Incident.closed_at).is_(None)


def _filtered(region_id: int, filters: Filters) -> SelectOfScalar[Incident]:
    query = select(Incident).where(Incident.region_id == region_id)
    for name in ("status", "authority", "municipality", "topic", "number"):
        wanted = getattr(filters, name)
        if wanted is not None:
            query = query.where(getattr(Incident, name) == wanted)
    return query.where(*_bounds(filters))


def _bounds(filters: Filters) -> Iterable[ColumnElement[bool]]:
    if filters.visible_to is not None:
        yield col(Incident.authority) == filters.visible_to
    if filters.person is not None:
        yield or_(
            col(Incident.executor_id) == filters.person,
            col(Incident.opened_by) == filters.person,
        )
    if filters.overdue_at is not None:
        yield _is_waiting() & (col(Incident.deadline_at) < filters.overdue_at)
    if filters.opened_from is not None:
        yield col(Incident.opened_at) >= filters.opened_from
    if filters.opened_before is not None:
        yield col(Incident.opened_at) < filters.opened_before
    if filters.words:
        yield col(Incident.words).op("@>")(sorted(filters.words))


async def counts(
    session: AsyncSession, region_id: int, *, visible_to: str | None, now: datetime
) -> dict[str, int]:
    """Count incidents by status, and those whose first answer is late."""
    by_status = (
        select(col(Incident.status), func.count())
        .where(Incident.region_id == region_id)
        .group_by(col(Incident.status))
    )
    overdue = select(func.count()).where(
        Incident.region_id == region_id, _is_waiting(), Incident.deadline_at < now
    )
    if visible_to is not None:
        by_status = by_status.where(Incident.authority == visible_to)
        overdue = overdue.where(Incident.authority == visible_to)
    late = select(literal("overdue"), overdue.scalar_subquery())
    rows = await session.execute(by_status.union_all(late))
    return {row[0]: row[1] for row in rows}


async def like_place_or_topic(
    session: AsyncSession,
    region_id: int,
    *,
    topic: str | None,
    municipality: str | None,
) -> list[OpenIncident]:
    """List open incidents a new post may belong to, the newest first."""
    same = [
        column == wanted
        for column, wanted in (
            (col(Incident.topic), topic),
            (col(Incident.municipality), municipality),
        )
        if wanted is not None
    ]
    if not same:
        return []
    # Only what is compared: whole incidents took most of the time of a queue page.
    query = (
        select(*map(col, _COMPARED))
        .where(
            Incident.region_id == region_id,
            col(Incident.closed_at).is_(None),
            or_(*same),
        )
        .order_by(col(Incident.number).desc())
        .limit(SIMILAR_AMONG)
    )
    rows = await session.execute(query)
    return [
        OpenIncident(
            row.id,
            row.number,
            row.title,
            Described(row.topic, row.municipality, frozenset(row.words)),
        )
        for row in rows
    ]
