"""make_…(): one per table, no surprises."""

from datetime import UTC, datetime

from shared.db import EVERY_REGION, Database
from shared.identity import access
from shared.identity.principal import Role, scopes_of
from shared.models.identity import Region, User

NOW = datetime(2026, 3, 11, 9, 0, tzinfo=UTC)
"""A Wednesday, 12:00 in Moscow, in a week without holidays."""

PASSWORD = "Вишня-и-Клён-7"


async def make_region(owner: Database, code: str = "north") -> Region:
    """Create a region as the owner of the database does."""
    async with owner.session(EVERY_REGION) as session:
        return await access.create_region(
            session, code, f"Регион {code}", zone="Europe/Moscow", now=NOW
        )


async def make_user(
    owner: Database,
    region: Region,
    *roles: Role,
    login: str = "anna",
    authority: str | None = None,
) -> User:
    """Create a person with roles in a region; the password is PASSWORD."""
    async with owner.session(EVERY_REGION) as session:
        user = await access.create_user(
            session, login, f"{login.title()} Тестова", PASSWORD, now=NOW
        )
        for role in roles:
            access.grant(session, user, region, role, authority=authority)
        return user


async def make_key(
    owner: Database,
    *regions: Region,
    scopes: str = "ingest",
    person: User | None = None,
) -> str:
    """Create an API key of the regions, bound to a person if one is given.

    `scopes` are separated by spaces.
    """
    async with owner.session(EVERY_REGION) as session:
        return await access.create_key(
            session,
            name="test",
            region_ids=[region.id or 0 for region in regions],
            scopes=scopes_of(scopes.split()),
            now=NOW,
            user_id=person.id if person else None,
        )
