"""The life of an incident as one table: what may be done when, by whom, with what."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from shared.identity.principal import Role


class Status(StrEnum):
    NEW = "new"
    ASSIGNED = "assigned"
    DRAFTING = "drafting"
    AWAITING_APPROVAL = "awaiting_approval"
    RETURNED = "returned"
    APPROVED = "approved"
    PUBLISHING = "publishing"
    PUBLISHED = "published"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


class Action(StrEnum):
    ASSIGN = "assign"
    DRAFT = "draft"
    SUBMIT = "submit"
    RETURN = "return"
    APPROVE = "approve"
    PUBLISH = "publish"
    PUBLISH_BY_HAND = "publish_by_hand"
    MARK_PUBLISHED = "mark_published"
    MARK_FAILED = "mark_failed"
    MARK_STALE = "mark_stale"
    FOUND = "found"
    SEND_AGAIN = "send_again"
    TAKE_BACK = "take_back"
    CLOSE = "close"
    REOPEN = "reopen"
    WITHDRAW = "withdraw"


class Holder(StrEnum):
    """Who has to act, and therefore whose time runs."""

    DESK = "desk"
    AUTHORITY = "authority"
    APPROVER = "approver"


class Field(StrEnum):
    """What an action may need to be told; the value is the API's field name."""

    AUTHORITY = "authority"
    TEXT = "text"
    REMARK = "remark"
    LINK = "link"
    OUTCOME = "outcome"
    CLOSING_REASON = "closing_reason"
    PROMISED_ON = "promised_on"
    PROOF = "proof"
    REASON = "reason"
    LOOKED = "looked"
    MISTAKE = "mistake"
    INCIDENT = "incident_id"


HOLDERS: Final[dict[Status, Holder | None]] = {
    Status.NEW: Holder.DESK,
    Status.ASSIGNED: Holder.AUTHORITY,
    Status.DRAFTING: Holder.AUTHORITY,
    Status.AWAITING_APPROVAL: Holder.APPROVER,
    Status.RETURNED: Holder.AUTHORITY,
    Status.APPROVED: Holder.DESK,
    Status.PUBLISHING: Holder.DESK,
    Status.PUBLISHED: Holder.DESK,
    Status.CLOSED: None,
    Status.WITHDRAWN: None,
}

OVER: Final = frozenset({Status.CLOSED, Status.WITHDRAWN})
"""Nobody has to act any more, and no post joins."""


@dataclass(frozen=True, slots=True)
class Transition:
    """Where an action leads, who may do it and what it has to be told.

    Without roles only Otklik itself may do it. A requirement may depend on the rest:
    a promised date is asked for when the outcome is "postponed" (`fields.fault_of`).
    """

    to: Status
    roles: frozenset[Role] = frozenset()
    requires: tuple[Field, ...] = ()
    needs_named_person: bool = False

    @property
    def holder(self) -> Holder | None:
        return HOLDERS[self.to]


_DESK = frozenset({Role.ADMIN, Role.MODERATOR})
_WRITERS = _DESK | {Role.EXECUTOR}
_APPROVERS = frozenset({Role.ADMIN, Role.APPROVER})
_PUBLISHERS = _WRITERS | {Role.APPROVER}
_SETTLERS = _DESK | {Role.APPROVER}

_WHAT: Final[dict[Action, Transition]] = {
    Action.ASSIGN: Transition(Status.ASSIGNED, _DESK, (Field.AUTHORITY,)),
    Action.DRAFT: Transition(Status.DRAFTING, _WRITERS, (Field.TEXT,)),
    Action.SUBMIT: Transition(Status.AWAITING_APPROVAL, _WRITERS, (Field.TEXT,)),
    Action.RETURN: Transition(
        Status.RETURNED, _APPROVERS, (Field.REMARK,), needs_named_person=True
    ),
    Action.APPROVE: Transition(Status.APPROVED, _APPROVERS, needs_named_person=True),
    Action.PUBLISH: Transition(Status.PUBLISHING, _PUBLISHERS),
    Action.PUBLISH_BY_HAND: Transition(Status.PUBLISHED, _PUBLISHERS, (Field.LINK,)),
    Action.MARK_PUBLISHED: Transition(Status.PUBLISHED),
    Action.MARK_FAILED: Transition(Status.APPROVED),
    Action.MARK_STALE: Transition(Status.AWAITING_APPROVAL),
    Action.FOUND: Transition(
        Status.PUBLISHED, _SETTLERS, (Field.LINK,), needs_named_person=True
    ),
    Action.SEND_AGAIN: Transition(
        Status.PUBLISHING, _SETTLERS, (Field.LOOKED,), needs_named_person=True
    ),
    Action.TAKE_BACK: Transition(
        Status.APPROVED, _SETTLERS, (Field.LOOKED,), needs_named_person=True
    ),
    Action.CLOSE: Transition(
        Status.CLOSED,
        _DESK,
        (Field.OUTCOME, Field.CLOSING_REASON, Field.PROMISED_ON, Field.PROOF),
    ),
    Action.REOPEN: Transition(Status.ASSIGNED, _DESK, (Field.REASON,)),
    Action.WITHDRAW: Transition(
        Status.WITHDRAWN,
        _DESK,
        (Field.MISTAKE, Field.REASON, Field.INCIDENT),
        needs_named_person=True,
    ),
}

# What was opened by mistake is withdrawn before anything is published, never after.
# Drafting again while the text waits or is approved takes it back: the approval
# falls. After publication it opens the next round of answers.
_WHEN: Final[dict[Status, tuple[Action, ...]]] = {
    Status.NEW: (Action.ASSIGN, Action.WITHDRAW),
    Status.ASSIGNED: (
        Action.ASSIGN,
        Action.DRAFT,
        Action.SUBMIT,
        Action.WITHDRAW,
    ),
    Status.DRAFTING: (
        Action.ASSIGN,
        Action.DRAFT,
        Action.SUBMIT,
        Action.WITHDRAW,
    ),
    Status.AWAITING_APPROVAL: (
        Action.DRAFT,
        Action.RETURN,
        Action.APPROVE,
        Action.WITHDRAW,
    ),
    Status.RETURNED: (
        Action.ASSIGN,
        Action.DRAFT,
        Action.SUBMIT,
        Action.WITHDRAW,
    ),
    Status.APPROVED: (
        Action.DRAFT,
        Action.RETURN,
        Action.PUBLISH,
        Action.PUBLISH_BY_HAND,
        Action.WITHDRAW,
    ),
    Status.PUBLISHING: (
        Action.MARK_PUBLISHED,
        Action.MARK_FAILED,
        Action.MARK_STALE,
        Action.FOUND,
        Action.SEND_AGAIN,
        Action.TAKE_BACK,
    ),
    Status.PUBLISHED: (Action.DRAFT, Action.CLOSE),
    Status.CLOSED: (Action.REOPEN,),
    Status.WITHDRAWN: (),
}

TRANSITIONS: Final[dict[tuple[Status, Action], Transition]] = {
    (status, action): _WHAT[action]
    for status, actions in _WHEN.items()
    for action in actions
}


def may_ever(action: Action) -> frozenset[Role]:
    """Roles that may do the action in some status; none for Otklik's own steps."""
    return _WHAT[action].roles


def needs_named_person(action: Action) -> bool:
    """Say whether only a person, not a program, may ever do the action."""
    return _WHAT[action].needs_named_person
