"""The demonstration region: invented places, people of every role, watched feeds."""

import secrets
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import select

from infra import demo_past
from infra.demo_networks import (
    ANSWERING_BOT,
    ANSWERING_BOT_NUMBER,
    COMMUNITY,
    PUSHED,
    TG_OWN,
    VK_OWN,
)
from infra.library import install
from infra.sandbox.stage.feeder import stage_pages
from infra.sandbox.world import load_region
from infra.sandbox.world.region import Page
from infra.sandbox.world.region import Region as World
from services.triage.handlers.library import Places
from services.triage.handlers.pages import SPEAKERS
from services.triage.publishers.sandbox import NETWORK
from services.triage.store import postings
from shared.clock import utc_now
from shared.db import EVERY_REGION, Database
from shared.identity import access, store
from shared.identity.principal import Role, Scope
from shared.models.identity import Region
from shared.models.ingest import Source
from shared.models.posting import OfficialPage

POLL_SECONDS = 15
KEY_LIFE = timedelta(days=3650)

PEOPLE = (
    (Role.ADMIN, "admin", "Вера Тихонова"),
    (Role.MODERATOR, "moderator", "Ольга Ручьёва"),
    (Role.EXECUTOR, "executor", "Пётр Кленов"),
    (Role.APPROVER, "approver", "Марина Озерова"),
    (Role.LEADER, "leader", "Сергей Полянский"),
    (Role.AUDITOR, "auditor", "Нина Лугова"),
)
EXECUTORS_AUTHORITY = "housing"


async def prepare(
    database_url: str, *, sandbox_url: str, push_key: str
) -> list[tuple[str, str, str]] | None:
    """Create the region once; return (login, role, password) of its people.

    None when it is there already. `push_key` becomes the key with which the sandbox
    pushes. The feeds' addresses are brought up to date at every start: the sandbox
    may have moved to another port.
    """
    world = load_region()
    database = Database(database_url, pool_size=2)
    try:
        async with database.session(EVERY_REGION) as session:
            region = await store.region_by_code(session, world.code)
            if region is not None:
                await _watch(session, region, world, sandbox_url)
                await _speak(session, region, world)
                return None
            return await _create(session, world, sandbox_url, push_key)
    finally:
        await database.close()


def write_past(folder: Path) -> Path:
    """Write the export of handled incidents that the first start imports."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "past.csv"
    file.write_bytes(demo_past.export(load_region(), utc_now()))
    return file


async def _create(
    session: AsyncSession, world: World, sandbox_url: str, push_key: str
) -> list[tuple[str, str, str]]:
    now = utc_now()
    region = await access.create_region(
        session, world.code, world.name, zone=world.timezone, now=now
    )
    administrations = {one.code: one.authority for one in world.municipalities}
    await install(session, region, places=Places(administrations=administrations))
    for one in world.municipalities:
        access.add_municipality(session, region, one.code, one.name, list(one.aliases))
    await access.create_key(
        session,
        name="sandbox",
        region_ids=[region.id or 0],
        scopes=frozenset({Scope.INGEST_WRITE}),
        now=now,
        life=KEY_LIFE,
        token=push_key,
    )
    await _watch(session, region, world, sandbox_url)
    await _speak(session, region, world)
    return [await _person(session, region, *person) for person in PEOPLE]


async def _person(
    session: AsyncSession, region: Region, role: Role, login: str, name: str
) -> tuple[str, str, str]:
    password = secrets.token_urlsafe(9)
    user = await access.create_user(session, login, name, password, now=utc_now())
    authority = EXECUTORS_AUTHORITY if role is Role.EXECUTOR else None
    access.grant(session, user, region, role, authority=authority)
    return login, role, password


async def _watch(
    session: AsyncSession, region: Region, world: World, sandbox_url: str
) -> None:
    """Make the sources the sandbox feeds, or point them to where it is now."""
    found = await session.scalars(select(Source).where(Source.region_id == region.id))
    known = {(source.network, source.name): source for source in found}
    for page in world.pages:
        if page.delivery != "feed" and page.code not in PUSHED:
            continue
        source = known.get((page.network, page.name))
        if source is None:
            source = _source(region, page)
            session.add(source)
        if page.delivery == "feed":
            source.url = f"{sandbox_url}/feeds/{page.code}.xml"


async def _speak(session: AsyncSession, region: Region, world: World) -> None:
    """Register the pages that answer: on VK, on Telegram, in the sandbox itself.

    On OK people answer by hand, as long as its publisher is switched off.
    """
    known = {page.network for page in await postings.pages(session, region.id or 0)}
    for voice in _voices(region, world):
        if voice.network in known:
            continue
        session.add(
            OfficialPage(
                region_id=region.id or 0,
                network=voice.network,
                native_id=voice.native_id,
                name=voice.name,
                credential=voice.credential,
                speakers=[*SPEAKERS],
                registered_at=utc_now(),
                registered_by_name="otklik",
            )
        )


class _Voice(NamedTuple):
    """An official page: what its network calls it, what people see, its token."""

    network: str
    native_id: str
    name: str
    credential: str | None = None


def _voices(region: Region, world: World) -> Iterator[_Voice]:
    vk = next(page for page in stage_pages(world, "vk") if page.code == VK_OWN)
    yield _Voice("vk", f"-{vk.number}", vk.name, COMMUNITY)
    telegram = next(page for page in world.pages if page.code == TG_OWN)
    yield _Voice("telegram", ANSWERING_BOT_NUMBER, telegram.name, ANSWERING_BOT)
    yield _Voice(NETWORK, "official", region.name)


def _source(region: Region, page: Page) -> Source:
    is_feed = page.delivery == "feed"
    now = utc_now()
    return Source(
        region_id=region.id or 0,
        kind="feed" if is_feed else "push",
        network=page.network,
        name=page.name,
        municipality=page.municipality,
        intake="matched" if is_feed else "all",
        poll_every_s=POLL_SECONDS if is_feed else None,
        next_poll_at=now if is_feed else None,
        created_at=now,
    )
