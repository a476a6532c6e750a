"""Sealed addresses of posts, which name people, until their time is over."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.ingest.store.rows import SealedLinkRow, columns, unnest
from shared.ids import lowest_id_at
from shared.models.networks import SealedLink

_KEEP: Final = text(f"""
INSERT INTO ingest.sealed_link (region_id, sealed_at, post_id, sealed)
SELECT CAST(:region AS int), CAST(:now AS timestamptz), given.*
FROM {unnest(post_id="uuid", sealed="bytea")}
ON CONFLICT (post_id) DO UPDATE
SET sealed = excluded.sealed, sealed_at = excluded.sealed_at
""")  # noqa: S608 -- built of constants

# As with raw payloads, ids of posts begin with their moment.
_ERASE: Final = text("""
DELETE FROM ingest.sealed_link WHERE post_id IN (
    SELECT post_id FROM ingest.sealed_link
    WHERE post_id < CAST(:bound AS uuid) AND sealed_at < CAST(:before AS timestamptz)
        AND region_id = CAST(:region AS int)
    ORDER BY post_id LIMIT :most FOR UPDATE SKIP LOCKED)
RETURNING post_id
""")


async def keep(
    session: AsyncSession, region: int, rows: Sequence[SealedLinkRow], *, now: datetime
) -> None:
    """Keep sealed addresses; a newer one takes the place of an older."""
    if rows:
        given = columns(SealedLinkRow._fields, rows)
        await session.execute(_KEEP, {"region": region, "now": now, **given})


async def one(session: AsyncSession, post_id: UUID) -> SealedLink | None:
    """Find the sealed address of a post; None where it names nobody, or is erased."""
    return await session.get(SealedLink, post_id)


async def erase(
    session: AsyncSession, region: int, *, before: datetime, most: int
) -> int:
    """Erase the oldest addresses sealed before a moment; return how many."""
    given = {
        "region": region,
        "bound": lowest_id_at(before),
        "before": before,
        "most": most,
    }
    return len((await session.execute(_ERASE, given)).all())
