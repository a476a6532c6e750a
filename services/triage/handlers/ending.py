"""What the end of a publication means for the incident; used by people and worker."""

from datetime import datetime
from uuid import UUID

from services.triage.domain.desk import Desk
from services.triage.domain.incident import IncidentState, advance
from services.triage.domain.posting import POSTING_TRANSITIONS, Event, PostingState
from services.triage.domain.refusals import as_error
from services.triage.domain.states import Action
from services.triage.handlers import tell
from services.triage.handlers.history import note
from services.triage.handlers.turn import name_of, state_of
from services.triage.store import cases
from shared.models.posting import Posting
from shared.models.triage import Incident, Reply
from shared.queue import Argument
from shared.uow import UnitOfWork


def public(
    uow: UnitOfWork, incident: Incident, reply: Reply, desk: Desk, link: str
) -> None:
    """The answer is public: the clock of the first answer stops here."""
    reply.published_at = uow.now
    reply.published_link = link
    reply.publish_error = None
    if incident.answered_at is None:
        minutes = desk.calendar.working_minutes_between(incident.received_at, uow.now)
        incident.answered_at = uow.now
        incident.answer_minutes = minutes
        incident.answered_in_time = uow.now <= incident.deadline_at


def move(
    uow: UnitOfWork,
    posting: Posting,
    event: Event,
    *,
    due_at: datetime | None = None,
    **detail: Argument,
) -> None:
    """Take a posting along the one table, and write it into the audit log."""
    before = PostingState(posting.state)
    posting.state = POSTING_TRANSITIONS[before, event]
    posting.due_at = due_at
    posting.holder = None
    uow.audit(
        f"posting.{event}",
        "posting",
        posting.id,
        reply=str(posting.reply_id),
        item=posting.item_key,
        answer=posting.answer,
        text_hash=posting.text_hash,
        approver=posting.approver_name,
        before=str(before),
        after=posting.state,
        **detail,
    )


def step(
    uow: UnitOfWork,
    incident: Incident,
    reply: Reply,
    action: Action,
    *,
    shown: str | None,
) -> None:
    """Let Otklik itself take an incident along its table."""
    state = state_of(incident, [reply])
    after = advance(state, action, uow.principal, today=uow.now.date())
    if not isinstance(after, IncidentState):
        raise as_error(after)
    incident.status = after.status
    incident.version += 1
    reply.status = after.status
    note(uow, incident, name_of(action), shown=shown)


async def tell_changed(uow: UnitOfWork, desk: Desk, incident: Incident) -> None:
    """Let the other services know how the incident stands."""
    ids: list[UUID] = [*await cases.post_ids_of(uow.session, incident.id)]
    await tell.incident_posts(uow, desk, incident, ids)
    tell.incidents(uow, desk, [incident])
