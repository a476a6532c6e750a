"""Filling a region's reference lists; what is there already stays."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import SQLModel, col, select

from shared.models.triage import (
    Authority,
    CalendarDay,
    RoutingRule,
    Topic,
    TopicGroup,
)

Rows = Sequence[dict[str, Any]]


async def add_topic_groups(session: AsyncSession, rows: Rows) -> None:
    """Add groups of topics."""
    await _add(session, TopicGroup, rows)


async def add_topics(session: AsyncSession, rows: Rows) -> None:
    """Add topics of known groups."""
    await _add(session, Topic, rows)


async def add_authorities(session: AsyncSession, rows: Rows) -> None:
    """Add authorities."""
    await _add(session, Authority, rows)


async def add_rules(session: AsyncSession, rows: Rows) -> None:
    """Add routing rules for known topics and authorities."""
    await _add(session, RoutingRule, rows)


async def add_days(session: AsyncSession, rows: Rows) -> None:
    """Add days that differ from their weekday."""
    await _add(session, CalendarDay, rows)


async def has_rules(session: AsyncSession, region_id: int) -> bool:
    """Tell whether a region routes at all."""
    query = select(RoutingRule.id).where(col(RoutingRule.region_id) == region_id)
    return await session.scalar(query.limit(1)) is not None


async def _add(session: AsyncSession, table: type[SQLModel], rows: Rows) -> None:
    if rows:
        await session.execute(insert(table).on_conflict_do_nothing(), rows)
