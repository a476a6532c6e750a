"""What the reports worker does when it is rung; arq-free, so that tests call it."""

from functools import partial

from services.reports import handlers
from shared.delivery import Courier, Duties
from shared.uow import Work


async def rebuild(work: Work, region_id: int) -> None:
    """Count a region's roll-up anew; twice gives the same."""
    async with work.unit(region_id) as uow:
        await handlers.rebuild_days(uow)


def duties(courier: Courier) -> Duties:
    """Name what the worker does."""
    return Duties(courier, {"rebuild": partial(rebuild, courier.work)})
