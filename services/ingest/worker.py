"""Wiring of the job process of the ingest service."""

from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import tzinfo
from typing import Any, cast

from arq import cron, func
from arq.typing import WorkerCoroutine
from arq.worker import Function, Worker

from services.ingest import jobs
from services.ingest.deps import open_search
from services.ingest.handlers.operations import HANDLERS
from services.ingest.handlers.rulebooks import Rulebooks
from services.ingest.settings import Settings
from services.ingest.sources.feed import FeedSource
from services.ingest.sources.safe_http import safe_client
from services.ingest.store.vault import vault_of
from shared.delivery import Courier
from shared.logs import configure
from shared.process import open_parts, valkey_url
from shared.queue import try_again, worker_options
from shared.settings import comma_list

Context = dict[str, Any]

USER_AGENT = "Otklik/1 (complaint desk of a regional government; feed reader)"
_EVERY_TEN_SECONDS = set(range(0, 60, 10))


async def open_tools(settings: Settings, stack: AsyncExitStack) -> jobs.Tools:
    """Open what the jobs share; the stack closes it again."""
    vault = vault_of(settings.secret_key)
    parts = await open_parts(settings, "ingest")
    stack.push_async_callback(parts.close)
    search = await stack.enter_async_context(open_search(settings, parts.work.database))
    await search.prepare()
    client = await stack.enter_async_context(
        safe_client(user_agent=USER_AGENT, allowed=comma_list(settings.feed_allow))
    )

    def open_feed(url: str, name: str, zone: tzinfo) -> FeedSource:
        return FeedSource(client, url=url, source=name, zone=zone)

    courier = Courier(parts.work, HANDLERS)
    return jobs.Tools(parts.work, courier, Rulebooks(), search, vault, open_feed)


async def deliver(ctx: Context, packed: dict[str, Any]) -> None:
    """Deliver a message; one that failed is tried again a little later."""
    tries = ctx["job_try"]
    if not await jobs.deliver(ctx["tools"], packed, tries=tries):
        raise try_again(seconds=tries)


def with_tools(job: Callable[..., Awaitable[Any]]) -> WorkerCoroutine:
    """Make a job as arq calls it."""

    async def run(ctx: Context, *args: Any) -> None:  # noqa: ANN401 -- the job's own
        await job(ctx["tools"], *args)

    run.__qualname__ = job.__name__
    return cast("WorkerCoroutine", run)


def functions() -> list[Function]:
    """Name the jobs for arq."""
    others = [job for job in jobs.JOBS if job is not jobs.deliver]
    return [
        func(deliver, name="deliver"),
        *(func(with_tools(job), name=job.__name__) for job in others),
    ]


def worker(settings: Settings, *, burst: bool = False) -> Worker:
    """Put the process together; it connects when it starts.

    Tests run it with `burst`, until nothing is left to do.
    """
    stack = AsyncExitStack()

    async def start(ctx: Context) -> None:
        ctx["tools"] = await open_tools(settings, stack)
        await jobs.make_partitions(ctx["tools"])

    async def stop(ctx: Context) -> None:  # noqa: ARG001 -- arq calls it so
        await stack.aclose()

    return Worker(
        functions=functions(),
        cron_jobs=[
            cron(with_tools(jobs.sweep), second=_EVERY_TEN_SECONDS, unique=False),
            cron(with_tools(jobs.make_partitions), hour=3, minute=7),
            cron(with_tools(jobs.review_rules), minute=17),
        ],
        on_startup=start,
        on_shutdown=stop,
        **worker_options(valkey_url(settings), "ingest"),
        burst=burst,
    )


def main() -> None:
    """Run until told to stop."""
    settings = Settings()
    configure(settings.log_level, process="ingest worker")
    worker(settings).run()


if __name__ == "__main__":
    main()
