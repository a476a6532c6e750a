"""Gives a region what it starts with, in every service's own schema."""

from sqlalchemy.ext.asyncio import AsyncSession

from services.ingest.handlers import rules
from services.triage.handlers.library import NOWHERE, Places
from services.triage.handlers.library import install_library as install_desk
from shared.clock import utc_now
from shared.library import starter
from shared.models.identity import Region


async def install(
    session: AsyncSession, region: Region, *, places: Places = NOWHERE
) -> None:
    """Install topics, authorities, routing, the calendar and the rule library."""
    region_id = region.id or 0
    await install_desk(session, region_id, places=places)
    await rules.install_library(session, region_id, starter.load().rules, now=utc_now())
