"""Housekeeping nobody waits for."""

from services.triage.store import candidates
from shared.uow import UnitOfWork


async def fold_counters(uow: UnitOfWork) -> None:
    """Sum up the counters of the queue that have piled up, in every region."""
    await candidates.fold_tallies(uow.session, now=uow.now)
