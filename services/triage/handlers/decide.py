"""The moderator's decision about a candidate, and what follows from it."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from services.triage.domain.decision import (
    CandidateStatus,
    Decided,
    Decision,
    Proposed,
    Tone,
    decide,
    title_of,
)
from services.triage.domain.desk import Desk
from services.triage.domain.refusals import NotAllowedNow, as_error
from services.triage.handlers import tell
from services.triage.handlers.opening import Case, join, open_incident
from services.triage.handlers.sight import check_version
from services.triage.store import candidates
from services.triage.store import desk as desks
from shared.errors import Conflict, FieldProblem, Invalid, NotFound
from shared.models.triage import Candidate, Incident
from shared.uow import UnitOfWork

UNTITLED = "…"
"""The title of an incident whose post has no words and got no title."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What a moderator asked for; what is missing comes from the suggestions."""

    decided: Decided
    title: str | None = None
    note: str | None = None


async def decide_candidate(
    uow: UnitOfWork, candidate_id: UUID, asked: Asked, if_match: frozenset[str] | None
) -> tuple[Candidate, Incident | None, Desk]:
    """Record a decision once: whoever comes second learns who was first."""
    candidate = await candidates.lock(uow.session, uow.region_id, candidate_id)
    if candidate is None:
        raise NotFound("candidate", candidate_id)
    desk = await desks.desk(uow.session, uow.region_id)
    taken = await _taken(uow, candidate, asked.decided, desk)
    check_version(if_match, candidate.version)
    check_codes(desk, taken)
    incident = await _incident(uow, desk, candidate, taken, asked)
    record(uow, candidate, taken, incident, asked.note)
    await tell_decided(uow, desk, [candidate], incident)
    return candidate, incident, desk


async def _taken(
    uow: UnitOfWork, candidate: Candidate, asked: Decided, desk: Desk
) -> Decided:
    """Complete the decision by the rules, or raise why it cannot be taken."""
    is_new = candidate.status == CandidateStatus.NEW
    status = CandidateStatus.NEW if is_new else CandidateStatus.DECIDED
    proposed = Proposed(candidate.topic, candidate.municipality)
    routing = await desks.routing(uow.session, uow.region_id, desk)
    taken = decide(status, asked, uow.principal, proposed, routing)
    if isinstance(taken, Decided):
        return taken
    if isinstance(taken, NotAllowedNow):
        raise Conflict(why_decided(candidate))
    raise as_error(taken)


def why_decided(candidate: Candidate) -> str:
    """Say who took the decision, or that there is nothing left to decide."""
    if candidate.status != CandidateStatus.DECIDED:
        return "The post was deleted by its author; there is nothing to decide."
    return (
        f"{candidate.decided_by_name} has decided this candidate already: "
        f"{candidate.decision}."
    )


def check_codes(desk: Desk, taken: Decided) -> None:
    """Refuse codes this region does not have, all of them at once."""
    known = (
        ("topic", taken.topic, desk.topics),
        ("municipality", taken.municipality, desk.municipalities),
        ("authority", taken.authority, desk.authorities),
    )
    problems = [
        FieldProblem(field, f"there is no {field} {code!r} in this region")
        for field, code, codes in known
        if code is not None and code not in codes
    ]
    if problems:
        raise Invalid("The decision names unknown codes.", *problems)


async def _incident(
    uow: UnitOfWork, desk: Desk, candidate: Candidate, taken: Decided, asked: Asked
) -> Incident | None:
    match taken.decision:
        case Decision.OPEN:
            case = Case(
                title=asked.title or title_of(candidate.text) or UNTITLED,
                topic=taken.topic,
                municipality=taken.municipality,
                authority=taken.authority,
                candidates=[candidate],
            )
            return await open_incident(uow, desk, case)
        case Decision.JOIN if taken.incident_id:
            return await join(uow, desk, candidate, taken.incident_id)
        case _:
            return None


def record(
    uow: UnitOfWork,
    candidate: Candidate,
    taken: Decided,
    incident: Incident | None,
    note: str | None = None,
) -> None:
    """Write a decision down with the person who took it."""
    candidate.status = CandidateStatus.DECIDED
    candidate.decision = taken.decision
    candidate.topic = incident.topic if incident else taken.topic
    candidate.municipality = incident.municipality if incident else taken.municipality
    candidate.authority = incident.authority if incident else None
    candidate.tone = taken.tone or (Tone.COMPLAINT if incident else None)
    candidate.note = note
    candidate.incident_id = incident.id if incident else None
    candidate.decided_at = uow.now
    candidate.decided_by = uow.principal.id
    candidate.decided_by_name = uow.principal.name
    candidate.version += 1
    uow.audit(
        "candidate.decided",
        "candidate",
        candidate.id,
        decision=str(taken.decision),
        topic=taken.topic,
        municipality=taken.municipality,
        tone=candidate.tone,
        incident=incident.number if incident else None,
    )


async def tell_decided(
    uow: UnitOfWork,
    desk: Desk,
    decided: Sequence[Candidate],
    incident: Incident | None,
) -> None:
    """Let the other services know what became of candidates."""
    tell.decided(uow, decided, incident)
    if incident is not None:
        tell.incidents(uow, desk, [incident])
        ids = [candidate.post_id for candidate in decided]
        await tell.incident_posts(uow, desk, incident, ids)
        return
    standings = [
        tell.Standing(
            one.post_id,
            one.decision or "",
            one.topic,
            one.municipality,
            tone=one.tone,
        )
        for one in decided
    ]
    await tell.posts(uow, desk, standings)
