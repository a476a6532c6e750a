"""The job process on a real queue."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from services.ingest.handlers.rules import change_rule
from services.ingest.settings import Settings
from services.ingest.worker import open_duties
from shared import worker
from shared.contracts import PostLabel, PostsLabelled
from shared.ids import new_id
from shared.mailbox import Message
from shared.models.identity import Region
from shared.queue import ArqQueue
from shared.uow import Work
from shared.vault import Vault
from tests.services.ingest.conftest import SECRET
from tests.services.ingest.incoming import post_object
from tests.services.ingest.matching import make_rule
from tests.services.ingest.pushing import push, rows, values


@pytest.fixture
async def bell(valkey_url: str) -> AsyncIterator[ArqQueue]:
    """The real queue, emptied."""
    queue = ArqQueue(valkey_url)
    pool = await queue._connected()
    await pool.flushdb()
    yield queue
    await queue.close()


@pytest.fixture
def settings(database_url: str, valkey_url: str) -> Settings:
    """What the process is told."""
    return Settings(
        database_url=database_url, valkey_url=valkey_url, secret_key=SECRET.hex()
    )


async def until_quiet(settings: Settings) -> int:
    """Run a worker process until nothing is left; count its failures."""
    return await worker.work_off(settings, open_duties(settings))


async def test_pushed_posts_are_matched_and_indexed(
    work: Work, region: Region, vault: Vault, bell: ArqQueue, settings: Settings
) -> None:
    ringing = Work(work.database, "ingest", bell, clock=work.clock)
    await push(ringing, vault, *(post_object(external_id=str(n)) for n in range(250)))

    failed = await until_quiet(settings)

    done = "SELECT count(*) FROM ingest.batch WHERE done_at IS NOT NULL"
    assert failed == 0
    assert await values(work, done) == [2]
    assert await values(work, "SELECT count(*) FROM ingest.index_queue") == [0]
    assert await bell.waiting("triage") == 1


async def test_a_message_that_fails_is_tried_again_and_then_buried(
    work: Work, region: Region, bell: ArqQueue, settings: Settings
) -> None:
    # A version no database keeps: handling it fails each time.
    label = PostLabel(post_id=new_id(), version=2**40, status="noise")
    message = Message(new_id(), "triage", PostsLabelled(region_id=1, labels=(label,)))
    await bell.ring("ingest", "deliver", message.packed())

    await until_quiet(settings)

    assert await values(work, "SELECT tries FROM ingest.dead_letter") == [3]
    assert await bell.waiting("triage") == 1, "it is acknowledged all the same"


async def test_a_running_worker_notices_a_changed_rule_without_a_restart(
    work: Work, region: Region, vault: Vault, bell: ArqQueue, settings: Settings
) -> None:
    """Each batch is matched by one version of the rules, the newest there is."""
    ringing = Work(work.database, "ingest", bell, clock=work.clock)
    rule = await make_rule(ringing, "мёд")
    running = asyncio.create_task(worker.serve(settings, open_duties(settings)))

    await push(ringing, vault, post_object(external_id="before"))
    before = await matched(work, 1)
    async with ringing.unit(1) as uow:
        await change_rule(uow, rule.id, {"query": "яма"}, reason="Проба")
    await push(ringing, vault, post_object(external_id="after"))
    after = await matched(work, 2)
    await worker.end(running)

    assert before == []
    assert after == [("after", 2)]


async def matched(work: Work, batches: int) -> list[tuple[str, int]]:
    """Wait until so many batches are done, and tell what rules caught."""
    done = "SELECT count(*) FROM ingest.batch WHERE done_at IS NOT NULL"
    for _ in range(200):
        if await values(work, done) == [batches]:
            break
        await asyncio.sleep(0.05)
    found = await rows(
        work,
        "SELECT p.external_id, m.rule_version FROM ingest.match AS m "
        "JOIN ingest.post AS p ON p.id = m.post_id",
    )
    return [(row["external_id"], row["rule_version"]) for row in found]


async def test_every_job_can_be_rung_for(settings: Settings) -> None:
    async with open_duties(settings) as duties:
        names = list(duties.by_name)

    assert names == [
        "deliver",
        "acknowledge",
        "match_waiting",
        "match_batch",
        "index_posts",
        "index_source",
        "run_import",
        "dry_run",
        "poll_source",
        "poll_sources",
        "ring_due",
        "measure_page",
    ]
