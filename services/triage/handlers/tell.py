"""What triage tells the other services: labels to ingest, facts to reports."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.triage.domain.desk import Desk
from services.triage.store import cases
from shared.contracts import (
    BATCH,
    CandidateFact,
    CandidatesDecided,
    IncidentFact,
    IncidentsChanged,
    PostLabel,
    PostsLabelled,
)
from shared.models.triage import Candidate, Incident
from shared.uow import UnitOfWork

CANDIDATE = "candidate"
TAKEN_IN = "taken_in"
UNDECIDED = "undecided"


@dataclass(frozen=True)
class Standing:
    """How one post stands."""

    post_id: UUID
    status: str
    topic: str | None = None
    municipality: str | None = None
    incident: Incident | None = None


async def posts(uow: UnitOfWork, desk: Desk, standings: Sequence[Standing]) -> None:
    """Label posts; of two labels of a post the one written later has more version.

    Called while the rows that decide about the posts are locked.
    """
    if not standings:
        return
    version = await cases.next_label_version(uow.session)
    labels = [_label(standing, desk, version) for standing in standings]
    for start in range(0, len(labels), BATCH):
        part = tuple(labels[start : start + BATCH])
        uow.send(PostsLabelled(region_id=uow.region_id, labels=part))


def _label(standing: Standing, desk: Desk, version: int) -> PostLabel:
    incident = standing.incident
    return PostLabel(
        post_id=standing.post_id,
        version=version,
        status=standing.status,
        topic=standing.topic,
        topic_name=desk.topic_name(standing.topic),
        municipality=standing.municipality,
        municipality_name=desk.municipality_name(standing.municipality),
        incident_id=incident.id if incident else None,
        incident_number=incident.number if incident else None,
    )


async def incident_posts(
    uow: UnitOfWork, desk: Desk, incident: Incident, post_ids: Iterable[UUID]
) -> None:
    """Label the posts of an incident with its status, topic and place."""
    standings = [
        Standing(
            post_id, incident.status, incident.topic, incident.municipality, incident
        )
        for post_id in post_ids
    ]
    await posts(uow, desk, standings)


def incidents(uow: UnitOfWork, desk: Desk, changed: Sequence[Incident]) -> None:
    """Send the whole state of changed incidents to reports."""
    facts = [_fact(incident, desk) for incident in changed]
    for start in range(0, len(facts), BATCH):
        part = tuple(facts[start : start + BATCH])
        uow.send(IncidentsChanged(region_id=uow.region_id, incidents=part))


def _fact(incident: Incident, desk: Desk) -> IncidentFact:
    topic = desk.topics.get(incident.topic or "")
    return IncidentFact(
        incident_id=incident.id,
        version=incident.version,
        number=incident.number,
        status=incident.status,
        topic=incident.topic,
        topic_name=topic.name if topic else None,
        topic_group=topic.group_name if topic else None,
        municipality=incident.municipality,
        municipality_name=desk.municipality_name(incident.municipality),
        authority=incident.authority,
        authority_name=desk.authorities.get(incident.authority or ""),
        posts=incident.post_count,
        received_at=incident.received_at,
        opened_at=incident.opened_at,
        deadline_at=incident.deadline_at,
        answered_at=incident.answered_at,
        answer_minutes=incident.answer_minutes,
        answered_in_time=incident.answered_in_time,
        closed_at=incident.closed_at,
        outcome=incident.outcome,
        closing_reason=incident.closing_reason,
        promised_on=incident.promised_on,
        imported=incident.imported_number is not None,
    )


def decided(
    uow: UnitOfWork, candidates: Sequence[Candidate], incident: Incident | None
) -> None:
    """Send decided candidates to reports, with the codes that were decided."""
    complaints(
        uow,
        [_decision(one, incident, one.decided_at or uow.now) for one in candidates],
    )


def undecided(uow: UnitOfWork, candidates: Sequence[Candidate]) -> None:
    """Tell reports that decisions were taken back: the posts count for nothing yet."""
    facts = [_decision(one, None, uow.now) for one in candidates]
    complaints(uow, [fact.model_copy(update={"decision": UNDECIDED}) for fact in facts])


def complaints(uow: UnitOfWork, facts: Sequence[CandidateFact]) -> None:
    """Send what was decided about posts, here or in another system, to reports."""
    for start in range(0, len(facts), BATCH):
        part = tuple(facts[start : start + BATCH])
        uow.send(CandidatesDecided(region_id=uow.region_id, candidates=part))


def _decision(
    candidate: Candidate, incident: Incident | None, decided_at: datetime
) -> CandidateFact:
    return CandidateFact(
        candidate_id=candidate.id,
        version=candidate.version,
        decision=candidate.decision or "",
        tone=candidate.tone,
        network=candidate.network,
        topic=candidate.topic,
        municipality=candidate.municipality,
        authority=incident.authority if incident else None,
        incident_id=candidate.incident_id,
        published_at=candidate.published_at,
        received_at=candidate.received_at,
        decided_at=decided_at,
    )
