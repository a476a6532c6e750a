"""What may be done with an incident now, and how it stands afterwards."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Final
from uuid import UUID

from services.triage.domain.fields import NOTHING, Details, fault_of
from services.triage.domain.posting import PostingState
from services.triage.domain.refusals import (
    Fault,
    FieldsMissing,
    NamedPersonRequired,
    NotAllowedNow,
    OwnText,
    Refusal,
    RoleMissing,
)
from services.triage.domain.states import (
    TRANSITIONS,
    Action,
    Field,
    Status,
    may_ever,
    needs_named_person,
)
from shared.identity.principal import Kind, Principal, Role


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentState:
    """What the rules need to know of an incident.

    `text_version` counts the versions of the reply of this round (0: no text yet),
    `approved_version` is the one that was approved; a later version has no approval.
    `posting` is how the last attempt to publish it stands; `was_answered` that
    something of this incident is public, here or where it was imported from.
    """

    status: Status
    authority: str | None = None
    text_version: int = 0
    text_author: UUID | None = None
    approved_version: int | None = None
    posting: PostingState | None = None
    was_answered: bool = False

    @property
    def is_text_approved(self) -> bool:
        return bool(self.text_version) and self.approved_version == self.text_version


@dataclass(frozen=True, slots=True)
class Policy:
    """A region's choices.

    Without `four_eyes` an author may approve the own text: a desk of one person
    could not answer at all otherwise.
    """

    four_eyes: bool = True


DEFAULT_POLICY: Final = Policy()
_OF_APPROVED_TEXT: Final = frozenset({Action.PUBLISH, Action.PUBLISH_BY_HAND})
_OF_POSTING: Final = {
    Action.FOUND: frozenset({PostingState.UNKNOWN}),
    Action.SEND_AGAIN: frozenset({PostingState.UNKNOWN}),
    Action.TAKE_BACK: frozenset(
        {PostingState.DRAFT, PostingState.APPROVED, PostingState.UNKNOWN}
    ),
}
"""What a person may decide, by how the attempt to publish stands."""


def advance(
    state: IncidentState,
    action: Action,
    principal: Principal,
    details: Details = NOTHING,
    *,
    today: date,
    policy: Policy = DEFAULT_POLICY,
) -> IncidentState | Refusal:
    """Do an action on an incident, or say why it is not done.

    Checked in this order: the caller has a role that may do it (an executor: on
    incidents of the own authority); a named person, where one is needed; the status
    allows it, and only approved, unchanged text is published; another person than
    the author approves; everything needed was told.
    """
    refusal = _refusal(state, action, principal, policy)
    if isinstance(refusal, NotAllowedNow):
        return NotAllowedNow(allowed(state, principal, policy))
    if refusal:
        return refusal
    faults = _faults(state, action, details, today)
    if faults:
        return FieldsMissing(faults)
    return _next(state, action, principal, details)


def allowed(
    state: IncidentState, principal: Principal, policy: Policy = DEFAULT_POLICY
) -> tuple[Action, ...]:
    """Actions the principal may do now, in the order of the table."""
    return tuple(
        action
        for status, action in TRANSITIONS
        if status is state.status and not _refusal(state, action, principal, policy)
    )


def _refusal(
    state: IncidentState, action: Action, principal: Principal, policy: Policy
) -> Refusal | None:
    if not _has_role(state, action, principal):
        return RoleMissing(may_ever(action))
    if needs_named_person(action) and not principal.named_person:
        return NamedPersonRequired()
    if (state.status, action) not in TRANSITIONS or _is_untimely(state, action):
        return NotAllowedNow(())
    if action is Action.APPROVE and policy.four_eyes and _is_author(state, principal):
        return OwnText()
    return None


def _has_role(state: IncidentState, action: Action, principal: Principal) -> bool:
    roles = may_ever(action)
    if not roles:
        return principal.kind is Kind.SYSTEM
    held = roles & principal.roles
    if held == {Role.EXECUTOR}:
        return state.authority is not None and principal.authority == state.authority
    return bool(held)


def _is_untimely(state: IncidentState, action: Action) -> bool:
    """Say whether something beside the status forbids the action now."""
    if action in _OF_POSTING:
        return state.posting not in _OF_POSTING[action]
    if action is Action.WITHDRAW:
        return state.was_answered
    return action in _OF_APPROVED_TEXT and not state.is_text_approved


def _is_author(state: IncidentState, principal: Principal) -> bool:
    return principal.id is not None and principal.id == state.text_author


def _faults(
    state: IncidentState, action: Action, details: Details, today: date
) -> tuple[tuple[str, Fault], ...]:
    spared = _spared(state, action, details)
    return tuple(
        (field, fault)
        for field in TRANSITIONS[state.status, action].requires
        if field is not spared and (fault := fault_of(field, details, today))
    )


def _spared(state: IncidentState, action: Action, details: Details) -> Field | None:
    """Name what need not be told: a draft that is there, a look at what never went."""
    if action is Action.SUBMIT and state.text_version and details.text is None:
        return Field.TEXT
    is_known = state.posting is not PostingState.UNKNOWN
    return Field.LOOKED if action is Action.TAKE_BACK and is_known else None


def _next(
    state: IncidentState, action: Action, principal: Principal, details: Details
) -> IncidentState:
    after = replace(state, status=TRANSITIONS[state.status, action].to)
    match action:
        case Action.ASSIGN:
            return replace(after, authority=details.authority)
        case Action.DRAFT | Action.SUBMIT if details.text is not None:
            return _with_text(after, principal)
        case Action.RETURN | Action.MARK_STALE:
            return replace(after, approved_version=None)
        case Action.APPROVE:
            return replace(after, approved_version=state.text_version)
        case Action.PUBLISH_BY_HAND | Action.MARK_PUBLISHED | Action.FOUND:
            return _with_new_round(after)
        case _:
            return after


def _with_text(state: IncidentState, principal: Principal) -> IncidentState:
    """Count a new version of the reply; no approval outlives a change of text."""
    return replace(
        state,
        text_version=state.text_version + 1,
        text_author=principal.id,
        approved_version=None,
    )


def _with_new_round(state: IncidentState) -> IncidentState:
    """What was published is done with; a further answer starts from nothing."""
    return replace(
        state,
        text_version=0,
        text_author=None,
        approved_version=None,
        was_answered=True,
    )
