"""Which posts differ from their document in the search index."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.ingest.store.rows import columns, unnest

_LOCK: Final = 7_220_443
"""First half of the advisory lock: one process indexes a region at a time."""

_REBUILD: Final = 7_220_444
"""Advisory lock: indexing shares it, a rebuild holds it alone."""

_REBUILDER: Final = 7_220_445
"""Advisory lock: one rebuild at a time."""

_ADD: Final = text("""
INSERT INTO ingest.index_queue AS waiting (post_id, region_id, queued_at)
SELECT id, CAST(:region AS int), CAST(:now AS timestamptz)
FROM unnest(CAST(:ids AS uuid[])) AS given(id) ORDER BY id
ON CONFLICT (post_id) DO UPDATE
SET version = excluded.version, queued_at = excluded.queued_at
""")

_NEXT: Final = text("""
SELECT post_id, version FROM ingest.index_queue
WHERE region_id = :region
    AND (NOT CAST(:keep AS boolean) OR indexed_version IS DISTINCT FROM version)
ORDER BY version LIMIT :limit
""")

_DONE: Final = text(f"""
DELETE FROM ingest.index_queue AS waiting
USING {unnest(post_id="uuid", version="bigint")}
WHERE waiting.post_id = given.post_id AND waiting.version = given.version
""")  # noqa: S608 -- built of constants

_DONE_FOR_NOW: Final = text(f"""
UPDATE ingest.index_queue AS waiting SET indexed_version = given.version
FROM {unnest(post_id="uuid", version="bigint")}
WHERE waiting.post_id = given.post_id
""")  # noqa: S608 -- the same


@dataclass(frozen=True, slots=True)
class Entry:
    """A post to index, and which writing of its row was read."""

    post_id: UUID
    version: int


async def add(
    session: AsyncSession, region: int, ids: Sequence[UUID], *, now: datetime
) -> None:
    """Note that these posts have changed; locks their rows in the order of ids."""
    if ids:
        await session.execute(_ADD, {"region": region, "ids": list(ids), "now": now})


async def enter(session: AsyncSession, region: int) -> bool:
    """Become the one that indexes a region, until the commit; False if another is.

    A lock on the rows would make everybody who changes a post wait for the index.
    """
    return bool(
        await session.scalar(
            text("SELECT pg_try_advisory_xact_lock(:lock, :region)"),
            {"lock": _LOCK, "region": region},
        )
    )


async def rebuild_is_running(session: AsyncSession) -> bool:
    """Tell whether rows must stay because a new index is being filled."""
    shared = "SELECT pg_try_advisory_xact_lock_shared(:lock)"
    return not await session.scalar(text(shared), {"lock": _REBUILD})


async def begin_rebuild(session: AsyncSession) -> bool:
    """Make rows stay until the commit; False when another rebuild is running.

    Waits for what is being indexed at this moment: its rows are still dropped.
    """
    only = "SELECT pg_try_advisory_xact_lock(:lock)"
    if not await session.scalar(text(only), {"lock": _REBUILDER}):
        return False
    exclusive = "SELECT pg_advisory_xact_lock(:lock)"
    await session.execute(text(exclusive), {"lock": _REBUILD})
    return True


async def oldest(
    session: AsyncSession, region: int, *, keep: bool, limit: int
) -> list[Entry]:
    """Read the longest waiting rows; with `keep` without those done for now."""
    rows = await session.execute(
        _NEXT, {"region": region, "keep": keep, "limit": limit}
    )
    return [Entry(row.post_id, row.version) for row in rows]


async def done(session: AsyncSession, entries: Sequence[Entry], *, keep: bool) -> None:
    """Drop rows that were not written again meanwhile; with `keep` only mark them."""
    if entries:
        pairs = [(entry.post_id, entry.version) for entry in entries]
        statement = _DONE_FOR_NOW if keep else _DONE
        await session.execute(statement, columns(("post_id", "version"), pairs))


async def regions_waiting(session: AsyncSession) -> list[int]:
    """Name the regions with posts to index."""
    rows = await session.scalars(
        text("SELECT DISTINCT region_id FROM ingest.index_queue ORDER BY region_id")
    )
    return list(rows)


async def waiting(session: AsyncSession, region: int) -> int:
    """Count a region's posts to index."""
    return (
        await session.scalar(
            text("SELECT count(*) FROM ingest.index_queue WHERE region_id = :region"),
            {"region": region},
        )
        or 0
    )
