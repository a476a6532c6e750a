"""One action on an incident: ask the one table of transitions, act, record."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from typing import Final, TypeAlias
from uuid import UUID
from zoneinfo import ZoneInfo

from services.triage.domain.incident import IncidentState, advance
from services.triage.domain.refusals import NotAllowedNow, as_error
from services.triage.domain.states import Action
from services.triage.handlers import people, publication, replies, tell
from services.triage.handlers.history import note
from services.triage.handlers.sight import check_version, locked_incident
from services.triage.handlers.turn import (
    Step,
    Turn,
    allowed_names,
    name_of,
    state_of,
)
from services.triage.handlers.withdrawal import withdraw
from services.triage.publishers import Publishers
from services.triage.store import cases, postings
from services.triage.store import desk as desks
from shared.errors import Conflict, invalid
from shared.models.posting import Posting
from shared.models.triage import Incident, Reply
from shared.queue import Argument
from shared.uow import UnitOfWork

Effect: TypeAlias = Callable[[Turn], Awaitable[str | None]]


async def act(
    uow: UnitOfWork,
    incident_id: UUID,
    step: Step,
    *,
    if_match: frozenset[str] | None,
    publishers: Publishers,
) -> Incident:
    """Do one action if the table allows it to this principal now.

    The incident is locked: of two people the second sees what the first has done.
    """
    incident = await locked_incident(uow, incident_id)
    check_version(if_match, incident.version)
    desk = await desks.desk(uow.session, uow.region_id)
    rounds = await cases.replies_of(uow.session, incident.id)
    posting = await _last_posting(uow, rounds)
    turn = Turn(uow, incident, desk, rounds, step, publishers, posting)
    turn.step = await _without_repetition(turn)
    turn.after = _checked(turn)
    shown = await _EFFECTS[step.action](turn)
    incident.status = turn.after.status
    incident.version += 1
    note(uow, incident, name_of(step.action), shown=shown, **_told(incident, step))
    ids = await cases.post_ids_of(uow.session, incident.id)
    await tell.incident_posts(uow, desk, incident, ids)
    tell.incidents(uow, desk, [incident])
    return incident


def _told(incident: Incident, step: Step) -> dict[str, Argument]:
    """What the audit log is told of a step: codes and statements, no texts."""
    told: dict[str, Argument] = {"authority": incident.authority}
    if step.details.mistake:
        told["mistake"] = str(step.details.mistake)
    if step.details.incident_id:
        told["other"] = str(step.details.incident_id)
    if step.wish.further:
        told["further"] = True
    return told


async def _last_posting(uow: UnitOfWork, rounds: Sequence[Reply]) -> Posting | None:
    reply = replies.current(rounds)
    return await postings.latest(uow.session, reply.id) if reply else None


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
    state = state_of(turn.incident, turn.replies, turn.posting)
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
        await _flag(turn, reply)
    replies.withdraw_approval(reply)
    reply.status = replies.status_of(turn.after.status)
    return None


async def _return(turn: Turn) -> str | None:
    replies.send_back(turn.uow, turn.reply, turn.details.remark or "")
    turn.reply.status = replies.status_of(turn.after.status)
    return turn.details.remark


async def _approve(turn: Turn) -> str | None:
    await _flag(turn, turn.reply)
    replies.approve(turn.uow, turn.reply)
    turn.reply.status = replies.status_of(turn.after.status)
    return None


async def _flag(turn: Turn, reply: Reply) -> None:
    """Mark a reply that repeats another one; it is a warning, not a refusal."""
    page = await publication.speaking_page(turn)
    reply.copy_of = await replies.copied_from(
        turn.uow, turn.incident.id, reply.text_hash, page
    )


def _of_publication(do: Effect) -> Effect:
    """Let the reply follow its incident, before and after it is published."""

    async def effect(turn: Turn) -> str | None:
        reply = turn.reply
        shown = await do(turn)
        reply.status = replies.status_of(turn.after.status)
        return shown

    return effect


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


_EFFECTS: Final[Mapping[Action, Effect]] = {
    Action.ASSIGN: _assign,
    Action.DRAFT: _write,
    Action.SUBMIT: _write,
    Action.RETURN: _return,
    Action.APPROVE: _approve,
    Action.PUBLISH: _of_publication(publication.start_publication),
    Action.PUBLISH_BY_HAND: _of_publication(publication.publish_by_hand),
    Action.FOUND: _of_publication(publication.found),
    Action.SEND_AGAIN: _of_publication(publication.send_again),
    Action.TAKE_BACK: _of_publication(publication.take_back),
    Action.CLOSE: _close,
    Action.REOPEN: _reopen,
    Action.WITHDRAW: withdraw,
}
