"""Posts that were given up: dead letters beside those of the messages."""

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from shared import dead_letters
from shared.dead_letters import DeadLetter
from shared.models.ingest import Batch

POST: Final = "post"
"""A post that could not be matched; the other kinds are those of contracts."""

DOCUMENT: Final = "document"
"""A post that could not be put into the search index."""


async def bury_post(session: AsyncSession, batch: Batch, *, now: datetime) -> None:
    """Bury the only post of a batch, under the id of the batch."""
    letter = DeadLetter(
        id=batch.id,
        region_id=batch.region_id,
        kind=POST,
        body=_about(batch.post_ids[0]),
        error=batch.error or "",
        tries=batch.tries,
        buried_at=now,
    )
    await dead_letters.bury(session, "ingest", letter)


async def bury_document(  # noqa: PLR0913 -- what a dead letter says
    session: AsyncSession,
    letter_id: UUID,
    *,
    region: int,
    post_id: UUID,
    error: str,
    tries: int,
    now: datetime,
) -> None:
    """Bury a post whose document the index refuses."""
    letter = DeadLetter(
        id=letter_id,
        region_id=region,
        kind=DOCUMENT,
        body=_about(post_id),
        error=error,
        tries=tries,
        buried_at=now,
    )
    await dead_letters.bury(session, "ingest", letter)


def post_of(letter: DeadLetter) -> UUID:
    """Return the id of the post a letter of ours is about."""
    return UUID(letter.body["post_id"])


def _about(post_id: UUID) -> dict[str, str]:
    return {"post_id": str(post_id)}
