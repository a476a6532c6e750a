"""One action being done on one incident: what its parts need to know."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from services.triage.domain.desk import Desk
from services.triage.domain.fields import NOTHING, Details, Kind
from services.triage.domain.incident import IncidentState, allowed
from services.triage.domain.posting import PostingState
from services.triage.domain.states import Action, Status
from services.triage.handlers.replies import current
from services.triage.handlers.ways import ANY, Wish
from services.triage.publishers import Publishers
from shared.identity.principal import Principal
from shared.models.posting import Posting
from shared.models.triage import Incident, Reply
from shared.uow import UnitOfWork

NAMES: Final = {
    Action.PUBLISH_BY_HAND: "mark_published",
    Action.MARK_PUBLISHED: "published",
    Action.MARK_FAILED: "publish_failed",
    Action.MARK_STALE: "publish_stale",
}
"""What the API and the history call actions that have another name there."""


def name_of(action: Action) -> str:
    """Name an action as the API and the history do."""
    return NAMES.get(action, str(action))


@dataclass(frozen=True, kw_only=True)
class Step:
    """What a caller asks to do, with everything told along with it."""

    action: Action
    details: Details = NOTHING
    executor: UUID | None = None
    kind: Kind | None = None
    wish: Wish = ANY


@dataclass
class Turn:
    """An incident, locked, with its replies; `after` is how it is to stand.

    `posting` is the last attempt to publish the reply being worked on.
    """

    uow: UnitOfWork
    incident: Incident
    desk: Desk
    replies: Sequence[Reply]
    step: Step
    publishers: Publishers
    posting: Posting | None
    after: IncidentState = field(init=False)

    @property
    def details(self) -> Details:
        """What was told along with the action."""
        return self.step.details

    @property
    def reply(self) -> Reply:
        """The reply being worked on; the rules have made sure there is one."""
        reply = current(self.replies)
        if reply is None:
            raise AssertionError(f"no reply to {self.step.action}")
        return reply


def state_of(
    incident: Incident, replies: Sequence[Reply], posting: Posting | None = None
) -> IncidentState:
    """Say an incident as the rules see it."""
    reply = current(replies)
    is_public = incident.answered_at is not None
    return IncidentState(
        status=Status(incident.status),
        authority=incident.authority,
        text_version=reply.text_version if reply else 0,
        text_author=reply.text_author if reply else None,
        approved_version=reply.approved_version if reply else None,
        posting=PostingState(posting.state) if posting else None,
        was_answered=is_public or incident.imported_number is not None,
    )


def allowed_names(
    state: IncidentState, principal: Principal, desk: Desk, *, has_target: bool
) -> list[str]:
    """Name what the principal may do now, as the API calls it."""
    actions = allowed(state, principal, desk.policy)
    return [
        name_of(action)
        for action in actions
        if has_target or action is not Action.PUBLISH
    ]
