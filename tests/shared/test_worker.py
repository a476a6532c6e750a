"""The job process every service has, with the test's own duties, on a real Valkey."""

import asyncio
import signal
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from arq import Retry
from sqlalchemy import text
from structlog.testing import capture_logs

from infra.embedded.valkey import Valkey
from shared import worker
from shared.contracts import PostsMatched
from shared.db import EVERY_REGION, Database
from shared.delivery import Courier, Duties, Handler, Job, Timed
from shared.ids import new_id
from shared.mailbox import Message
from shared.queue import ArqQueue
from shared.settings import Base
from shared.uow import UnitOfWork, Work

Opening = Callable[..., AbstractAsyncContextManager[Duties]]


class Diary:
    """Jobs that write down what they were asked."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    async def note(self, line: str) -> None:
        """Write a line."""
        self.lines.append(line)

    async def until(self, line: str) -> None:
        """Wait up to 20 s for a line."""
        deadline = time.monotonic() + 20
        while line not in self.lines:
            assert time.monotonic() < deadline, self.lines
            await asyncio.sleep(0.05)


@pytest.fixture
def diary() -> Diary:
    """An empty diary."""
    return Diary()


@pytest.fixture
def settings(database_url: str, valkey_url: str) -> Base:
    """What the process is told."""
    return Base(database_url=database_url, valkey_url=valkey_url)


@pytest.fixture
async def bell(valkey_url: str) -> AsyncIterator[ArqQueue]:
    """The doorbell of the process."""
    queue = ArqQueue(valkey_url)
    yield queue
    await queue.close()


@pytest.fixture
async def work(database_url: str, bell: ArqQueue) -> AsyncIterator[Work]:
    """What triage works with."""
    database = Database(database_url, role="otklik_triage")
    yield Work(database, "triage", bell)
    await database.close()


@pytest.fixture
def opening(work: Work) -> Opening:
    """Open duties that are triage's by name and the test's by what they do."""

    @asynccontextmanager
    async def open_duties(
        jobs: Mapping[str, Job] | None = None,
        handler: Handler | None = None,
        **more: Any,  # noqa: ANN401 -- as Duties has it
    ) -> AsyncIterator[Duties]:
        handlers = {PostsMatched: handler} if handler else {}
        yield Duties(Courier(work, handlers), jobs or {}, **more)

    return open_duties


def events(logs: Sequence[Mapping[str, Any]]) -> list[str]:
    """Name what was logged."""
    return [line["event"] for line in logs]


async def test_jobs_are_rung_for_by_name(
    settings: Base, opening: Opening, bell: ArqQueue, diary: Diary
) -> None:
    await bell.ring("triage", "note", "ours")
    await bell.ring("reports", "note", "theirs")

    failed = await worker.work_off(settings, opening({"note": diary.note}))

    assert (failed, diary.lines) == (0, ["ours"])
    assert await bell.waiting("triage") == 0
    assert await bell.waiting("reports") == 1


async def test_a_job_that_fails_is_logged_and_keeps_no_other_back(
    settings: Base, opening: Opening, bell: ArqQueue, diary: Diary
) -> None:
    async def fail() -> None:
        raise ValueError("no")

    await bell.ring("triage", "fail")
    await bell.ring("triage", "note", "the next")

    with capture_logs() as logs:
        jobs = {"fail": fail, "note": diary.note}
        failed = await worker.work_off(settings, opening(jobs))

    assert (failed, diary.lines) == (1, ["the next"])
    assert events(logs) == ["job.failed"]
    assert await bell.waiting("triage") == 0


async def test_a_job_that_answers_false_is_called_again(
    settings: Base, opening: Opening, bell: ArqQueue, diary: Diary
) -> None:
    async def second_time_lucky() -> bool:
        await diary.note("called")
        return len(diary.lines) > 1

    await bell.ring("triage", "try", once="a-name")

    await worker.work_off(settings, opening({"try": second_time_lucky}))

    assert diary.lines == ["called", "called"]


async def test_the_queue_is_not_asked_about_what_runs_already(
    opening: Opening, diary: Diary
) -> None:
    async with opening({"note": diary.note}) as duties:
        made = worker.make_worker("unix:///nonexistent/valkey.sock", duties)
    made.tasks["running"] = asyncio.create_task(diary.note("running"))

    await made.start_jobs([b"running"])

    await made.tasks["running"]
    assert diary.lines == ["running"]


async def test_a_ring_after_a_gathered_job_began_is_not_overlooked(
    settings: Base, opening: Opening, bell: ArqQueue, diary: Diary
) -> None:
    async def rung_for_meanwhile() -> None:
        await diary.note("all there is")
        if len(diary.lines) == 1:
            await bell.ring("triage", "do_all", gather=0)
            await bell.ring("triage", "do_all", gather=0)

    await bell.ring("triage", "do_all", gather=0)
    await bell.ring("triage", "do_all", gather=0)

    await worker.work_off(settings, opening({"do_all": rung_for_meanwhile}))

    assert diary.lines == ["all there is", "all there is"]


@pytest.mark.parametrize(("tries", "seconds"), [(1, 1), (2, 2), (3, 4), (4, 8)])
async def test_each_further_try_waits_longer(
    settings: Base, opening: Opening, valkey_url: str, tries: int, seconds: int
) -> None:
    async def never() -> bool:
        return False

    async with opening({"never": never}) as duties:
        made = worker.make_worker(valkey_url, duties)
        context = {"job_try": tries, "job_id": "1"}
        with pytest.raises(Retry) as refused:
            await made.functions["never"].coroutine(context)

    assert refused.value.defer_score == seconds * 1000


async def test_a_message_that_fails_is_tried_three_times_and_buried(
    settings: Base, opening: Opening, bell: ArqQueue, work: Work, diary: Diary
) -> None:
    async def refuse(_: UnitOfWork, contract: Any) -> None:  # noqa: ANN401 -- a handler
        await diary.note(contract.kind)
        raise ValueError("no")

    message = Message(new_id(), "ingest", PostsMatched(region_id=1, posts=()))
    await bell.ring("triage", "deliver", message.packed())

    failed = await worker.work_off(settings, opening(handler=refuse))

    async with work.unit(EVERY_REGION) as uow:
        letters = await uow.session.execute(
            text("SELECT id, error, tries FROM triage.dead_letter")
        )
        found = [tuple(letter) for letter in letters]
    assert (failed, diary.lines) == (0, ["posts_matched"] * 3)
    assert found == [(message.id, "ValueError: no", 3)]
    assert await bell.waiting("ingest") == 1, "it is acknowledged all the same"


async def test_a_worker_goes_on_after_valkey_was_restarted(
    database_url: str, opening: Opening, diary: Diary, tmp_path: Path
) -> None:
    valkey = Valkey(tmp_path / "valkey", tmp_path)
    await valkey.start()
    settings = Base(database_url=database_url, valkey_url=valkey.url)
    bell = ArqQueue(valkey.url)
    serving = asyncio.create_task(worker.serve(settings, opening({"note": diary.note})))
    await bell.ring("triage", "note", "before")
    await diary.until("before")

    await valkey.stop()
    await bell.close()
    await valkey.start()
    await bell.ring("triage", "note", "after")
    await diary.until("after")

    await worker.end(serving)
    await bell.close()
    await valkey.stop()
    assert diary.lines == ["before", "after"]


async def test_a_worker_that_lost_valkey_sweeps_as_soon_as_it_is_back(
    database_url: str, opening: Opening, diary: Diary, tmp_path: Path
) -> None:
    async def sweep() -> None:
        await diary.note(f"sweep {len(diary.lines) + 1}")

    valkey = Valkey(tmp_path / "valkey", tmp_path)
    await valkey.start()
    settings = Base(database_url=database_url, valkey_url=valkey.url)
    with capture_logs() as logs:
        serving = asyncio.create_task(worker.serve(settings, opening(sweep=sweep)))
        await diary.until("sweep 1")

        await valkey.stop()
        while "worker.queue_lost" not in events(logs):  # noqa: ASYNC110 -- a log
            await asyncio.sleep(0.05)
        swept = len(diary.lines)
        await valkey.start()
        await diary.until(f"sweep {swept + 1}")

        await worker.end(serving)
    await valkey.stop()
    lost = events(logs).count("worker.queue_lost")
    assert lost > 0
    assert events(logs).count("worker.started") == lost + 1


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_job_cut_off_by_a_signal_is_left_to_the_next_worker(
    settings: Base,
    opening: Opening,
    bell: ArqQueue,
    diary: Diary,
    number: signal.Signals,
) -> None:
    async def take_for_ever() -> None:
        await diary.note("begun")
        await asyncio.Event().wait()

    async def finish() -> None:
        await diary.note("finished")

    await bell.ring("triage", "long")
    serving = asyncio.create_task(
        worker.serve_until_stopped(settings, opening({"long": take_for_ever}))
    )
    await diary.until("begun")

    signal.raise_signal(number)
    await asyncio.wait_for(serving, 5)
    left = await bell.waiting("triage")
    await worker.work_off(settings, opening({"long": finish}))

    assert left >= 1
    assert diary.lines == ["begun", "finished"]


async def test_a_worker_closes_its_tools_when_it_ends(
    settings: Base, opening: Opening, diary: Diary
) -> None:
    @asynccontextmanager
    async def noted() -> AsyncIterator[Duties]:
        async with opening() as duties:
            await diary.note("opened")
            yield duties
        await diary.note("closed")

    await worker.work_off(settings, noted())

    assert diary.lines == ["opened", "closed"]


async def test_jobs_of_the_clock_have_their_times(
    opening: Opening, valkey_url: str, diary: Diary
) -> None:
    async def tidy() -> None:
        await diary.note("tidied")

    timed = {"nightly": Timed(tidy, minute=7, hour=3), "hourly": Timed(tidy, minute=17)}
    async with opening(timed=timed) as duties:
        made = worker.make_worker(valkey_url, duties)
        await made.functions["triage:nightly"].coroutine({"job_try": 1, "job_id": "1"})

    crons = {
        each.name: (each.hour, each.minute, each.second) for each in made.cron_jobs
    }
    assert crons == {
        "triage:sweep": (None, None, {0, 10, 20, 30, 40, 50}),
        "triage:nightly": (3, 7, 0),
        "triage:hourly": (None, 17, 0),
    }
    assert diary.lines == ["tidied"]


async def test_no_two_services_share_a_job_of_the_clock(
    work: Work, valkey_url: str
) -> None:
    async def tidy() -> None: ...

    names = [
        cron.name
        for service in ("ingest", "triage", "reports")
        for cron in worker.make_worker(
            valkey_url,
            Duties(
                Courier(replace(work, schema=service), {}),
                {},
                timed={"tidy": Timed(tidy, minute=7)},
            ),
        ).cron_jobs
        or []
    ]

    assert len(names) == 6, "arq takes a name in all queues at once"
    assert len(set(names)) == 6


async def test_a_ring_that_must_not_pile_up_is_one_in_each_service(
    bell: ArqQueue,
) -> None:
    for service in ("triage", "ingest", "ingest"):
        await bell.ring(service, "note", once="nightly")

    assert [await bell.waiting(each) for each in ("triage", "ingest")] == [1, 1]


async def test_a_worker_ends_although_a_cancellation_got_lost() -> None:
    begun = asyncio.Event()

    async def deaf_for_once() -> None:
        begun.set()
        with suppress(asyncio.CancelledError):
            await asyncio.Event().wait()
        await asyncio.Event().wait()

    serving = asyncio.create_task(deaf_for_once())
    await begun.wait()

    await worker.end(serving)

    assert serving.cancelled()


async def test_a_worker_that_failed_says_so_at_its_end() -> None:
    async def fail() -> None:
        raise RuntimeError("no tools")

    serving = asyncio.create_task(fail())
    await asyncio.wait({serving})

    with pytest.raises(RuntimeError, match="no tools"):
        await worker.end(serving)


async def test_what_is_left_is_worked_off_without_the_clock(
    valkey_url: str, opening: Opening
) -> None:
    async with opening({}) as duties:
        passing = worker.make_worker(valkey_url, duties, burst=True)
        staying = worker.make_worker(valkey_url, duties)

    assert passing.cron_jobs == []
    assert [each.name for each in staying.cron_jobs or []] == ["triage:sweep"]
