"""Finding work that was left behind and ringing for it again."""

from datetime import datetime, timedelta
from typing import Final

from services.ingest.handlers.bells import (
    MATCH_ALONE_JOB,
    SOURCE_JOB,
    ring_index,
    ring_match,
)
from services.ingest.handlers.dry_runs import JOB as DRY_RUN_JOB
from services.ingest.handlers.dry_runs import give_up
from services.ingest.handlers.matching import set_apart
from services.ingest.store import (
    batches,
    dry_runs,
    idempotency,
    imports,
    index_queue,
    posts,
    watched,
)
from services.ingest.store import sources as source_store
from shared.db import EVERY_REGION
from shared.uow import UnitOfWork, Work

SILENCE: Final = timedelta(seconds=10)
"""How long work may stay undone before it is rung again."""

SECONDS: Final = 9
"""How long one bell keeps looking for due sources: until the next sweep rings."""

MOST: Final = 200
MOST_POLLS: Final = 500
MOST_FIGURES: Final = 10
"""Pages measured with one sweep: once a day is no hurry, and posts wait behind them."""

POLLS_A_BELL: Final = 10
"""They share a job's time, and wait for the same tokens."""

MOST_RINGS: Final = 20
"""A batch rung so often in vain takes its process down: its posts go on alone."""

MONTHS_AHEAD: Final = 2

ABANDONED: Final = timedelta(hours=24)
"""A file that was looked at but not taken in for so long is forgotten."""


async def sweep(work: Work) -> None:
    """Ring for what was left behind, and for sources whose time has come."""
    async with work.unit(EVERY_REGION) as uow:
        hopeless = await _ring_batches(uow)
        for region in await index_queue.regions_waiting(uow.session):
            ring_index(uow, region)
        for region, source_id in await source_store.to_index(uow.session):
            uow.ring(SOURCE_JOB, region, str(source_id))
        before = uow.now - SILENCE
        for region, import_id in await imports.left_behind(uow.session, before=before):
            uow.ring("run_import", region, str(import_id))
        await _ring_dry_runs(uow)
        # A name of its own each time: that of a killed job is taken for 40 s.
        uow.ring("ring_due", once=f"ring_due:{uow.now:%H:%M:%S}"[:-1])
        pages = await source_store.lease_figures_due(
            uow.session, now=uow.now, limit=MOST_FIGURES
        )
        for region, source_id in pages:
            uow.ring("measure_page", region, str(source_id))
        await watched.forget_events(uow.session, now=uow.now)
        await idempotency.prune(uow.session, now=uow.now)
        await imports.forget_abandoned(uow.session, before=uow.now - ABANDONED)
        await batches.prune(uow.session, now=uow.now)
        await dry_runs.prune(uow.session, now=uow.now)
    for batch in hopeless:
        async with work.unit(batch.region_id) as uow:
            await set_apart(uow, batch.id, "its matching never ended")


async def ring_due(work: Work) -> None:
    """Ring for the sources whose time has come, some of a region with each bell."""
    async with work.unit(EVERY_REGION) as uow:
        due = await source_store.lease_due(uow.session, now=uow.now, limit=MOST_POLLS)
        by_region: dict[int, list[str]] = {}
        for region, source_id in due:
            by_region.setdefault(region, []).append(str(source_id))
        for region, ids in by_region.items():
            for start in range(0, len(ids), POLLS_A_BELL):
                uow.ring("poll_sources", region, ids[start : start + POLLS_A_BELL])


async def _ring_batches(uow: UnitOfWork) -> list[batches.Waiting]:
    left = await batches.left_behind(
        uow.session, before=uow.now - SILENCE, now=uow.now, limit=MOST
    )
    for batch in left:
        if batch.rings < batches.ALONE:
            ring_match(uow, batch.region_id)
        elif batch.rings <= MOST_RINGS:
            uow.ring(MATCH_ALONE_JOB, batch.region_id, str(batch.id))
    return [batch for batch in left if batch.rings > MOST_RINGS]


async def _ring_dry_runs(uow: UnitOfWork) -> None:
    left = await dry_runs.left_behind(
        uow.session, before=uow.now - SILENCE, now=uow.now
    )
    for region, run_id, rings in left:
        if rings <= MOST_RINGS:
            uow.ring(DRY_RUN_JOB, region, str(run_id))
        else:
            await give_up(uow, run_id, "it never ended")


async def make_partitions(uow: UnitOfWork) -> int:
    """Make the partitions of this month and the next ones; return how many."""
    months = [_month_after(uow.now, ahead) for ahead in range(MONTHS_AHEAD + 1)]
    return sum([await posts.add_partition(uow.session, month) for month in months])


def _month_after(moment: datetime, ahead: int) -> datetime:
    years, month = divmod(moment.month - 1 + ahead, 12)
    return moment.replace(year=moment.year + years, month=month + 1, day=1)
