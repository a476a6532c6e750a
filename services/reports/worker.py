"""The job process of the reports service: `python -m services.reports.worker`."""

import asyncio
import contextlib
import signal
from typing import Any, cast

from arq import cron
from arq.typing import WorkerCoroutine
from arq.worker import Worker
from redis.exceptions import RedisError

from services.reports import jobs
from services.reports.handlers import HANDLERS
from services.reports.settings import Settings
from shared import logs
from shared.delivery import Courier
from shared.process import open_parts, valkey_url
from shared.queue import worker_options

SERVICE = "reports"
SWEEP_SECONDS = set(range(0, 60, 10))
RETRY_SECONDS = 1.0


def options(url: str, courier: Courier) -> dict[str, Any]:
    """Say which jobs run, and how."""
    sweep = cast("WorkerCoroutine", jobs.sweep)
    return {
        **worker_options(url, SERVICE),
        "functions": [jobs.deliver, jobs.acknowledge, jobs.rebuild],
        "cron_jobs": [cron(sweep, second=SWEEP_SECONDS, run_at_startup=True)],
        "ctx": {"courier": courier},
        "handle_signals": False,
    }


async def serve(settings: Settings) -> None:
    """Work until cancelled, also across restarts of Valkey."""
    parts = await open_parts(settings, SERVICE)
    try:
        while True:
            worker = Worker(
                **options(valkey_url(settings), Courier(parts.work, HANDLERS))
            )
            try:
                await worker.async_run()
            except (RedisError, OSError) as error:
                logs.log.warning("worker.queue_lost", error=type(error).__name__)
                await asyncio.sleep(RETRY_SECONDS)
            finally:
                await _close(worker)
    finally:
        await parts.close()


async def _close(worker: Worker) -> None:
    """Stop what is under way and let go of Valkey, whatever state it is in.

    arq's own `close` stops half-way when a job was cancelled.
    """
    running = [*worker.tasks.values(), *filter(None, [worker.main_task])]
    for task in running:
        task.cancel()
    await asyncio.gather(*running, return_exceptions=True)
    if worker._pool is not None:  # noqa: SLF001 -- arq opens it, only we can close it
        with contextlib.suppress(RedisError, OSError):
            await worker.pool.aclose(close_connection_pool=True)


async def run(settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT; what was under way is rung again elsewhere."""
    task = asyncio.current_task()
    if task is not None:
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    with contextlib.suppress(asyncio.CancelledError):
        await serve(settings)


def main() -> None:
    """Start the process."""
    settings = Settings()
    logs.configure(settings.log_level, process="reports-worker")
    asyncio.run(run(settings))


if __name__ == "__main__":
    main()
