"""Writing to the audit log and verifying it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.audit import chain
from shared.identity.principal import Principal


@dataclass(frozen=True)
class Entry:
    """One action on one thing; `detail` holds plain values, never personal data."""

    action: str
    thing: str
    key: str
    detail: dict[str, Any]


async def append(
    session: AsyncSession,
    region_id: int,
    principal: Principal,
    entries: Sequence[Entry],
    at: datetime,
) -> None:
    """Chain entries to the region's log; locks its head until the commit."""
    if not entries:
        return
    bodies = [
        chain.canonical(
            {
                "at": at.isoformat(),
                "actor_kind": str(principal.kind),
                "actor_id": str(principal.id) if principal.id else None,
                "actor": principal.name,
                "action": entry.action,
                "thing": entry.thing,
                "key": entry.key,
                "detail": entry.detail,
            }
        )
        for entry in entries
    ]
    await session.execute(
        text("SELECT audit.append(:region, :bodies)"),
        {"region": region_id, "bodies": bodies},
    )


async def rows(
    session: AsyncSession, region_id: int, *, after: int = 0, limit: int = 10_000
) -> list[chain.Row]:
    """Read a stretch of a region's log in order."""
    found = await session.execute(
        text(
            "SELECT seq, body, hash FROM audit.event "
            "WHERE region_id = :region AND seq > :after ORDER BY seq LIMIT :limit"
        ),
        {"region": region_id, "after": after, "limit": limit},
    )
    return [chain.Row(row.seq, row.body, row.hash) for row in found]


async def head(session: AsyncSession, region_id: int) -> tuple[int, str]:
    """Return the length of a region's chain and its last hash."""
    row = (
        await session.execute(
            text("SELECT seq, hash FROM audit.head WHERE region_id = :region"),
            {"region": region_id},
        )
    ).first()
    return (row.seq, row.hash) if row else (0, chain.GENESIS)
