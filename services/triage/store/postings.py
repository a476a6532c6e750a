"""The outbox of answers, and the official pages they go out from."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, or_, select, update

from shared.models.posting import OfficialPage, Posting
from shared.models.triage import Reply

AT_ONCE = 500
"""So many postings are rung for in one sweep."""


async def one(session: AsyncSession, posting_id: UUID) -> Posting | None:
    """Read a posting as it stands now."""
    query = select(Posting).where(Posting.id == posting_id)
    return await session.scalar(query.execution_options(populate_existing=True))


async def lock(session: AsyncSession, posting_id: UUID) -> Posting | None:
    """Lock a posting; its incident is locked before it, everywhere."""
    return await session.scalar(
        select(Posting)
        .where(Posting.id == posting_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


async def latest(session: AsyncSession, reply_id: UUID) -> Posting | None:
    """Read the last attempt to publish a reply."""
    return await session.scalar(
        select(Posting)
        .where(Posting.reply_id == reply_id)
        .order_by(col(Posting.id).desc())
        .limit(1)
        .execution_options(populate_existing=True)
    )


async def of_incident(session: AsyncSession, incident_id: UUID) -> Sequence[Posting]:
    """List all attempts of an incident, the first one first."""
    query = (
        select(Posting)
        .where(Posting.incident_id == incident_id)
        .order_by(col(Posting.id))
    )
    return (await session.scalars(query)).all()


async def sent_under(
    session: AsyncSession, region_id: int, item_key: str, post_id: UUID
) -> Sequence[Posting]:
    """List the answers that stand under a post, whichever incident they belong to.

    By our own id, too: a post may have been answered before its key was known.
    """
    query = select(Posting).where(
        Posting.region_id == region_id,
        or_(col(Posting.item_key) == item_key, col(Posting.post_id) == post_id),
        Posting.state == "sent",
    )
    return (await session.scalars(query)).all()


async def due(session: AsyncSession, *, now: datetime) -> Sequence[tuple[int, UUID]]:
    """List postings whose time has come, in every region."""
    rows = await session.execute(
        select(Posting.region_id, Posting.id)
        .where(col(Posting.due_at) <= now)
        .order_by(col(Posting.due_at))
        .limit(AT_ONCE)
    )
    return [(row.region_id, row.id) for row in rows]


async def pages(session: AsyncSession, region_id: int) -> Sequence[OfficialPage]:
    """List a region's official pages, retired ones too, the oldest first."""
    query = (
        select(OfficialPage)
        .where(OfficialPage.region_id == region_id)
        .order_by(col(OfficialPage.id))
    )
    return (await session.scalars(query)).all()


async def page(session: AsyncSession, page_id: UUID) -> OfficialPage | None:
    """Read an official page as it stands now."""
    query = select(OfficialPage).where(OfficialPage.id == page_id)
    return await session.scalar(query.execution_options(populate_existing=True))


async def wake(
    session: AsyncSession, page_id: UUID, *, now: datetime
) -> Sequence[UUID]:
    """Let all go on that waits because its page was paused."""
    found = await session.scalars(
        update(Posting)
        .where(
            col(Posting.page_id) == page_id,
            col(Posting.state) == "approved",
            col(Posting.obstacle) == "page_paused",
        )
        .values(due_at=now)
        .returning(col(Posting.id))
    )
    return found.all()


async def latest_of_page(
    session: AsyncSession, page_id: UUID, *, besides: UUID, limit: int
) -> Sequence[Reply]:
    """List the replies a page published last, those of one incident left out."""
    query = (
        select(Reply)
        .join(Posting, col(Posting.reply_id) == Reply.id)
        .where(
            Posting.page_id == page_id,
            Posting.state == "sent",
            Posting.incident_id != besides,
        )
        .order_by(col(Posting.id).desc())
        .limit(limit)
    )
    return (await session.scalars(query)).all()
