"""Sealed payloads of networks: erased when their time is over."""

from datetime import datetime
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.ids import lowest_id_at

# Ids of posts begin with their moment, and no payload is older than its post: the
# primary key leads to the old ones, without an index of their own.
_ERASE: Final = text("""
DELETE FROM ingest.raw_payload WHERE (post_id, revision) IN (
    SELECT post_id, revision FROM ingest.raw_payload
    WHERE post_id < CAST(:bound AS uuid) AND sealed_at < CAST(:before AS timestamptz)
        AND region_id = CAST(:region AS int)
    ORDER BY post_id LIMIT :most FOR UPDATE SKIP LOCKED)
RETURNING post_id
""")


async def erase(
    session: AsyncSession, region: int, *, before: datetime, most: int
) -> int:
    """Erase the oldest payloads sealed before a moment; return how many."""
    given = {
        "region": region,
        "bound": lowest_id_at(before),
        "before": before,
        "most": most,
    }
    return len((await session.execute(_ERASE, given)).all())
