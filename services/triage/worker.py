"""The job process of triage: `python -m services.triage.worker`."""

from typing import Any

import httpx
from arq import cron
from arq.worker import Worker, func

from services.triage import jobs
from services.triage.publishers.all import publishers_of
from services.triage.settings import Settings
from shared import logs
from shared.delivery import Courier
from shared.process import open_parts, valkey_url
from shared.queue import try_again, worker_options

Context = dict[str, Any]
PAUSE = 0.5
"""Seconds before the second try; each further one waits longer."""


async def start(ctx: Context) -> None:
    """Open the connections of the process."""
    settings: Settings = ctx["settings"]
    parts = await open_parts(settings, "triage")
    client = httpx.AsyncClient(trust_env=False)
    ctx.update(
        parts=parts,
        client=client,
        courier=Courier(parts.work, jobs.HANDLERS),
        publishers=publishers_of(client, settings),
    )


async def stop(ctx: Context) -> None:
    """Close them."""
    await ctx["client"].aclose()
    await ctx["parts"].close()


async def deliver(ctx: Context, packed: dict[str, Any]) -> None:
    """Take a message in."""
    if not await ctx["courier"].deliver(packed, tries=ctx["job_try"]):
        raise try_again(seconds=PAUSE * ctx["job_try"])


async def acknowledge(ctx: Context, ids: list[str]) -> None:
    """Forget our messages that have had their effect."""
    await ctx["courier"].acknowledge(ids)


async def publish_reply(ctx: Context, region_id: int, posting_id: str) -> None:
    """Bring an answer on its way further."""
    work, publishers = ctx["parts"].work, ctx["publishers"]
    await jobs.publish_reply(work, publishers, region_id, posting_id)


async def sweep(ctx: Context) -> None:
    """Ring again for what was left behind."""
    await ctx["courier"].sweep()
    await jobs.sweep(ctx["parts"].work)


def worker(settings: Settings, **options: Any) -> Worker:  # noqa: ANN401 -- arq's
    """Make the arq worker; tests run it with `burst`, until nothing is left."""
    return Worker(
        functions=[
            func(deliver),
            func(acknowledge),
            func(publish_reply),
        ],
        cron_jobs=[cron(sweep, second=set(range(0, 60, 10)), unique=False)],
        on_startup=start,
        on_shutdown=stop,
        ctx={"settings": settings},
        **worker_options(valkey_url(settings), "triage"),
        **options,
    )


def main() -> None:
    """Run until SIGTERM."""
    settings = Settings()
    logs.configure(settings.log_level, process="triage-worker")
    worker(settings).run()


if __name__ == "__main__":
    main()
