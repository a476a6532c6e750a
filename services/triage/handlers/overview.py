"""The state of the desk: reference data, what waits, what was given up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from services.triage.domain.desk import Desk
from services.triage.handlers.sight import authority_limit
from services.triage.store import candidates, incidents
from services.triage.store import desk as desks
from shared import dead_letters as letters
from shared.errors import NotFound
from shared.uow import UnitOfWork


@dataclass(frozen=True)
class Status:
    """What waits for people, what is on its way, what was given up."""

    candidates: candidates.Counts
    incidents: Mapping[str, int]
    outbox: int
    dead_letters: int


async def desk(uow: UnitOfWork) -> Desk:
    """Read the region's reference data."""
    return await desks.desk(uow.session, uow.region_id)


async def status(uow: UnitOfWork) -> Status:
    """Count; an executor's incidents are those of the own authority."""
    limit = authority_limit(uow.principal)
    waiting = await letters.waiting(uow.session, uow.schema, uow.region_id)
    return Status(
        candidates=await candidates.counts(uow.session, uow.region_id, now=uow.now),
        incidents=await incidents.counts(
            uow.session, uow.region_id, visible_to=limit, now=uow.now
        ),
        outbox=waiting.outbox,
        dead_letters=waiting.dead_letters,
    )


async def dead_letters(uow: UnitOfWork) -> Sequence[letters.DeadLetter]:
    """List the region's dead letters."""
    return await letters.listed(uow.session, uow.schema, uow.region_id)


async def replay(uow: UnitOfWork, letter_id: UUID) -> None:
    """Send a dead letter again; NotFound when the region has none with this id."""
    if not await letters.replay(
        uow.session, uow.schema, uow.region_id, letter_id, now=uow.now
    ):
        raise NotFound("dead letter", letter_id)
    uow.audit("dead_letter.replayed", "message", letter_id)
