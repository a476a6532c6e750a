"""Queries on the schema `identity`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, delete, select, update

from shared.models.identity import (
    ApiKey,
    Credential,
    Membership,
    Municipality,
    Region,
    Session,
    SignInAttempt,
    User,
)


@dataclass(frozen=True)
class Signed:
    """A valid session with its person, region and memberships in that region."""

    session: Session
    user: User
    region: Region
    memberships: tuple[Membership, ...]


async def region_by_code(session: AsyncSession, code: str) -> Region | None:
    """Find a region."""
    return await session.scalar(select(Region).where(Region.code == code))


async def regions(session: AsyncSession) -> Sequence[Region]:
    """List every region by id."""
    return (await session.scalars(select(Region).order_by(col(Region.id)))).all()


async def municipalities(session: AsyncSession) -> Sequence[Municipality]:
    """List the places of the region the session sees."""
    query = select(Municipality).order_by(col(Municipality.name))
    return (await session.scalars(query)).all()


async def user_by_login(session: AsyncSession, login: str) -> tuple[User, str] | None:
    """Find a person who has not been disabled, with the password hash."""
    row = (
        await session.execute(
            select(User, Credential.password_hash)
            .join(Credential, col(Credential.user_id) == User.id)
            .where(User.login == login, col(User.disabled_at).is_(None))
        )
    ).first()
    return (row[0], row[1]) if row else None


async def memberships(
    session: AsyncSession, user_id: UUID, region_id: int | None = None
) -> Sequence[Membership]:
    """List a person's roles, in one region or in all."""
    query = select(Membership).where(Membership.user_id == user_id)
    if region_id is not None:
        query = query.where(Membership.region_id == region_id)
    return (await session.scalars(query.order_by(col(Membership.id)))).all()


async def session_by_hash(
    session: AsyncSession, token_hash: str, *, now: datetime
) -> Signed | None:
    """Find a session that is valid now, with everything a principal needs."""
    row = (
        await session.execute(
            select(Session, User, Region)
            .join(User, col(User.id) == Session.user_id)
            .join(Region, col(Region.id) == Session.region_id)
            .where(
                Session.token_hash == token_hash,
                Session.expires_at > now,
                col(User.disabled_at).is_(None),
            )
        )
    ).first()
    if row is None:
        return None
    found, user, region = row
    roles = await memberships(session, user.id, region.id)
    return Signed(found, user, region, tuple(roles))


async def key_by_hash(
    session: AsyncSession, token_hash: str, *, now: datetime
) -> ApiKey | None:
    """Find an API key that is valid now."""
    return await session.scalar(
        select(ApiKey).where(
            ApiKey.token_hash == token_hash,
            ApiKey.expires_at > now,
            col(ApiKey.revoked_at).is_(None),
        )
    )


async def regions_by_ids(session: AsyncSession, ids: list[int]) -> Sequence[Region]:
    """List regions by id."""
    query = select(Region).where(col(Region.id).in_(ids)).order_by(col(Region.id))
    return (await session.scalars(query)).all()


async def user_by_id(session: AsyncSession, user_id: UUID) -> User | None:
    """Find a person by id, disabled or not."""
    return await session.get(User, user_id)


async def delete_session(session: AsyncSession, token_hash: str) -> None:
    """End one session."""
    await session.execute(delete(Session).where(col(Session.token_hash) == token_hash))


async def touch_session(session: AsyncSession, found: Session, now: datetime) -> None:
    """Note that a session is in use."""
    await session.execute(
        update(Session).where(col(Session.id) == found.id).values(last_seen_at=now)
    )


async def failures_since(session: AsyncSession, login: str, since: datetime) -> int:
    """Count a login's failed attempts since a moment."""
    return (
        await session.scalar(
            select(func.count())
            .select_from(SignInAttempt)
            .where(SignInAttempt.login == login, SignInAttempt.at >= since)
        )
        or 0
    )


async def forget_failures(session: AsyncSession, before: datetime) -> None:
    """Drop attempts too old to matter."""
    await session.execute(delete(SignInAttempt).where(col(SignInAttempt.at) < before))


async def login_taken(session: AsyncSession, login: str) -> bool:
    """Tell whether a login exists, disabled people included."""
    return await session.scalar(select(User.id).where(User.login == login)) is not None


async def zone_of(session: AsyncSession, region_id: int) -> str:
    """Name the time zone of a region; UTC for one that does not exist."""
    zone = await session.scalar(select(Region.zone).where(Region.id == region_id))
    return zone or "UTC"


async def settings_of(session: AsyncSession, region_id: int) -> dict[str, Any]:
    """Read what a region has set differently from the defaults."""
    found = await session.scalar(select(Region.settings).where(Region.id == region_id))
    return found or {}
