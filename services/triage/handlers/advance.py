"""One action on an incident: ask the one table of transitions, act, record."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from services.triage.domain.incident import IncidentState, advance
from services.triage.domain.refusals import NotAllowedNow, as_error
from services.triage.domain.states import Action
from services.triage.handlers import people, replies, tell
from services.triage.handlers.history import note
from services.triage.handlers.publication import publish_by_hand, start_publication
from services.triage.handlers.sight import check_version, locked_incident
from services.triage.handlers.turn import (
    Step,
    Turn,
    allowed_names,
    name_of,
    state_of,
)
from services.triage.publishers import Publisher
from services.triage.store import cases
from services.triage.store import desk as desks
from shared.errors import Conflict, invalid
from shared.models.triage import Incident
from shared.uow import UnitOfWork


async def act(
    uow: UnitOfWork,
    incident_id: UUID,
    step: Step,
    *,
    if_match: frozenset[str] | None,
    publisher: Publisher,
) -> Incident:
    """Do one action if the table allows it to this principal now.

    The incident is locked: of two people the second sees what the first has done.
    """
    incident = await locked_incident(uow, incident_id)
    check_version(if_match, incident.version)
    desk = await desks.desk(uow.session, uow.region_id)
    rounds = await cases.replies_of(uow.session, incident.id)
    turn = Turn(uow, incident, desk, rounds, step, publisher)
    turn.step = await _without_repetition(turn)
    turn.after = _checked(turn)
    shown = await _EFFECTS[step.action](turn)
    incident.status = turn.after.status
    incident.version += 1
    note(uow, incident, name_of(step.action), shown=shown, authority=incident.authority)
    ids = await cases.post_ids_of(uow.session, incident.id)
    await tell.incident_posts(uow, desk, incident, ids)
    tell.incidents(uow, desk, [incident])
    return incident


async def _without_repetition(turn: Turn) -> Step:
    """Sending the draft as it stands for approval makes no new version of it."""
    step, reply = turn.step, replies.current(turn.replies)
    if step.action is not Action.SUBMIT or step.details.text is None or reply is None:
        return step
    draft = await cases.version_text(turn.uow.session, reply.id, reply.text_version)
    if draft != step.details.text:
        return step
    return replace(step, details=replace(step.details, text=None))


def _checked(turn: Turn) -> IncidentState:
    """Ask the rules; raise what they answer when it is not a state."""
    uow, step = turn.uow, turn.step
    state = state_of(turn.incident, turn.replies)
    after = advance(
        state,
        step.action,
        uow.principal,
        step.details,
        today=uow.now.astimezone(ZoneInfo(turn.desk.zone)).date(),
        policy=turn.desk.policy,
    )
    if isinstance(after, IncidentState):
        return after
    if isinstance(after, NotAllowedNow):
        raise Conflict(
            f"Incident {turn.incident.number} is {turn.incident.status!r}: "
            f"{name_of(step.action)!r} cannot be done now.",
            allowed=allowed_names(state, uow.principal, turn.desk, has_target=True),
        )
    raise as_error(after)


async def _assign(turn: Turn) -> str | None:
    code, incident = turn.details.authority or "", turn.incident
    if code not in turn.desk.authorities:
        raise invalid("authority", f"there is no authority {code!r} in this region")
    name, person = turn.desk.authorities[code], turn.step.executor
    incident.authority, incident.executor_id, incident.executor_name = code, None, None
    if person is None:
        return name
    incident.executor_id = person
    incident.executor_name = await people.executor_name(turn.uow, person, code)
    return f"{name}, {incident.executor_name}"


async def _write(turn: Turn) -> str | None:
    """Keep the text, if there is one; an approval of what stood there falls."""
    if turn.details.text is None:
        reply = turn.reply
    else:
        reply = await replies.write(
            turn.uow, turn.incident, turn.replies, turn.details.text
        )
    replies.withdraw_approval(reply)
    reply.status = replies.status_of(turn.after.status)
    return None


async def _return(turn: Turn) -> str | None:
    replies.send_back(turn.uow, turn.reply, turn.details.remark or "")
    turn.reply.status = replies.status_of(turn.after.status)
    return turn.details.remark


async def _approve(turn: Turn) -> str | None:
    replies.approve(turn.uow, turn.reply)
    turn.reply.status = replies.status_of(turn.after.status)
    return None


async def _publish(turn: Turn) -> str | None:
    await start_publication(turn)
    turn.reply.status = replies.status_of(turn.after.status)
    return None


async def _publish_by_hand(turn: Turn) -> str | None:
    reply = turn.reply
    link = await publish_by_hand(turn)
    reply.status = replies.status_of(turn.after.status)
    return link


async def _close(turn: Turn) -> str | None:
    incident, details = turn.incident, turn.details
    incident.closed_at = turn.uow.now
    incident.outcome = details.outcome
    incident.closing_reason = details.closing_reason
    incident.promised_on = details.promised_on
    incident.proof = details.proof
    incident.kind = turn.step.kind or incident.kind
    return details.proof


async def _reopen(turn: Turn) -> str | None:
    incident = turn.incident
    incident.closed_at = None
    incident.outcome = incident.closing_reason = None
    incident.promised_on = incident.proof = None
    return turn.details.reason


_EFFECTS: Final[Mapping[Action, Callable[[Turn], Awaitable[str | None]]]] = {
    Action.ASSIGN: _assign,
    Action.DRAFT: _write,
    Action.SUBMIT: _write,
    Action.RETURN: _return,
    Action.APPROVE: _approve,
    Action.PUBLISH: _publish,
    Action.PUBLISH_BY_HAND: _publish_by_hand,
    Action.CLOSE: _close,
    Action.REOPEN: _reopen,
}
