"""After a source was renamed its posts are found under the new name."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, TypeAlias
from uuid import UUID

import httpx
import pytest

from services.ingest import jobs
from services.ingest.handlers.indexing import leave_source, queue_source
from services.ingest.jobs import Tools
from shared.search import Query
from shared.uow import Work
from tests.factories import NOW
from tests.fakes import FakeQueue
from tests.services.ingest.doubles import Quiet
from tests.services.ingest.fake_network import FakeNetwork
from tests.services.ingest.pushing import values
from tests.services.ingest.watching import OTHER, SOURCES, polled, watched

Rename: TypeAlias = Callable[[str], Awaitable[None]]

WAITING = "SELECT post_id FROM ingest.index_queue"


@pytest.fixture
async def source(
    client: httpx.AsyncClient, network: FakeNetwork, tools: Tools, quiet: Quiet
) -> dict[str, Any]:
    """A wall with five posts, two of them of one moment, and another source."""
    wall, other = await watched(client), await watched(client, OTHER)
    network.publish("другой", NOW - timedelta(minutes=9))
    await polled(tools, other)
    network.world.clear()
    for number, minutes in enumerate((5, 4, 4, 2, 1), 1):
        at = NOW - timedelta(minutes=minutes)
        network.publish(f"яма {number}", at, key=f"wall:-2_{number}")
    await polled(tools, wall, times=3)
    await quiet()
    return wall


@pytest.fixture
def rename(client: httpx.AsyncClient, source: dict[str, Any]) -> Rename:
    """Rename the wall."""

    async def give(name: str) -> None:
        answer = await client.patch(f"{SOURCES}/{source['id']}", json={"name": name})
        assert answer.status_code == 200

    return give


async def named(tools: Tools) -> dict[str, str]:
    """Say under which name the index has each post."""
    page = await tools.search.search(Query(region_id=1, q=""))
    return {hit.document.text: hit.document.source_name for hit in page.hits}


async def test_the_index_learns_the_new_name_by_itself(
    tools: Tools, rename: Rename, quiet: Quiet
) -> None:
    before = await named(tools)

    await rename("Двор")
    await quiet()

    other = {"другой": before["другой"]}
    assert len(before) == 6
    assert await named(tools) == other | {f"яма {n}": "Двор" for n in range(1, 6)}


async def test_the_request_queues_nothing_itself_and_the_sweep_rings_again(
    tools: Tools, work: Work, rename: Rename, queue: FakeQueue, source: dict[str, Any]
) -> None:
    await rename("Двор")
    waiting = await values(work, WAITING)
    rung = queue.take("ingest", "index_source")

    await jobs.sweep(tools)

    assert waiting == []
    assert rung == queue.take("ingest", "index_source") == [(1, source["id"])]


async def test_posts_are_queued_portion_by_portion_those_of_one_moment_together(
    work: Work, rename: Rename, source: dict[str, Any]
) -> None:
    await rename("Двор")
    portions = []

    for _ in range(4):
        async with work.unit(1) as uow:
            is_left = await queue_source(uow, UUID(source["id"]), most=2)
        portions.append((is_left, len(await values(work, WAITING))))

    assert portions == [(True, 3), (True, 5), (False, 5), (False, 5)]


async def test_what_can_not_be_queued_does_not_ring_for_ever(
    work: Work, rename: Rename, tools: Tools, queue: FakeQueue, source: dict[str, Any]
) -> None:
    await rename("Двор")
    queue.take("ingest", "index_source")

    async with work.unit(1) as uow:
        await leave_source(uow, UUID(source["id"]), "boom")
    await jobs.sweep(tools)

    assert queue.take("ingest", "index_source") == []
