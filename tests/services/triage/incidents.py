"""Incidents and people for tests of the rules, made whole by a word."""

from datetime import date
from uuid import UUID

from services.triage.domain.fields import ClosingReason, Details, Mistake, Outcome
from services.triage.domain.incident import IncidentState, advance
from services.triage.domain.posting import PostingState
from services.triage.domain.refusals import NotAllowedNow, RoleMissing
from services.triage.domain.states import Action, Status
from shared.identity.principal import Kind, Principal, Role

TODAY = date(2026, 3, 2)
AUTHOR, OTHER = UUID(int=1), UUID(int=2)

ENOUGH = Details(
    authority="roads",
    text="Яму засыпали.",
    remark="Назовите срок.",
    link="https://page.example/1",
    outcome=Outcome.SOLVED,
    closing_reason=ClosingReason.DONE,
    proof="Акт 12",
    reason="Яма снова здесь.",
    looked=True,
    mistake=Mistake.NOT_A_COMPLAINT,
)


def person(*roles: Role, uid: UUID = OTHER, authority: str = "roads") -> Principal:
    return Principal(
        kind=Kind.PERSON,
        id=uid,
        name="Вера",
        region_id=1,
        region_code="demo",
        roles=frozenset(roles),
        authority=authority,
        named_person=True,
    )


def incident(status: Status, *, approved: bool = True) -> IncidentState:
    return IncidentState(
        status=status,
        authority="roads",
        text_version=3,
        text_author=AUTHOR,
        approved_version=3 if approved else None,
        posting=PostingState.UNKNOWN if status is Status.PUBLISHING else None,
    )


def outcome(
    state: IncidentState, action: Action, principal: Principal, details: Details
) -> str:
    match advance(state, action, principal, details, today=TODAY):
        case IncidentState(status=status):
            return status
        case NotAllowedNow():
            return "409"
        case RoleMissing():
            return "403"
        case refusal:
            return str(refusal)
