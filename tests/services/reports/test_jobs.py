"""Jobs run twice have one effect; the worker takes messages off the real queue."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable

from services.reports import jobs, store
from services.reports.settings import Settings
from services.reports.worker import open_duties
from shared import worker
from shared.contracts import CandidatesDecided
from shared.delivery import Courier
from shared.ids import new_id
from shared.mailbox import Message
from shared.models.identity import Region
from shared.queue import ArqQueue
from shared.uow import Work
from tests.fakes import FakeQueue
from tests.services.reports.facts import make_candidate


def a_message(region: Region) -> Message:
    """Build a message with one complaint."""
    facts = (make_candidate(),)
    return Message(
        new_id(),
        "triage",
        CandidatesDecided(region_id=region.id or 0, candidates=facts),
    )


async def counts(work: Work, region: Region) -> tuple[int, int]:
    """Count the region's facts."""
    async with work.unit(region.id or 0) as uow:
        return await store.fact_counts(uow.session, region=region.id or 0)


async def test_a_message_delivered_twice_is_taken_once_and_acknowledged_twice(
    courier: Courier, region: Region, queue: FakeQueue
) -> None:
    message = a_message(region)

    await courier.deliver(message.packed(), tries=1)
    await courier.deliver(message.packed(), tries=1)

    assert await counts(courier.work, region) == (0, 1)
    assert queue.take("triage", "acknowledge") == [([str(message.id)],)] * 2


async def test_the_sweeper_rings_again_for_a_replay_nobody_took(
    work: Work, courier: Courier, region: Region, queue: FakeQueue
) -> None:
    async with work.unit(region.id or 0) as uow:
        uow.send(a_message(region).contract)
    first = queue.take("reports", "deliver")
    later = Work(
        work.database, "reports", queue, clock=lambda: uow.now.replace(hour=10)
    )

    await jobs.duties(Courier(later, courier.handlers)).sweep_all()
    ((packed,),) = queue.take("reports", "deliver")
    await courier.deliver(packed, tries=1)
    ((ids,),) = queue.take("reports", "acknowledge")
    await courier.acknowledge(ids)
    await jobs.duties(Courier(later, courier.handlers)).sweep_all()

    assert first == [(packed,)]
    assert queue.rings == []
    assert await counts(work, region) == (0, 1)


async def test_a_rebuild_done_twice_gives_the_same(
    courier: Courier, region: Region
) -> None:
    await courier.deliver(a_message(region).packed(), tries=1)
    rebuild = jobs.duties(courier).by_name["rebuild"]

    await rebuild(region.id)
    await rebuild(region.id)

    assert await counts(courier.work, region) == (0, 1)


async def eventually(check: Callable[[], Awaitable[bool]]) -> None:
    """Wait up to 20 s for something another process does."""
    deadline = time.monotonic() + 20
    while not await check():
        assert time.monotonic() < deadline, "it did not happen within 20 s"
        await asyncio.sleep(0.1)


async def test_the_worker_takes_messages_off_the_queue(
    work: Work, region: Region, database_url: str, valkey_url: str
) -> None:
    settings = Settings(database_url=database_url, valkey_url=valkey_url)
    bell = ArqQueue(valkey_url)
    serving = asyncio.create_task(worker.serve(settings, open_duties(settings)))
    await bell.ring("reports", "deliver", a_message(region).packed())

    async def taken() -> bool:
        return await counts(work, region) == (0, 1)

    await eventually(taken)
    await worker.end(serving)

    await bell.close()
    assert serving.cancelled()


async def test_the_worker_process_ends_cleanly_on_sigterm(
    work: Work, region: Region, database_url: str, valkey_url: str
) -> None:
    environment = {
        **os.environ,
        "OTKLIK_DATABASE_URL": database_url,
        "OTKLIK_VALKEY_URL": valkey_url,
    }
    bell = ArqQueue(valkey_url)
    process = subprocess.Popen(  # noqa: ASYNC220 -- started, not waited for
        [sys.executable, "-m", "services.reports.worker"],
        env=environment,
        stderr=subprocess.PIPE,
    )
    await bell.ring("reports", "deliver", a_message(region).packed())

    async def taken() -> bool:
        assert process.poll() is None
        return await counts(work, region) == (0, 1)

    await eventually(taken)
    process.send_signal(signal.SIGTERM)
    _, complaints = await asyncio.to_thread(process.communicate, timeout=5)

    await bell.close()
    assert process.returncode == 0
    assert b"Traceback" not in complaints
