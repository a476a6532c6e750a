"""What the incidents tell: counts, percentiles and days, in three queries.

Counts are taken by cells (authority, municipality) and added up here: a hash of
cells is three times as fast as GROUPING SETS, which sorts all facts for each set.
"""

from collections.abc import Mapping

from sqlalchemy import (
    ARRAY,
    Float,
    and_,
    case,
    cast,
    func,
    or_,
    select,
    tuple_,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncSession

from services.reports.domain import PLACES, Answers, Incidents
from services.reports.store.question import Column, Condition, Query, Question, Rows
from services.reports.store.tables import INCIDENT

# What GROUPING(authority, municipality) tells of a row: a bit for each one left out.
_AUTHORITY, _MUNICIPALITY, _NEITHER = 1, 2, 3

WITHDRAWN = "withdrawn"
"""Triage's word for an incident that should never have been opened."""

Minutes = Mapping[tuple[int, str | None], list[float] | None]


async def incidents(session: AsyncSession, question: Question) -> Incidents:
    """Count the incidents a report asks about."""
    cells = list(await session.execute(_cells(question)))
    percentiles = await session.execute(_percentiles(question))
    minutes = {(row.by, row.code): row.minutes for row in percentiles}
    days = question.days()
    return Incidents(
        total=_answers(cells, minutes.get((_NEITHER, None))),
        by_authority=_sections(cells, "authority", _AUTHORITY, minutes),
        by_municipality=_sections(cells, "municipality", _MUNICIPALITY, minutes),
        by_day={
            days[row.day]: (row.opened, row.answered)
            for row in await session.execute(_days(question))
        },
    )


def _sections(
    cells: Rows, dimension: str, by: int, minutes: Minutes
) -> dict[str | None, Answers]:
    sections: dict[str | None, Rows] = {}
    for cell in cells:
        sections.setdefault(getattr(cell, dimension), []).append(cell)
    return {
        code: _answers(own, minutes.get((by, code))) for code, own in sections.items()
    }


def _answers(cells: Rows, minutes: list[float] | None) -> Answers:
    median, p90 = minutes or (None, None)
    return Answers(
        incidents=sum(cell.incidents for cell in cells),
        answered=sum(cell.answered for cell in cells),
        due=sum(cell.due for cell in cells),
        answered_in_time=sum(cell.answered_in_time for cell in cells),
        overdue_now=sum(cell.overdue_now for cell in cells),
        withdrawn=sum(cell.withdrawn for cell in cells),
        median_minutes=median,
        p90_minutes=p90,
    )


def _of_region(question: Question) -> list[Condition]:
    places = {name: INCIDENT.c[name] for name in PLACES}
    return [INCIDENT.c.region_id == question.region, *question.filters(places)]


def _cells(question: Question) -> Query:
    incident = INCIDENT.c
    opened = and_(_is_kept(), question.within(incident.opened_at))
    answered = question.within(incident.answered_at)
    passed = incident.settled_at < question.now
    due = and_(
        _is_kept(),
        question.within(incident.settled_at),
        or_(incident.answered_at.is_not(None), passed),
    )
    withdrawn = and_(incident.status == WITHDRAWN, question.within(incident.closed_at))
    overdue = and_(
        incident.answered_at.is_(None),
        incident.closed_at.is_(None),
        incident.deadline_at < question.now,
    )
    return (
        select(
            incident.authority,
            incident.municipality,
            _count("incidents", opened),
            _count("answered", answered),
            _count("due", due),
            _count("answered_in_time", due, incident.answered_in_time),
            _count("overdue_now", overdue),
            _count("withdrawn", withdrawn),
        )
        .where(*_of_region(question), or_(opened, answered, due, overdue, withdrawn))
        .group_by(incident.authority, incident.municipality)
    )


def _is_kept() -> Condition:
    """Leave out what was opened by mistake: it says nothing of an authority."""
    return INCIDENT.c.status != WITHDRAWN


def _count(name: str, *conditions: Condition) -> Column:
    return func.count().filter(*conditions).label(name)


def _percentiles(question: Question) -> Query:
    """Take median and p90 of the answers, in all and by each dimension."""
    authority, municipality = INCIDENT.c.authority, INCIDENT.c.municipality
    by = func.grouping(authority, municipality)
    code = case((by == _AUTHORITY, authority), (by == _MUNICIPALITY, municipality))
    percentiles = func.percentile_cont(cast([0.5, 0.9], ARRAY(Float)))
    sets = (tuple_(), tuple_(authority), tuple_(municipality))
    return (
        select(
            by.label("by"),
            code.label("code"),
            percentiles.within_group(INCIDENT.c.answer_minutes).label("minutes"),
        )
        .where(*_of_region(question), question.within(INCIDENT.c.answered_at))
        .group_by(func.grouping_sets(*sets))
    )


def _days(question: Question) -> Query:
    """Count incidents opened and answered by day."""
    happened = union_all(
        _by_day(question, INCIDENT.c.opened_at, opened=1, answered=0),
        _by_day(question, INCIDENT.c.answered_at, opened=0, answered=1),
    ).subquery()
    return select(
        happened.c.day,
        func.sum(happened.c.opened).label("opened"),
        func.sum(happened.c.answered).label("answered"),
    ).group_by(happened.c.day)


def _by_day(question: Question, moment: Column, *, opened: int, answered: int) -> Query:
    day = question.day_number(moment).label("day")
    return (
        select(
            day,
            (func.count() * opened).label("opened"),
            (func.count() * answered).label("answered"),
        )
        .where(*_of_region(question), _is_kept(), question.within(moment))
        .group_by(day)
    )
