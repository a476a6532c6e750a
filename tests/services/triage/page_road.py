"""The way of a reply to an official page, as far as its approval."""

from sqlalchemy import text

from shared.db import EVERY_REGION
from tests.services.triage.world import Caller, World, make_post, walk

PUBLISH = {"via": "page"}


async def approved(world: World, moderator: Caller, number: int = 1) -> str:
    """Open an incident of a post and bring its reply to approval."""
    incident = await world.open(moderator, make_post(number))
    await walk(world, incident["id"], until="approve")
    return f"/incidents/{incident['id']}"


async def execute(world: World, statement: str) -> None:
    async with world.owner.session(EVERY_REGION) as session:
        await session.execute(text(statement))
