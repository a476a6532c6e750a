"""What the administrator of an installation does, on the database itself."""

import secrets
from typing import Any
from zoneinfo import available_timezones

from sqlalchemy.ext.asyncio import AsyncSession

from infra import anchors, connect
from shared.audit import chain
from shared.audit import log as audit_log
from shared.clock import utc_now
from shared.db import EVERY_REGION, Database
from shared.errors import NotFound, invalid
from shared.identity import access, store
from shared.identity.principal import Kind, Principal, Role, scopes_of
from shared.models.identity import Region

ADMINISTRATOR = Principal(Kind.SYSTEM, None, "command line", 0, "")
MIN_PASSWORD = 12


async def region_named(database: Database, code: str) -> Region:
    """Find a region by its code or raise NotFound."""
    async with database.session(EVERY_REGION) as session:
        region = await store.region_by_code(session, code)
    if region is None:
        raise NotFound("region", code)
    return region


async def create_region(code: str, name: str, *, zone: str) -> Region:
    """Create a region and give it the library, in one transaction."""
    from infra.library import install  # noqa: PLC0415 -- slow import

    if zone not in available_timezones():
        raise invalid("zone", f"{zone!r} is no IANA time zone, e.g. Asia/Omsk")
    now = utc_now()
    async with connect.owner() as database, database.session(EVERY_REGION) as session:
        region = await access.create_region(session, code, name, zone=zone, now=now)
        await install(session, region)
        entry = audit_log.Entry("region.created", "region", code, {"name": name})
        await audit_log.append(session, region.id or 0, ADMINISTRATOR, [entry], now)
    return region


SETTINGS = {"rule_rejected_limit": (0.05, 1.0)}
"""Settings of a region that are numbers, with what they may be."""


async def set_region(code: str, name: str, value: float) -> None:
    """Change a setting of a region; raises Invalid for one that does not exist."""
    if name not in SETTINGS:
        raise invalid("name", f"must be one of {', '.join(SETTINGS)}")
    lowest, highest = SETTINGS[name]
    if not lowest <= value <= highest:
        raise invalid("value", f"must be between {lowest} and {highest}")
    now = utc_now()
    async with connect.owner() as database:
        region = await region_named(database, code)
        async with database.session(EVERY_REGION) as session:
            region = await session.merge(region)
            region.settings = {**region.settings, name: value}
            told = {"name": name, "value": str(value)}
            entry = audit_log.Entry("region.changed", "region", code, told)
            await audit_log.append(session, region.id or 0, ADMINISTRATOR, [entry], now)


async def create_user(
    login: str,
    region_code: str,
    roles: list[str],
    *,
    name: str,
    authority: str | None,
    password: str | None,
) -> str:
    """Create a person with roles in a region; return the password."""
    wanted = [_role(role) for role in roles]
    chosen = password or secrets.token_urlsafe(12)
    if len(chosen) < MIN_PASSWORD:
        raise invalid("password", f"needs at least {MIN_PASSWORD} characters")
    if Role.EXECUTOR in wanted and not authority:
        raise invalid("authority", "an executor works for an authority: --authority")
    now = utc_now()
    async with connect.owner() as database:
        region = await region_named(database, region_code)
        async with database.session(EVERY_REGION) as session:
            user = await access.create_user(session, login, name, chosen, now=now)
            for role in wanted:
                named = authority if role is Role.EXECUTOR else None
                access.grant(session, user, region, role, authority=named)
            entry = audit_log.Entry(
                "user.created", "user", str(user.id), {"roles": sorted(wanted)}
            )
            await audit_log.append(session, region.id or 0, ADMINISTRATOR, [entry], now)
    return chosen


def _role(name: str) -> Role:
    try:
        return Role(name)
    except ValueError as error:
        raise invalid("role", f"{name!r} is none of {', '.join(Role)}") from error


async def create_key(
    region_codes: list[str],
    scopes: list[str],
    *,
    name: str,
    days: int,
    login: str | None = None,
) -> str:
    """Create an API key of the regions; return it."""
    from datetime import timedelta  # noqa: PLC0415 -- used here alone

    wanted = scopes_of(scopes)
    now = utc_now()
    async with connect.owner() as database:
        regions = [await region_named(database, code) for code in region_codes]
        async with database.session(EVERY_REGION) as session:
            user_id = None
            if login is not None:
                found = await store.user_by_login(session, login)
                if found is None:
                    raise NotFound("user", login)
                user_id = found[0].id
            token = await access.create_key(
                session,
                name=name,
                region_ids=[region.id or 0 for region in regions],
                scopes=wanted,
                now=now,
                life=timedelta(days=days),
                user_id=user_id,
            )
            for region in regions:
                entry = audit_log.Entry(
                    "apikey.created", "apikey", name, {"scopes": sorted(wanted)}
                )
                await audit_log.append(
                    session, region.id or 0, ADMINISTRATOR, [entry], now
                )
    return token


async def verify_chains() -> list[dict[str, Any]]:
    """Recompute the chain of each region (0 is the installation itself)."""
    async with connect.owner() as database:
        async with database.session(EVERY_REGION) as session:
            regions = [(0, "installation")] + [
                (region.id or 0, region.code) for region in await store.regions(session)
            ]
        return [await _verified(database, key, code) for key, code in regions]


async def _verified(database: Database, region_id: int, code: str) -> dict[str, Any]:
    """Recompute one chain and compare it with the anchors kept outside."""
    anchored = await anchors.contradicted(database, connect.layout().anchors, region_id)
    async with database.session(region_id) as session:
        head = await audit_log.head(session, region_id)
        broken = await _first_broken(session, region_id, head)
    found = [number for number in (broken, anchored) if number is not None]
    return {
        "region": code,
        "entries": head[0],
        "head": head[1],
        "intact": not found,
        "first_broken": min(found, default=None),
    }


async def _first_broken(
    session: AsyncSession, region_id: int, head: tuple[int, str]
) -> int | None:
    reached = (0, chain.GENESIS)
    while rows := await audit_log.rows(session, region_id, after=reached[0]):
        end = (rows[-1].seq, rows[-1].hash)
        broken = chain.verify(rows, head=end, start=reached)
        if broken is not None:
            return broken
        reached = end
    return None if reached == head else reached[0] + 1


async def reindex() -> int:
    """Rebuild the search index of the installation; return how many posts."""
    from services.ingest.deps import open_search  # noqa: PLC0415 -- slow import
    from services.ingest.handlers import indexing  # noqa: PLC0415 -- slow import
    from services.ingest.settings import Settings  # noqa: PLC0415 -- slow import

    state = connect.running()
    settings = Settings(meili_url=state.meili_url, meili_key=state.meili_key)
    async with (
        connect.work("ingest") as work,
        open_search(settings, work.database) as search,
    ):
        await search.prepare()
        return await indexing.reindex(work, search)
