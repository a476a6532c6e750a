"""How the job process of every service runs: what it does is in its `Duties`.

Valkey may go away at any time. The process outlives it: what was under way is given
up, and once Valkey is back the first sweep rings again for whatever was left.
"""

import asyncio
import contextlib
import signal
from contextlib import AbstractAsyncContextManager
from typing import Any

from arq import cron, func
from arq.cron import CronJob
from arq.typing import WorkerCoroutine
from arq.worker import Function, Retry, Worker
from redis.exceptions import RedisError
from structlog.contextvars import bound_contextvars

from shared.delivery import DELIVER, Duties, Job, Timed
from shared.logs import configure, log
from shared.process import valkey_url
from shared.queue import gathered_flag, worker_options
from shared.settings import Base

Context = dict[Any, Any]
"""What arq hands to each job."""

Opening = AbstractAsyncContextManager[Duties]
"""Opens the tools of a process and closes them again."""

SWEEP_SECONDS = set(range(0, 60, 10))
RETRY_SECONDS = 1.0
"""How long a worker that lost Valkey waits before it looks for it again."""


def run(settings: Base, service: str, opening: Opening) -> None:
    """Be the process: work until SIGTERM or SIGINT."""
    configure(settings.log_level, process=f"{service}-worker")
    asyncio.run(serve_until_stopped(settings, opening))


async def serve_until_stopped(settings: Base, opening: Opening) -> None:
    """Serve until SIGTERM or SIGINT; a job under way is left to whoever comes next."""
    serving = asyncio.create_task(serve(settings, opening))
    told = asyncio.Event()
    stopping = asyncio.create_task(told.wait())
    loop, signals = asyncio.get_running_loop(), (signal.SIGTERM, signal.SIGINT)
    for number in signals:
        loop.add_signal_handler(number, told.set)
    try:
        await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for number in signals:
            loop.remove_signal_handler(number)
        stopping.cancel()
        await end(serving)
    log.info("worker.stopped")


async def end(serving: asyncio.Task[None]) -> None:
    """Cancel a worker and wait for its end; raises what it has failed with.

    A cancellation that meets the very end of what is waited for gets lost
    (`asyncio.wait_for` before Python 3.12), so it is told again.
    """
    while not serving.done():
        serving.cancel()
        await asyncio.wait({serving}, timeout=RETRY_SECONDS)
    with contextlib.suppress(asyncio.CancelledError):
        await serving


async def serve(settings: Base, opening: Opening) -> None:
    """Work until cancelled, also across restarts of Valkey; the tools stay open."""
    async with opening as duties:
        while True:
            worker = make_worker(valkey_url(settings), duties)
            log.info("worker.started", jobs=list(duties.by_name))
            try:
                await worker.async_run()
            except (RedisError, OSError) as error:
                log.warning("worker.queue_lost", error=type(error).__name__)
                await asyncio.sleep(RETRY_SECONDS)
            finally:
                await _close(worker)


async def work_off(settings: Base, opening: Opening) -> int:
    """Work until nothing is left to do; return how many jobs failed."""
    async with opening as duties:
        worker = make_worker(valkey_url(settings), duties, burst=True)
        try:
            await worker.async_run()
        finally:
            await _close(worker)
        return worker.jobs_failed


class _Worker(Worker):
    """arq's worker, which does not ask again and again about what it runs already."""

    async def start_jobs(self, job_ids: list[bytes]) -> None:
        """Start jobs of the queue, where jobs stay until they are done.

        arq asks Valkey thrice about each, twenty times a second: a hundred polls that
        wait for their networks would cost more than all they bring.
        """
        new = [each for each in job_ids if each.decode() not in self.tasks]
        await super().start_jobs(new)


def make_worker(url: str, duties: Duties, *, burst: bool = False) -> Worker:
    """Make the arq worker of some duties; it connects when it runs.

    With `burst` it ends when its queue is empty. Then the clock rings for nothing: a
    sweep that starts jobs which ring for themselves would keep it going for ever.
    """
    return _Worker(
        functions=[_function(name, job) for name, job in duties.by_name.items()],
        cron_jobs=[] if burst else _crons(duties),
        handle_signals=False,
        burst=burst,
        **worker_options(url, duties.courier.work.schema),
    )


def _function(name: str, job: Job) -> Function:
    return func(_as_arq_calls(name, job), name=name)


def _crons(duties: Duties) -> list[CronJob]:
    """Make the jobs of the clock, named by their service.

    arq names the ring of a moment after the job, and names are one for all queues: of
    services whose sweeps have one name, only the fastest would sweep.
    """
    service = duties.courier.work.schema
    sweep = _as_arq_calls("sweep", duties.sweep_all)
    return [
        cron(sweep, name=f"{service}:sweep", second=SWEEP_SECONDS, run_at_startup=True),
        *(_timed(service, name, timed) for name, timed in duties.timed.items()),
    ]


def _timed(service: str, name: str, timed: Timed) -> CronJob:
    called = _as_arq_calls(name, timed.job)
    unique = f"{service}:{name}"
    return cron(called, name=unique, hour=timed.hour, minute=timed.minute)


def _as_arq_calls(name: str, job: Job) -> WorkerCoroutine:
    """Make a job that answers False be called again, ever later: 1, 2, 4, … s."""

    async def called(ctx: Context, *args: Any) -> None:  # noqa: ANN401 -- the job's own
        tries: int = ctx["job_try"]
        told = {"tries": tries} if name == DELIVER else {}
        if (flag := gathered_flag(ctx["job_id"])) is not None:
            # First of all: a ring that comes from now on may be for later work.
            await ctx["redis"].delete(flag)
        with bound_contextvars(job=name, job_id=ctx["job_id"]):
            answer = await _logged(job, *args, **told)
        if answer is False:
            raise Retry(defer=2 ** (tries - 1))

    return called


async def _logged(job: Job, *args: Any, **told: int) -> object:  # noqa: ANN401 -- the same
    try:
        return await job(*args, **told)
    except Exception:
        log.exception("job.failed")
        raise


async def _close(worker: Worker) -> None:
    """Stop what is under way and let go of Valkey, whatever state it is in.

    arq's own `close` stops half-way when a job was cancelled. A cancelled job stays
    in the queue, if there still is one.
    """
    running = [*worker.tasks.values(), *filter(None, [worker.main_task])]
    for task in running:
        task.cancel()
    await asyncio.gather(*running, return_exceptions=True)
    if worker._pool is not None:  # noqa: SLF001 -- arq opens it, only we can close it
        with contextlib.suppress(RedisError, OSError):
            await worker.pool.aclose(close_connection_pool=True)
