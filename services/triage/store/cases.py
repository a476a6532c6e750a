"""What belongs to one incident: its posts, replies, verdicts and history."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from services.triage.store import postings
from shared.models.posting import Posting
from shared.models.triage import (
    Approval,
    IncidentPost,
    Reply,
    ReplyVersion,
    StatusChange,
)


@dataclass(frozen=True)
class Case:
    """Everything shown beside an incident, each list oldest first."""

    posts: Sequence[IncidentPost]
    replies: Sequence[Reply]
    versions: Sequence[ReplyVersion]
    approvals: Sequence[Approval]
    changes: Sequence[StatusChange]
    postings: Sequence[Posting]


async def case(session: AsyncSession, incident_id: UUID) -> Case:
    """Read what belongs to an incident, in six queries whatever its size."""
    replies = await replies_of(session, incident_id)
    ids = [reply.id for reply in replies]
    versions = await session.scalars(
        select(ReplyVersion)
        .where(col(ReplyVersion.reply_id).in_(ids))
        .order_by(col(ReplyVersion.id))
    )
    approvals = await session.scalars(
        select(Approval)
        .where(col(Approval.reply_id).in_(ids))
        .order_by(col(Approval.id))
    )
    changes = await session.scalars(
        select(StatusChange)
        .where(StatusChange.incident_id == incident_id)
        .order_by(col(StatusChange.id))
    )
    posts = await posts_of(session, incident_id)
    sent = await postings.of_incident(session, incident_id)
    return Case(posts, replies, versions.all(), approvals.all(), changes.all(), sent)


async def posts_of(session: AsyncSession, incident_id: UUID) -> Sequence[IncidentPost]:
    """List the posts of an incident, the first published first."""
    query = (
        select(IncidentPost)
        .where(IncidentPost.incident_id == incident_id)
        .order_by(col(IncidentPost.published_at), col(IncidentPost.post_id))
    )
    return (await session.scalars(query)).all()


async def post_ids_of(session: AsyncSession, incident_id: UUID) -> Sequence[UUID]:
    """List the ids of an incident's posts."""
    query = select(IncidentPost.post_id).where(IncidentPost.incident_id == incident_id)
    return (await session.scalars(query)).all()


async def lock_posts(
    session: AsyncSession, region_id: int, post_ids: Iterable[UUID]
) -> Sequence[IncidentPost]:
    """Lock the posts that are in some incident, in one order for all."""
    query = (
        select(IncidentPost)
        .where(
            IncidentPost.region_id == region_id, col(IncidentPost.post_id).in_(post_ids)
        )
        .order_by(col(IncidentPost.post_id))
        .with_for_update()
    )
    return (await session.scalars(query)).all()


async def replies_of(session: AsyncSession, incident_id: UUID) -> Sequence[Reply]:
    """List the rounds of an incident's answers."""
    query = (
        select(Reply)
        .where(Reply.incident_id == incident_id)
        .order_by(col(Reply.round))
        .execution_options(populate_existing=True)
    )
    return (await session.scalars(query)).all()


async def reply(session: AsyncSession, reply_id: UUID) -> Reply | None:
    """Read one reply as it stands now."""
    query = select(Reply).where(Reply.id == reply_id)
    return await session.scalar(query.execution_options(populate_existing=True))


async def version_text(session: AsyncSession, reply_id: UUID, n: int) -> str | None:
    """Read one wording of a reply."""
    return await session.scalar(
        select(ReplyVersion.text).where(
            ReplyVersion.reply_id == reply_id, ReplyVersion.n == n
        )
    )


async def latest_replies(
    session: AsyncSession, region_id: int, *, besides: UUID, limit: int
) -> Sequence[Reply]:
    """List the region's newest replies to other incidents."""
    query = (
        select(Reply)
        .where(Reply.region_id == region_id, Reply.incident_id != besides)
        .order_by(col(Reply.id).desc())
        .limit(limit)
    )
    return (await session.scalars(query)).all()


async def next_label_version(session: AsyncSession) -> int:
    """Take a version for labels: whoever holds the rows' locks later gets more."""
    version = await session.scalar(text("SELECT nextval('triage.label_version')"))
    return int(version or 0)
