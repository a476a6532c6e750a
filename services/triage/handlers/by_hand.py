"""Opening an incident by hand: from a call, a letter, or posts picked from a list."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from services.triage.domain.decision import DECIDERS, Decided, Decision
from services.triage.domain.desk import Desk
from services.triage.domain.refusals import RoleMissing, as_error
from services.triage.handlers.decide import (
    check_codes,
    record,
    tell_decided,
    why_decided,
)
from services.triage.handlers.opening import Case, open_incident
from services.triage.handlers.take_in import NEW
from services.triage.store import candidates
from services.triage.store import desk as desks
from shared.errors import Conflict, invalid
from shared.models.triage import Candidate, Incident
from shared.uow import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class ByHand:
    """What an incident is opened with by hand."""

    title: str
    topic: str
    municipality: str | None = None
    authority: str | None = None
    post_ids: Sequence[UUID] = ()


async def open_by_hand(uow: UnitOfWork, asked: ByHand) -> Incident:
    """Open an incident; posts named with it are decided by this very act."""
    if not DECIDERS & uow.principal.roles:
        raise as_error(RoleMissing(DECIDERS))
    found = await _posts(uow, asked.post_ids)
    desk = await desks.desk(uow.session, uow.region_id)
    taken = await _taken(uow, desk, asked)
    check_codes(desk, taken)
    case = Case(
        title=asked.title,
        topic=taken.topic,
        municipality=taken.municipality,
        authority=taken.authority,
        candidates=found,
    )
    incident = await open_incident(uow, desk, case)
    for candidate in found:
        record(uow, candidate, taken, incident)
    await tell_decided(uow, desk, found, incident)
    return incident


async def _taken(uow: UnitOfWork, desk: Desk, asked: ByHand) -> Decided:
    """Say it as a decision; the routing rules name the authority if nobody does."""
    routing = await desks.routing(uow.session, uow.region_id, desk)
    rule = routing.route(asked.topic, asked.municipality)
    return Decided(
        decision=Decision.OPEN,
        topic=asked.topic,
        municipality=asked.municipality,
        authority=asked.authority or (rule.authority if rule else None),
    )


async def _posts(uow: UnitOfWork, post_ids: Sequence[UUID]) -> Sequence[Candidate]:
    """Lock the posts in the order they were published; all must wait in the queue."""
    found = await candidates.lock_by_posts(uow.session, uow.region_id, post_ids)
    unknown = set(post_ids) - {candidate.post_id for candidate in found}
    if unknown:
        names = ", ".join(sorted(map(str, unknown)))
        raise invalid("post_ids", f"these posts are not in the queue: {names}")
    for candidate in found:
        if candidate.status != NEW:
            raise Conflict(why_decided(candidate))
    return sorted(found, key=lambda candidate: candidate.published_at)
