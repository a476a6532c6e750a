"""What the worker runs: thin functions over the use cases, without arq."""

import asyncio
from collections.abc import Awaitable
from functools import partial
from typing import TypeVar
from uuid import UUID

from services.triage import handlers
from services.triage.domain.answering import Failure
from services.triage.handlers import outbox, upkeep
from services.triage.handlers.outbox import Errand
from services.triage.publishers import PublishError, Publishers
from shared.contracts import Contract, IncidentsImported, PostsMatched
from shared.db import EVERY_REGION
from shared.delivery import Courier, Duties, Handler
from shared.logs import log
from shared.uow import Work

HANDLERS: dict[type[Contract], Handler] = {
    PostsMatched: handlers.take_posts,
    IncidentsImported: handlers.take_incidents,
}

CALL_TIMEOUT = 20
"""Seconds; a look and a call together stay below the job's own timeout and lease."""

Answer = TypeVar("Answer")


async def publish_reply(
    work: Work, publishers: Publishers, region_id: int, posting_id: str
) -> None:
    """Bring one posting further: publish it, or look whether it was published.

    Each call to the network stands between two transactions. The row says that a
    call begins before it does: a worker that dies there is followed by another that
    knows the answer may be public. Run twice, the second finds nothing to do.
    """
    async with work.unit(region_id) as uow:
        errand = await outbox.take_up(uow, UUID(posting_id), publishers)
    if errand is None:
        return
    if errand.is_search:
        await _search(work, region_id, errand)
    else:
        await _publish(work, region_id, errand)


async def _publish(work: Work, region_id: int, errand: Errand) -> None:
    try:
        looked = errand.publisher.look(errand.target)
        state = await _answered(looked, unexpected=Failure.BUG)
    except PublishError as error:
        async with work.unit(region_id) as uow:
            await outbox.fail(uow, errand, error, is_look=True)
        return
    async with work.unit(region_id) as uow:
        goes_out = await outbox.begin(uow, errand, state)
    if not goes_out or not errand.is_fresh(work.clock()):
        return
    try:
        sent = errand.publisher.send(errand.text, errand.target, errand.guid)
        published = await _answered(sent, unexpected=Failure.LOST)
    except PublishError as error:
        log.warning(
            "posting.not_published",
            posting_id=str(errand.posting_id),
            failure=str(error.failure),
        )
        async with work.unit(region_id) as uow:
            await outbox.fail(uow, errand, error, is_look=False)
        return
    async with work.unit(region_id) as uow:
        await outbox.finish(uow, errand, published)


async def _search(work: Work, region_id: int, errand: Errand) -> None:
    found, failure = None, None
    try:
        search = errand.publisher.find(errand.target, errand.text, errand.since)
        found = await _answered(search, unexpected=Failure.BUG)
    except PublishError as error:
        failure = error
        log.warning(
            "posting.not_looked_for",
            posting_id=str(errand.posting_id),
            failure=str(error.failure),
        )
    async with work.unit(region_id) as uow:
        if failure is not None:
            outbox.tell_refused(uow, errand, failure)
        await outbox.looked(uow, errand, found, could_look=failure is None)


async def _answered(call: Awaitable[Answer], *, unexpected: Failure) -> Answer:
    """Wait for a network; whatever else goes wrong is a failure with a meaning."""
    try:
        async with asyncio.timeout(CALL_TIMEOUT):
            return await call
    except PublishError:
        raise
    except TimeoutError as error:
        reason = "The network did not answer in time."
        raise PublishError(reason, Failure.LOST) from error
    except Exception as error:
        log.exception("publisher.broke")
        reason = f"The publisher broke ({type(error).__name__})."
        raise PublishError(reason, unexpected) from error


async def sweep(work: Work) -> None:
    """Ring for publications whose time has come; keep the queue's counters short."""
    async with work.unit(EVERY_REGION) as uow:
        await outbox.ring_due(uow)
        await upkeep.fold_counters(uow)


def duties(courier: Courier, publishers: Publishers) -> Duties:
    """Name what the worker does."""
    work = courier.work
    return Duties(
        courier,
        {"publish_reply": partial(publish_reply, work, publishers)},
        sweep=partial(sweep, work),
    )
