"""Background jobs of the ingest service: thin, repeatable, ignorant of arq."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property, partial
from typing import Final
from uuid import UUID

from services.ingest.handlers import (
    dry_runs,
    figures,
    import_parts,
    imports,
    indexing,
    matching,
    retention,
    rule_quality,
)
from services.ingest.handlers import sweep as sweeping
from services.ingest.handlers.bells import SOURCE_JOB
from services.ingest.handlers.polling import Polling
from services.ingest.handlers.receive import PASSING
from services.ingest.handlers.rulebooks import Rulebooks
from services.ingest.sources.networks import Networks
from shared.db import EVERY_REGION
from shared.delivery import Courier, Duties, Timed
from shared.identity import store as identity
from shared.logs import log
from shared.search import Search
from shared.uow import UnitOfWork, Work
from shared.vault import Vault

LONG_SECONDS: Final = 15
"""How long one ring keeps a long job going, well below the job's timeout."""


@dataclass(frozen=True)
class Tools:
    """What the jobs of one worker process share."""

    work: Work
    courier: Courier
    rulebooks: Rulebooks
    search: Search
    vault: Vault
    networks: Networks
    raw_kept: timedelta = timedelta(days=30)
    patience: float = LONG_SECONDS
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    dice: Callable[[], float] = random.random

    @cached_property
    def polling(self) -> Polling:
        """What asks the sources, and knows which polls end at the same time."""
        return Polling(self.work, self.networks, self.vault, self.dice)


async def match_batch(tools: Tools, region_id: int, batch_id: str) -> None:
    """Match a batch; if it fails, its posts go on one by one."""
    id_ = UUID(batch_id)
    try:
        async with tools.work.unit(region_id) as uow:
            await matching.match_batch(uow, id_, tools.rulebooks)
    except PASSING:
        raise
    except Exception as error:  # noqa: BLE001 -- the edge of a job: all are buried
        log.warning("batch.failed", batch_id=batch_id, exc_info=True)
        async with tools.work.unit(region_id) as uow:
            await matching.set_apart(uow, id_, f"{type(error).__name__}: {error}")


async def match_waiting(tools: Tools, region_id: int) -> None:
    """Match what waits in a region; what fails together goes on batch by batch."""
    ids: list[UUID] = []
    try:
        async with tools.work.unit(region_id) as uow:
            claimed = await matching.claim_waiting(uow)
            ids = [batch.id for batch in claimed]
            if claimed:
                await matching.match_together(uow, claimed, tools.rulebooks)
    except PASSING:
        raise
    except Exception:  # noqa: BLE001 -- the edge of a job: each batch tells its own
        log.warning("batches.failed", batches=len(ids), exc_info=True)
        async with tools.work.unit(region_id) as uow:
            await matching.part(uow, ids)


async def index_posts(tools: Tools, region_id: int) -> None:
    """Index what waits in a region; a search that is down changes nothing else."""
    until = time.monotonic() + tools.patience
    try:
        while time.monotonic() < until:
            async with tools.work.unit(region_id) as uow:
                if await indexing.index_some(uow, tools.search) < indexing.MOST:
                    return
    except PASSING as error:
        log.warning("index.unavailable", region_id=region_id, error=str(error)[:300])
        return
    await tools.work.queue.ring("ingest", "index_posts", region_id)


async def index_source(tools: Tools, region_id: int, source_id: str) -> None:
    """Queue the posts of a renamed source for the index, portion by portion."""
    work = _Long(
        SOURCE_JOB,
        region_id,
        source_id,
        indexing.queue_source,
        indexing.leave_source,
    )
    await _keep_at(tools, work)


async def run_import(tools: Tools, region_id: int, import_id: str) -> None:
    """Take a file in, part by part; a part that fails stops it with the reason."""

    async def step(uow: UnitOfWork, id_: UUID) -> bool:
        return await import_parts.take_part(uow, id_, tools.vault)

    work = _Long("run_import", region_id, import_id, step, imports.give_up)
    await _keep_at(tools, work)


async def dry_run(tools: Tools, region_id: int, run_id: str) -> None:
    """Try a query on the archive, portion by portion; a failure is told."""

    async def step(uow: UnitOfWork, id_: UUID) -> bool:
        return await dry_runs.go_on(uow, id_, tools.rulebooks)

    work = _Long(dry_runs.JOB, region_id, run_id, step, dry_runs.give_up)
    await _keep_at(tools, work)


