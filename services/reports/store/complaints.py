"""Complaints: where each post stands now, and the daily roll-up of their number.

A report of the whole region reads the roll-up, a narrowed one the facts; the
handlers keep both equal (see `lock_region`).
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from uuid import UUID

from sqlalchemy import Join, and_, case, delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.reports.domain import (
    ALL,
    COMPLAINT_DECISIONS,
    PLACES,
    Complaint,
    Complaints,
    DayKey,
)
from services.reports.store.question import Column, Condition, Query, Question
from services.reports.store.tables import CANDIDATE, COMPLAINT_DAY, INCIDENT

LOCK = 7_220_442
"""Advisory locks of this space serialise the changes of one region's facts."""

DayCounts = Mapping[DayKey, int]


async def lock_region(session: AsyncSession, *, region: int) -> None:
    """Wait until nobody else changes the region's facts, until the commit.

    A post's place comes from two facts that arrive in two messages; the roll-up is
    right only if no two transactions change them at the same time.
    """
    await session.execute(select(func.pg_advisory_xact_lock(LOCK, region)))


async def complaints_of_candidates(
    session: AsyncSession, ids: Iterable[UUID], *, region: int
) -> list[Complaint]:
    """Read the complaints among candidates."""
    return await _complaints(session, region, CANDIDATE.c.candidate_id.in_(ids))


async def complaints_of_incidents(
    session: AsyncSession, ids: Iterable[UUID], *, region: int
) -> list[Complaint]:
    """Read the complaints that belong to incidents."""
    return await _complaints(session, region, CANDIDATE.c.incident_id.in_(ids))


async def complaints_of_region(
    session: AsyncSession, *, region: int
) -> list[Complaint]:
    """Read all complaints of a region."""
    return await _complaints(session, region)


async def add_to_days(session: AsyncSession, change: DayCounts, *, region: int) -> None:
    """Add to the roll-up, or take away from it."""
    rows = [
        {
            "region_id": region,
            "day": key.day,
            "dimension": key.dimension,
            "code": key.code or "",
            "posts": posts,
        }
        for key, posts in change.items()
    ]
    if rows:
        new = insert(COMPLAINT_DAY)
        statement = new.on_conflict_do_update(
            index_elements=["region_id", "day", "dimension", "code"],
            set_={"posts": COMPLAINT_DAY.c.posts + new.excluded.posts},
        )
        await session.execute(statement, rows)


async def forget_days(session: AsyncSession, *, region: int) -> None:
    """Empty a region's roll-up, to build it anew."""
    await session.execute(
        delete(COMPLAINT_DAY).where(COMPLAINT_DAY.c.region_id == region)
    )


async def complaints(session: AsyncSession, question: Question) -> Complaints:
    """Count the complaints a report asks about."""
    if question.is_filtered:
        return await _from_facts(session, question)
    return await _from_days(session, question)


async def _from_days(session: AsyncSession, question: Question) -> Complaints:
    day, posts = COMPLAINT_DAY.c.day, func.sum(COMPLAINT_DAY.c.posts)
    dimension, code = COMPLAINT_DAY.c.dimension, COMPLAINT_DAY.c.code
    shown = case((dimension == ALL, day)).label("day")
    rows = await session.execute(
        select(dimension, shown, code, posts.label("posts"))
        .where(
            COMPLAINT_DAY.c.region_id == question.region,
            day.between(question.period.first, question.period.last),
        )
        .group_by(dimension, shown, code)
        .having(posts > 0)
    )
    counts: dict[str, dict[str | None, int]] = {name: {} for name in PLACES}
    days: dict[date, int] = {}
    for row in rows:
        if row.dimension == ALL:
            days[row.day] = row.posts
        else:
            counts[row.dimension][row.code or None] = row.posts
    return Complaints(days, counts["authority"], counts["municipality"])


async def _from_facts(session: AsyncSession, question: Question) -> Complaints:
    names = question.days()
    days: Counter[date] = Counter()
    authorities: Counter[str | None] = Counter()
    municipalities: Counter[str | None] = Counter()
    for row in await session.execute(_cells(question)):
        days[names[row.day]] += row.posts
        authorities[row.authority] += row.posts
        municipalities[row.municipality] += row.posts
    return Complaints(days, authorities, municipalities)


def _cells(question: Question) -> Query:
    places = _places()
    cell = (
        question.day_number(CANDIDATE.c.received_at).label("day"),
        places["authority"].label("authority"),
        places["municipality"].label("municipality"),
    )
    return (
        select(*cell, func.count().label("posts"))
        .select_from(_with_incidents())
        .where(
            *_is_complaint(question.region),
            question.within(CANDIDATE.c.received_at),
            *question.filters(places),
        )
        .group_by(*cell)
    )


async def _complaints(
    session: AsyncSession, region: int, *conditions: Condition
) -> list[Complaint]:
    places = _places()
    rows = await session.execute(
        select(CANDIDATE.c.received_at, places["authority"], places["municipality"])
        .select_from(_with_incidents())
        .where(*_is_complaint(region), *conditions)
    )
    return [Complaint(*row) for row in rows]


def _places() -> dict[str, Column]:
    """Say where a post stands: where its incident stands now.

    Until the incident's own fact arrives, where the moderator put it.
    """
    known = INCIDENT.c.incident_id.is_not(None)
    return {
        name: case((known, INCIDENT.c[name]), else_=CANDIDATE.c[name])
        for name in PLACES
    }


def _with_incidents() -> Join:
    return CANDIDATE.outerjoin(
        INCIDENT,
        and_(
            INCIDENT.c.region_id == CANDIDATE.c.region_id,
            INCIDENT.c.incident_id == CANDIDATE.c.incident_id,
        ),
    )


def _is_complaint(region: int) -> tuple[Condition, Condition]:
    return (
        CANDIDATE.c.region_id == region,
        CANDIDATE.c.decision.in_(COMPLAINT_DECISIONS),
    )
