"""The worker process itself, on a real queue: it works, and it ends when asked."""

import asyncio
import os
import signal
import sys

from sqlalchemy import text

from services.triage.settings import Settings
from services.triage.worker import open_duties
from shared import mailbox, worker
from shared.contracts import PostsMatched
from shared.db import EVERY_REGION, Database
from shared.ids import new_id
from shared.queue import ArqQueue
from tests.services.triage.world import make_desk, make_post

PATIENCE = 30


async def ring(valkey_url: str, region_id: int, *posts: int, revision: int = 1) -> None:
    queue = ArqQueue(valkey_url)
    contract = PostsMatched(
        region_id=region_id, posts=tuple(make_post(n, revision=revision) for n in posts)
    )
    message = mailbox.Message(new_id(), "ingest", contract)
    await queue.ring("triage", "deliver", message.packed())
    await queue.close()


async def count(owner: Database, query: str) -> int:
    async with owner.session(EVERY_REGION) as session:
        return await session.scalar(text(query)) or 0


async def test_a_worker_takes_messages_in_and_buries_the_poisoned_one(
    owner: Database, database_url: str, valkey_url: str
) -> None:
    region = await make_desk(owner, "north")
    settings = Settings(database_url=database_url, valkey_url=valkey_url)
    await ring(valkey_url, region.id or 0, 1, 2)
    await ring(valkey_url, region.id or 0, 3, revision=2**40)

    working = worker.work_off(settings, open_duties(settings))
    await asyncio.wait_for(working, PATIENCE)

    taken = await count(owner, "SELECT count(*) FROM triage.candidate")
    buried = await count(owner, "SELECT count(*) FROM triage.dead_letter")
    told = await count(owner, "SELECT count(*) FROM triage.outbox")
    assert (taken, buried, told) == (2, 1, 1)


async def test_the_process_sweeps_and_ends_cleanly(
    owner: Database, database_url: str, valkey_url: str
) -> None:
    region = await make_desk(owner, "north")
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "services.triage.worker",
        env={
            **os.environ,
            "OTKLIK_DATABASE_URL": database_url,
            "OTKLIK_VALKEY_URL": valkey_url,
            "OTKLIK_LOG_LEVEL": "error",
        },
    )
    await ring(valkey_url, region.id or 0, 1)
    await asyncio.wait_for(_taken_in(owner), PATIENCE)

    process.send_signal(signal.SIGTERM)
    status = await asyncio.wait_for(process.wait(), 5)

    assert await count(owner, "SELECT count(*) FROM triage.candidate") == 1
    assert status == 0


async def _taken_in(owner: Database) -> None:
    query = "SELECT count(*) FROM triage.candidate"
    while not await count(owner, query):  # noqa: ASYNC110 -- another process's work
        await asyncio.sleep(0.1)
