"""What codes of authorities, municipalities and topics are called."""

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.reports.domain import Names
from services.reports.store.tables import CODE_NAME


async def names(session: AsyncSession, *, region: int) -> dict[tuple[str, str], str]:
    """Read the names of a region by dimension and code."""
    found = await session.execute(
        select(CODE_NAME).where(CODE_NAME.c.region_id == region)
    )
    return {(row.dimension, row.code): row.name for row in found}


async def save_names(session: AsyncSession, found: Names, *, region: int) -> None:
    """Insert or replace names, always in the same order (no deadlocks)."""
    rows = [
        {"region_id": region, "dimension": dimension, "code": code, "name": name}
        for (dimension, code), name in sorted(found.items())
    ]
    if rows:
        new = insert(CODE_NAME)
        statement = new.on_conflict_do_update(
            index_elements=["region_id", "dimension", "code"],
            set_={"name": new.excluded.name},
        )
        await session.execute(statement, rows)
