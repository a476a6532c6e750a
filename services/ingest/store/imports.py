"""Files on their way in, in sealed parts."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, delete, select

from shared.models.ingest import ImportFile, ImportRun

RUNNING = "running"


async def one(
    session: AsyncSession, region: int, import_id: UUID, *, lock: bool = False
) -> ImportRun | None:
    """Find an import of a region, locked until the commit if asked."""
    query = select(ImportRun).where(
        ImportRun.id == import_id, ImportRun.region_id == region
    )
    if lock:
        query = query.with_for_update()
    found: ImportRun | None = await session.scalar(query)
    return found


async def begun(session: AsyncSession, import_id: UUID) -> ImportRun | None:
    """Lock a running import; None when it has ended or another worker has it."""
    found: ImportRun | None = await session.scalar(
        select(ImportRun)
        .where(ImportRun.id == import_id, ImportRun.state == RUNNING)
        .with_for_update(skip_locked=True)
    )
    return found


async def next_part(session: AsyncSession, import_id: UUID) -> ImportFile | None:
    """Read the first part that has not been taken in."""
    query = select(ImportFile).where(ImportFile.import_id == import_id)
    found: ImportFile | None = await session.scalar(
        query.order_by(col(ImportFile.part)).limit(1)
    )
    return found


async def drop_part(session: AsyncSession, part: ImportFile) -> None:
    """Forget a part that has been taken in."""
    await session.delete(part)


async def left_behind(
    session: AsyncSession, *, before: datetime
) -> Sequence[tuple[int, UUID]]:
    """Name running imports in which nothing has happened since a moment."""
    rows = await session.execute(
        select(ImportRun.region_id, ImportRun.id).where(
            ImportRun.state == RUNNING, ImportRun.changed_at < before
        )
    )
    return [(row.region_id, row.id) for row in rows]


async def running(session: AsyncSession, region: int) -> int:
    """Count a region's imports that have not ended."""
    query = select(func.count()).select_from(ImportRun)
    where = (ImportRun.region_id == region, ImportRun.state == RUNNING)
    return await session.scalar(query.where(*where)) or 0


async def forget_abandoned(session: AsyncSession, *, before: datetime) -> None:
    """Drop the contents of files that were looked at but never taken in."""
    abandoned = select(ImportRun.id).where(
        ImportRun.state == "previewed", ImportRun.changed_at < before
    )
    await session.execute(
        delete(ImportFile).where(col(ImportFile.import_id).in_(abandoned))
    )
