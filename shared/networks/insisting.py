"""Waits that grow while a network goes on refusing the same call."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from shared.networks.budget import Budget
from shared.networks.failures import NetworkError


async def next_wait(
    budget: Budget, name: str, waits: Sequence[timedelta], now: datetime
) -> timedelta:
    """Say how long `name` has to wait; each step but the last is taken once a day.

    The steps are counted in the budget: all processes climb the same stairs.
    """
    today = f"{now:%Y-%m-%d}"
    for step, wait in enumerate(waits[:-1]):
        try:
            await budget.spend(name, 1, 1, f"blocked/{today}/{step}")
        except NetworkError:
            continue
        return wait
    return waits[-1]
