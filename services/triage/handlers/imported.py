"""Incidents handled in another system, with the history its export tells."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from services.triage.domain.decision import Decision, title_of
from services.triage.domain.desk import URGENCIES, Desk
from services.triage.domain.fields import Kind
from services.triage.domain.imported import (
    CLOSING_REASONS,
    KINDS,
    OUTCOMES,
    stages,
    word,
)
from services.triage.domain.similar import telling_words
from services.triage.domain.states import Status
from services.triage.domain.urgency import Urgency
from services.triage.handlers import imported_parts as parts
from services.triage.handlers import tell
from services.triage.handlers.imported_names import Names, names_of
from services.triage.handlers.take_in import DECIDED
from services.triage.store import candidates, cases, incidents
from shared.contracts import CandidateFact, HandledIncident, IncidentsImported
from shared.models.triage import Candidate, Incident
from shared.uow import UnitOfWork


async def take_incidents(uow: UnitOfWork, message: IncidentsImported) -> None:
    """Keep each incident once, by its number in the other system.

    One that was still open when it was first imported is closed by a later export.
    Topics and authorities we do not know are added under the names given there.
    """
    told = {incident.number: incident for incident in message.incidents}
    desk, names = await names_of(uow, list(told.values()))
    known = await incidents.imported(uow.session, uow.region_id, list(told))
    changed = [
        incident
        for incident in known
        if _close(uow, incident, told[incident.imported_number or ""], desk)
    ]
    seen = {incident.imported_number for incident in known}
    new = [one for number, one in told.items() if number not in seen]
    added = await _add(uow, desk, names, new)
    linked, settled = await _link_posts(uow, new, added)
    tell.incidents(uow, desk, [*changed, *added])
    tell.complaints(uow, _complaints(new, linked, settled))
    await tell.posts(uow, desk, [_standing(post, one) for post, one in linked.items()])


async def _add(
    uow: UnitOfWork, desk: Desk, names: Names, new: Sequence[HandledIncident]
) -> list[Incident]:
    """Give numbers in the order the incidents were created there."""
    numbers = await incidents.take_numbers(uow.session, uow.region_id, len(new))
    ordered = sorted(new, key=lambda one: (one.created_at, one.number))
    number_of = {one.number: n for one, n in zip(ordered, numbers, strict=True)}
    added = [_incident(uow, desk, names, one, number_of[one.number]) for one in new]
    uow.session.add_all(added)
    await uow.session.flush()
    for incident, one in zip(added, new, strict=True):
        parts.add_history(uow, incident, stages(one))
        await parts.add_replies(uow, incident, one)
    return added


def _incident(
    uow: UnitOfWork, desk: Desk, names: Names, told: HandledIncident, number: int
) -> Incident:
    place = names.municipality(told.municipality)
    deadline_at = desk.deadline(told.created_at, Urgency.NORMAL)
    incident = Incident(
        region_id=uow.region_id,
        number=number,
        title=title_of(told.text) or told.number,
        status=stages(told)[-1].status,
        kind=word(told.incident_kind, KINDS) or Kind.SOLVABLE,
        urgency=URGENCIES.index(Urgency.NORMAL),
        topic=names.topic(told.topic),
        municipality=place,
        place=told.municipality if place is None else None,
        authority=names.authority(told.authority),
        words=sorted(telling_words(told.text)),
        post_count=0,
        received_at=told.created_at,
        opened_at=told.created_at,
        opened_by_name=uow.principal.name,
        deadline_at=deadline_at,
        imported_number=told.number,
    )
    _answer(incident, told, desk)
    _finish(incident, told)
    return incident


def _answer(incident: Incident, told: HandledIncident, desk: Desk) -> None:
    if told.first_answer_at is None:
        return
    minutes = desk.calendar.working_minutes_between(
        told.created_at, told.first_answer_at
    )
    incident.answered_at = told.first_answer_at
    incident.answer_minutes = max(minutes, 0)
    incident.answered_in_time = told.first_answer_at <= incident.deadline_at


def _finish(incident: Incident, told: HandledIncident) -> None:
    incident.status = stages(told)[-1].status
    incident.closed_at = told.closed_at
    incident.outcome = word(told.outcome, OUTCOMES)
    incident.closing_reason = word(told.closing_reason, CLOSING_REASONS)


def _close(
    uow: UnitOfWork, incident: Incident, told: HandledIncident, desk: Desk
) -> bool:
    """Bring an open incident to its end as the newer export tells it."""
    if incident.status == Status.CLOSED or told.closed_at is None:
        return False
    if incident.answered_at is None:
        _answer(incident, told, desk)
    _finish(incident, told)
    incident.version += 1
    parts.add_history(uow, incident, stages(told)[-1:])
    return True


async def _link_posts(
    uow: UnitOfWork, new: Sequence[HandledIncident], added: Sequence[Incident]
) -> tuple[Mapping[UUID, Incident], Mapping[UUID, Candidate]]:
    """Put posts into their incidents, unless they are in one already.

    Returns the incidents and the candidates this has decided, by post.
    """
    ids = [one.post_id for one in new]
    # Candidates are locked before posts everywhere, so that nobody waits in a ring.
    waiting = await candidates.lock_by_posts(uow.session, uow.region_id, ids)
    taken = await cases.lock_posts(uow.session, uow.region_id, ids)
    elsewhere = {post.post_id for post in taken}
    linked: dict[UUID, Incident] = {}
    for one, incident in zip(new, added, strict=True):
        if one.post_id not in elsewhere and one.post_id not in linked:
            linked[one.post_id] = incident
            incident.post_count = 1
            uow.session.add(parts.post(uow, incident, one))
    settled: dict[UUID, Candidate] = {}
    for candidate in waiting:
        if candidate.status != DECIDED and candidate.post_id in linked:
            _settle(uow, candidate, linked[candidate.post_id])
            settled[candidate.post_id] = candidate
    return linked, settled


def _complaints(
    new: Sequence[HandledIncident],
    linked: Mapping[UUID, Incident],
    settled: Mapping[UUID, Candidate],
) -> list[CandidateFact]:
    """Count the posts as complaints of the day their incident was created there.

    A post that never was a candidate here counts under its own id.
    """
    return [
        CandidateFact(
            candidate_id=candidate.id if candidate else one.post_id,
            version=candidate.version if candidate else 1,
            decision=Decision.OPEN,
            tone=None,
            network=one.network,
            topic=incident.topic,
            municipality=incident.municipality,
            authority=incident.authority,
            incident_id=incident.id,
            published_at=one.published_at,
            received_at=one.created_at,
            decided_at=one.created_at,
        )
        for one in new
        if (incident := linked.get(one.post_id))
        and incident.imported_number == one.number
        for candidate in [settled.get(one.post_id)]
    ]


def _settle(uow: UnitOfWork, candidate: Candidate, incident: Incident) -> None:
    """What was handled elsewhere needs no decision here."""
    candidate.status, candidate.decision = DECIDED, Decision.OPEN
    candidate.incident_id = incident.id
    candidate.decided_at, candidate.decided_by_name = uow.now, uow.principal.name
    candidate.version += 1


def _standing(post_id: UUID, incident: Incident) -> tell.Standing:
    return tell.Standing(
        post_id, incident.status, incident.topic, incident.municipality, incident
    )
