"""Statistics of a page need a token that lives for an hour: it is renewed and kept."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import text

from services.ingest.handlers.credentials import Given, seal
from services.ingest.handlers.figures import measure
from services.ingest.sources.networks import Means, Networks
from services.ingest.sources.vk import VkConnector
from shared.db import EVERY_REGION, Database
from shared.models.identity import Region
from shared.models.ingest import Source
from shared.networks.budget import LocalBudget
from shared.networks.keeping import Keeping
from shared.uow import Work
from shared.vault import Vault
from tests.fakes import FakeQueue
from tests.services.ingest.sources.vk.sandbox import (
    BASE,
    OWNER,
    TOKENS,
    SandboxVk,
    sandbox_vk,
)


@pytest.fixture
async def sandbox() -> AsyncIterator[SandboxVk]:
    """The sandbox's VK, with time of its own."""
    async with sandbox_vk() as running:
        yield running


@pytest.fixture
async def work(database_url: str, sandbox: SandboxVk) -> AsyncIterator[Work]:
    """Work as the ingest service does it, by the sandbox's clock."""
    database = Database(database_url, role="otklik_ingest")
    clock = sandbox.network.clock
    yield Work(database, "ingest", FakeQueue(), clock=clock)
    await database.close()


def process(work: Work, sandbox: SandboxVk, vault: Vault) -> Networks:
    """What one worker process reaches VK with."""

    async def sleep(seconds: float) -> None:
        sandbox.wall.pass_by(seconds=seconds)

    transport, clock = sandbox.transport, sandbox.network.clock
    means = Means(
        transport,
        httpx.MockTransport(lambda _: httpx.Response(404)),
        LocalBudget(clock, sleep),
        clock,
        {"vk": BASE},
        keeping=Keeping(work.database, vault),
    )
    return Networks((VkConnector(),), {}, means)


async def wall_with_tokens(
    work: Work, region: Region, vault: Vault, **of_user: str
) -> Source:
    """Watch the sandbox's wall with all tokens it knows."""
    source = Source(
        region_id=region.id or 0,
        kind="page",
        network="vk",
        name="Ветлогорск",
        url=f"https://vk.com/wall{OWNER}",
        place_kind="wall",
        native=str(OWNER),
        intake="all",
        created_at=work.clock(),
    )
    until = {"expires_at": (work.clock() + timedelta(hours=1)).isoformat(), **of_user}
    async with work.unit(region.id or 0) as uow:
        uow.session.add(source)
        for token in TOKENS:
            secrets = {**token.secrets, **(until if token.kind == "user" else {})}
            seal(uow, vault, Given("vk", token.kind, token.kind, secrets))
    return source


async def test_the_token_is_renewed_each_hour_whichever_process_asks(
    work: Work, sandbox: SandboxVk, region: Region, owner: Database, vault: Vault
) -> None:
    source = await wall_with_tokens(work, region, vault)
    processes = [process(work, sandbox, vault) for _ in range(2)]

    for _ in range(3):
        asked = [
            measure(work, region.id or 0, source.id, networks, vault)
            for networks in processes
        ]
        await asyncio.gather(*asked)
        sandbox.wall.pass_by(days=1, minutes=1)

    async with owner.session(EVERY_REGION) as session:
        days = await session.scalars(
            text("SELECT day FROM ingest.page_stat WHERE name = 'day_reach'")
        )
        states = await session.scalars(text("SELECT state FROM ingest.credential"))
        assert len({*days}) == 3
        assert {*states} == {"ok"}
    assert sandbox.methods.count("auth") == 2
    assert sandbox.report()["after_fatal"] == 0


async def test_a_person_is_told_of_a_token_that_is_not_renewed_and_reading_goes_on(
    work: Work, sandbox: SandboxVk, region: Region, owner: Database, vault: Vault
) -> None:
    source = await wall_with_tokens(work, region, vault, refresh="spent")
    sandbox.wall.pass_by(hours=2)

    for _ in range(2):
        networks = process(work, sandbox, vault)
        await measure(work, region.id or 0, source.id, networks, vault)

    told = "SELECT kind, state, error_code FROM ingest.credential ORDER BY kind"
    kept = "SELECT name FROM ingest.page_stat"
    async with owner.session(EVERY_REGION) as session:
        credentials = [tuple(row) for row in await session.execute(text(told))]
        figures = [*await session.scalars(text(kept))]
        states = [*await session.scalars(text("SELECT state FROM ingest.source"))]
    assert ("user", "refused", "vk:not_renewed") in credentials
    assert [each[1] for each in credentials].count("ok") == len(TOKENS) - 1
    assert (figures, states) == (["followers"], ["active"])
