"""Saving facts: the highest version of each thing stays."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Table, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.reports.store.tables import CANDIDATE, INCIDENT

Row = dict[str, Any]


async def save_incidents(session: AsyncSession, rows: Sequence[Row]) -> set[UUID]:
    """Insert or replace incidents' facts; return those that were not outdated."""
    return await _upsert(session, INCIDENT, "incident_id", rows)


async def save_candidates(session: AsyncSession, rows: Sequence[Row]) -> set[UUID]:
    """Insert or replace candidates' facts; return those that were not outdated."""
    return await _upsert(session, CANDIDATE, "candidate_id", rows)


async def fact_counts(session: AsyncSession, *, region: int) -> tuple[int, int]:
    """Count the incidents and candidates the figures are made of."""
    counts = [
        select(func.count()).where(table.c.region_id == region).scalar_subquery()
        for table in (INCIDENT, CANDIDATE)
    ]
    incidents, candidates = (await session.execute(select(*counts))).one()
    return incidents, candidates


async def _upsert(
    session: AsyncSession, table: Table, key: str, rows: Sequence[Row]
) -> set[UUID]:
    if not rows:
        return set()
    new = insert(table)
    changed = {
        name: new.excluded[name] for name in rows[0] if name not in {"region_id", key}
    }
    statement = new.on_conflict_do_update(
        index_elements=["region_id", key],
        set_=changed,
        where=table.c.version < new.excluded.version,
    ).returning(table.c[key])
    return set((await session.execute(statement, rows)).scalars())
