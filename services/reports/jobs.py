"""What the reports worker does when it is rung; arq-free, so that tests call it."""

from typing import Any

from services.reports import handlers
from shared.delivery import Courier
from shared.queue import try_again

Context = dict[Any, Any]
"""What arq hands to each job; the worker puts its courier in."""


async def deliver(context: Context, packed: dict[str, Any]) -> None:
    """Take a message in; ask to be called again when it did not work."""
    tries: int = context["job_try"]
    if not await _courier(context).deliver(packed, tries=tries):
        raise try_again(seconds=tries)


async def acknowledge(context: Context, ids: list[str]) -> None:
    """Forget our messages that were taken in."""
    await _courier(context).acknowledge(ids)


async def sweep(context: Context) -> None:
    """Ring again for messages nobody acknowledged."""
    await _courier(context).sweep()


async def rebuild(context: Context, region_id: int) -> None:
    """Count a region's roll-up anew; twice gives the same."""
    async with _courier(context).work.unit(region_id) as uow:
        await handlers.rebuild_days(uow)


def _courier(context: Context) -> Courier:
    courier: Courier = context["courier"]
    return courier