@dataclass(frozen=True, slots=True)
class _Long:
    """Work in many steps, each a transaction; a step says whether more is left."""

    job: str
    region_id: int
    key: str
    step: Callable[[UnitOfWork, UUID], Awaitable[bool]]
    give_up: Callable[[UnitOfWork, UUID, str], Awaitable[None]]


async def _keep_at(tools: Tools, work: _Long) -> None:
    """Do steps for a while, then ring for the rest; a step that fails ends it."""
    id_ = UUID(work.key)
    until = time.monotonic() + tools.patience
    try:
        while time.monotonic() < until:
            async with tools.work.unit(work.region_id) as uow:
                if not await work.step(uow, id_):
                    return
    except PASSING:
        raise
    except Exception as error:  # noqa: BLE001 -- the edge of a job: told to the person
        log.warning("work.failed", job=work.job, key=work.key, exc_info=True)
        async with tools.work.unit(work.region_id) as uow:
            await work.give_up(uow, id_, f"{type(error).__name__}: {error}")
        return
    await tools.work.queue.ring("ingest", work.job, work.region_id, work.key)


async def review_rules(tools: Tools) -> None:
    """Count yesterday's hits of the rules and judge them, in every region."""
    async with tools.work.unit(EVERY_REGION) as uow:
        regions = await identity.regions(uow.session)
    for region in regions:
        async with tools.work.unit(region.id or 0) as uow:
            await rule_quality.review(uow)


async def poll_source(tools: Tools, region_id: int, source_id: str) -> None:
    """Ask a source for new posts."""
    for failure in await tools.polling.poll(region_id, [UUID(source_id)]):
        raise failure


async def poll_sources(tools: Tools, region_id: int, source_ids: list[str]) -> None:
    """Ask some sources at once; a failure of one is its own."""
    ids = [UUID(source_id) for source_id in source_ids]
    for failure in await tools.polling.poll(region_id, ids):
        log.warning("poll.failed", error=f"{type(failure).__name__}: {failure}")


async def ring_due(tools: Tools) -> None:
    """Ring for sources whose time has come, second by second until the next sweep.

    Not a moment longer on a busy machine: the sweep can not ring before this has ended.
    """
    until = time.monotonic() + sweeping.SECONDS
    for _ in range(sweeping.SECONDS):
        await sweeping.ring_due(tools.work)
        if time.monotonic() > until:
            break
        await tools.sleep(1)


async def measure_page(tools: Tools, region_id: int, source_id: str) -> None:
    """Ask for the figures of an official page, once a day."""
    await figures.measure(
        tools.work, region_id, UUID(source_id), tools.networks, tools.vault
    )


async def sweep(tools: Tools) -> None:
    """Ring again for our own work that was left behind."""
    await sweeping.sweep(tools.work)


async def expire_raw(tools: Tools) -> None:
    """Erase raw payloads whose time is over, in every region, for a while."""
    until = time.monotonic() + tools.patience
    async with tools.work.unit(EVERY_REGION) as uow:
        regions = await identity.regions(uow.session)
    for region in regions:
        is_left = True
        while is_left and time.monotonic() < until:
            async with tools.work.unit(region.id or 0) as uow:
                is_left = await retention.expire_raw(uow, tools.raw_kept)


async def make_partitions(tools: Tools) -> None:
    """Make next months' partitions before they are needed."""
    async with tools.work.unit(EVERY_REGION) as uow:
        await sweeping.make_partitions(uow)


JOBS: Final = (
    match_waiting,
    match_batch,
    index_posts,
    index_source,
    run_import,
    dry_run,
    poll_source,
    poll_sources,
    ring_due,
    measure_page,
)


def duties(tools: Tools) -> Duties:
    """Name what the worker does."""
    return Duties(
        tools.courier,
        {job.__name__: partial(job, tools) for job in JOBS},
        sweep=partial(sweep, tools),
        timed={
            "make_partitions": Timed(partial(make_partitions, tools), hour=3, minute=7),
            "review_rules": Timed(partial(review_rules, tools), minute=17),
            "expire_raw": Timed(partial(expire_raw, tools), minute=37),
        },
    )
