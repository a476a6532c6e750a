"""The dictionary of figures."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from shared.models.reports import KpiDefinition


async def version(session: AsyncSession) -> int:
    """Return the number of the dictionary in force."""
    return await session.scalar(select(func.max(KpiDefinition.version))) or 0


async def definitions(
    session: AsyncSession, *, until: int | None = None
) -> Sequence[KpiDefinition]:
    """List each code's newest definition, or the one of an earlier dictionary."""
    newest = (
        select(KpiDefinition)
        .ext(distinct_on(col(KpiDefinition.code)))
        .order_by(col(KpiDefinition.code), col(KpiDefinition.version).desc())
    )
    if until is not None:
        newest = newest.where(col(KpiDefinition.version) <= until)
    found = (await session.scalars(newest)).all()
    return sorted(found, key=lambda definition: definition.position)
