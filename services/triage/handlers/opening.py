"""Opening an incident and joining posts to it: one clock for all its posts."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from services.triage.domain.desk import URGENCIES, Desk
from services.triage.domain.similar import telling_words
from services.triage.domain.states import Action, Status
from services.triage.domain.urgency import Urgency
from services.triage.handlers.history import note
from services.triage.handlers.sight import locked_incident
from services.triage.store import incidents
from shared.errors import Conflict
from shared.models.triage import Candidate, Incident, IncidentPost
from shared.uow import UnitOfWork

OPEN, JOIN = "open", "join"
SOLVABLE = "solvable"


@dataclass(frozen=True, kw_only=True)
class Case:
    """What an incident is opened with; without candidates it is opened by hand."""

    title: str
    topic: str | None
    municipality: str | None
    authority: str | None
    candidates: Sequence[Candidate] = ()


async def open_incident(uow: UnitOfWork, desk: Desk, case: Case) -> Incident:
    """Open an incident, with the authority assigned when there is one.

    Its clock started when the first of its posts was taken in.
    """
    (number,) = await incidents.take_numbers(uow.session, uow.region_id, 1)
    received_at = min((one.received_at for one in case.candidates), default=uow.now)
    urgency = _urgency(desk, case)
    incident = Incident(
        region_id=uow.region_id,
        number=number,
        title=case.title,
        status=Status.NEW,
        kind=SOLVABLE,
        urgency=URGENCIES.index(urgency),
        topic=case.topic,
        municipality=case.municipality,
        words=sorted(_words(case)),
        post_count=len(case.candidates),
        received_at=received_at,
        opened_at=uow.now,
        opened_by=uow.principal.id,
        opened_by_name=uow.principal.name,
        deadline_at=desk.deadline(received_at, urgency),
    )
    uow.session.add(incident)
    await uow.session.flush()
    uow.session.add_all(_post(uow, incident, one) for one in case.candidates)
    note(uow, incident, OPEN, topic=case.topic, municipality=case.municipality)
    if case.authority:
        assign(uow, incident, desk, case.authority)
    return incident


def _urgency(desk: Desk, case: Case) -> Urgency:
    found = [URGENCIES[candidate.urgency] for candidate in case.candidates]
    if Urgency.HIGH in found:
        return Urgency.HIGH
    return desk.urgency(case.topic, Urgency.NORMAL)


def _words(case: Case) -> frozenset[str]:
    """The words an incident is found and compared by: of its title and first post."""
    texts = [case.title, *(candidate.text for candidate in case.candidates[:1])]
    return telling_words("\n".join(texts))


def assign(uow: UnitOfWork, incident: Incident, desk: Desk, authority: str) -> None:
    """Give an incident that was just opened to an authority."""
    incident.authority = authority
    incident.status = Status.ASSIGNED
    name = desk.authorities[authority]
    note(uow, incident, Action.ASSIGN, shown=name, authority=authority)


async def join(
    uow: UnitOfWork, desk: Desk, candidate: Candidate, incident_id: UUID
) -> Incident:
    """Add a post to an open incident; while it waits, the earliest post counts."""
    incident = await locked_incident(uow, incident_id)
    if incident.status == Status.WITHDRAWN:
        raise Conflict(f"Incident {incident.number} was withdrawn; no post joins it.")
    if incident.status == Status.CLOSED:
        raise Conflict(
            f"Incident {incident.number} is closed; reopen it to join a post."
        )
    uow.session.add(_post(uow, incident, candidate))
    take_over(incident, candidate, desk, 1)
    note(uow, incident, JOIN, shown=candidate.source_name, post=str(candidate.post_id))
    return incident


def take_over(
    incident: Incident, added: Candidate | Incident, desk: Desk, posts: int
) -> None:
    """Count posts in; while the incident waits, the earliest and most urgent rules."""
    incident.post_count += posts
    incident.version += 1
    if incident.answered_at is None:
        incident.received_at = min(incident.received_at, added.received_at)
        incident.urgency = min(incident.urgency, added.urgency)
        urgency = URGENCIES[incident.urgency]
        incident.deadline_at = desk.deadline(incident.received_at, urgency)


def _post(uow: UnitOfWork, incident: Incident, candidate: Candidate) -> IncidentPost:
    return IncidentPost(
        region_id=uow.region_id,
        post_id=candidate.post_id,
        incident_id=incident.id,
        revision=candidate.revision,
        network=candidate.network,
        kind=candidate.kind,
        source_name=candidate.source_name,
        url=candidate.url,
        post_key=candidate.post_key,
        parent_key=candidate.parent_key,
        text=candidate.text,
        matches=candidate.matches,
        published_at=candidate.published_at,
        received_at=candidate.received_at,
        joined_at=uow.now,
    )
