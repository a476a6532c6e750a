"""make_…(): facts as triage sends them, and messages that carry them."""

from datetime import timedelta
from uuid import UUID

from shared.contracts import (
    CandidateFact,
    CandidatesDecided,
    IncidentFact,
    IncidentsChanged,
)
from shared.delivery import Courier
from shared.ids import new_id
from shared.mailbox import Message
from tests.factories import NOW

DEADLINE = NOW + timedelta(hours=3)


def make_incident(**changes: object) -> IncidentFact:
    """An incident opened at NOW, not answered yet, due three hours later."""
    known: dict[str, object] = {
        "incident_id": new_id(),
        "version": 1,
        "number": 1,
        "status": "assigned",
        "topic": "hot-water",
        "topic_name": "Горячая вода",
        "topic_group": "ЖКХ",
        "municipality": "severny",
        "municipality_name": "Северный район",
        "authority": "water",
        "authority_name": "Водоканал",
        "posts": 1,
        "received_at": NOW,
        "opened_at": NOW,
        "deadline_at": DEADLINE,
        "answered_at": None,
        "answer_minutes": None,
        "answered_in_time": None,
        "closed_at": None,
        "outcome": None,
        "closing_reason": None,
        "promised_on": None,
    }
    return IncidentFact.model_validate(known | changes)


def make_answered(minutes: int = 60, **changes: object) -> IncidentFact:
    """An incident answered in time at NOW."""
    known: dict[str, object] = {
        "answered_at": NOW,
        "answer_minutes": minutes,
        "answered_in_time": True,
        "status": "published",
    }
    return make_incident(**(known | changes))


def make_candidate(**changes: object) -> CandidateFact:
    """A post taken in at NOW that opened an incident nobody has told about yet."""
    known: dict[str, object] = {
        "candidate_id": new_id(),
        "version": 1,
        "decision": "open",
        "tone": "complaint",
        "network": "vk",
        "topic": "hot-water",
        "municipality": "severny",
        "authority": "water",
        "incident_id": new_id(),
        "published_at": NOW,
        "received_at": NOW,
        "decided_at": NOW,
    }
    return CandidateFact.model_validate(known | changes)


async def take(
    courier: Courier,
    region: int | None,
    *facts: IncidentFact | CandidateFact,
    message_id: UUID | None = None,
) -> None:
    """Deliver facts in one message of each kind, as the worker does."""
    incidents = tuple(fact for fact in facts if isinstance(fact, IncidentFact))
    candidates = tuple(fact for fact in facts if isinstance(fact, CandidateFact))
    for contract in (
        IncidentsChanged(region_id=region or 0, incidents=incidents),
        CandidatesDecided(region_id=region or 0, candidates=candidates),
    ):
        message = Message(message_id or new_id(), "triage", contract)
        assert await courier.deliver(message.packed(), tries=1)
