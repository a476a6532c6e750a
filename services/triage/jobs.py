"""What the worker runs: thin functions over the use cases, without arq."""

from functools import partial
from uuid import UUID

from services.triage import handlers
from services.triage.handlers import upkeep
from services.triage.publishers import Publisher, PublishError
from shared.contracts import Contract, IncidentsImported, PostsMatched
from shared.db import EVERY_REGION
from shared.delivery import Courier, Duties, Handler
from shared.logs import log
from shared.uow import Work

HANDLERS: dict[type[Contract], Handler] = {
    PostsMatched: handlers.take_posts,
    IncidentsImported: handlers.take_incidents,
}


async def publish_reply(
    work: Work, publisher: Publisher, region_id: int, reply_id: str
) -> bool:
    """Publish an approved reply; False asks to be run again after a pause.

    The call to the page stands between two transactions. A worker that dies there
    is followed by another that calls again with the same guid, which gives the same
    answer: so the reply is public exactly once.
    """
    key = UUID(reply_id)
    try:
        async with work.unit(region_id) as uow:
            outgoing = await handlers.outgoing(uow, key)
        if outgoing is None:
            return True
        link = await publisher.publish(outgoing.text, outgoing.target, outgoing.guid)
    except PublishError as error:
        log.warning("reply.not_published", reply_id=reply_id, reason=error.message)
        async with work.unit(region_id) as uow:
            return not await handlers.fail_publication(uow, key, error)
    async with work.unit(region_id) as uow:
        await handlers.finish_publication(uow, key, link)
    return True


async def sweep(work: Work) -> None:
    """Ring for publications left behind; keep the counters of the queue short."""
    async with work.unit(EVERY_REGION) as uow:
        await handlers.ring_left_behind(uow)
        await upkeep.fold_counters(uow)


def duties(courier: Courier, publisher: Publisher) -> Duties:
    """Name what the worker does."""
    work = courier.work
    return Duties(
        courier,
        {"publish_reply": partial(publish_reply, work, publisher)},
        sweep=partial(sweep, work),
    )
