"""From an approved text to a public answer, exactly once, whatever breaks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from services.triage.domain.desk import Desk
from services.triage.domain.incident import IncidentState, advance
from services.triage.domain.refusals import as_error
from services.triage.domain.states import Action, Status
from services.triage.handlers import tell
from services.triage.handlers.history import note
from services.triage.handlers.turn import Turn, name_of, state_of, target
from services.triage.publishers import PublishError
from services.triage.store import cases, incidents
from services.triage.store import desk as desks
from shared.errors import Conflict
from shared.models.triage import Incident, Reply
from shared.uow import UnitOfWork

ATTEMPTS = 3
"""Failed calls after which a person has to look at it."""

SILENCE = timedelta(seconds=30)
"""A publication nobody has finished for so long is rung again."""


@dataclass(frozen=True)
class Outgoing:
    """What is to be published, and where; `guid` stands for the reply for ever."""

    text: str
    target: str
    guid: str


async def start_publication(turn: Turn) -> None:
    """Hand the approved text to the worker; the row is what it will go by."""
    posts = await cases.posts_of(turn.uow.session, turn.incident.id)
    post = target(posts, turn.publisher)
    if post is None:
        raise Conflict(
            "None of the incident's posts can be answered from here: publish the "
            "reply by hand and give its link.",
            allowed=[name_of(Action.PUBLISH_BY_HAND)],
        )
    reply = turn.reply
    reply.publish_post_id = post.post_id
    reply.publish_attempts = 0
    reply.publish_rung_at = turn.uow.now
    reply.publish_error = None
    reply.published_by = turn.uow.principal.id
    reply.published_by_name = turn.uow.principal.name
    turn.uow.ring("publish_reply", turn.uow.region_id, str(reply.id))


async def publish_by_hand(turn: Turn) -> str | None:
    """Note that a person has published the approved text, and where."""
    reply = turn.reply
    reply.published_by = turn.uow.principal.id
    reply.published_by_name = turn.uow.principal.name
    _published(turn.uow, turn.incident, reply, turn.desk, turn.details.link or "")
    return turn.details.link


def _published(
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


async def outgoing(uow: UnitOfWork, reply_id: UUID) -> Outgoing | None:
    """Read what is to be published; None when that is done or taken back.

    Raises PublishError when the post or the approved text is not there any more.
    """
    reply = await cases.reply(uow.session, reply_id)
    if reply is None or reply.status != Status.PUBLISHING:
        return None
    text = await cases.version_text(uow.session, reply_id, reply.approved_version or 0)
    posts = await cases.posts_of(uow.session, reply.incident_id)
    url = next((p.url for p in posts if p.post_id == reply.publish_post_id), None)
    if text is None or url is None:
        reason = "The post to answer or the approved text is gone."
        raise PublishError(reason, permanent=True)
    return Outgoing(text, url, str(reply_id))


async def finish_publication(uow: UnitOfWork, reply_id: UUID, link: str) -> None:
    """Record a published answer; a second call for it changes nothing."""
    found = await _locked(uow, reply_id)
    if found is None:
        return
    incident, reply = found
    desk = await desks.desk(uow.session, uow.region_id)
    _step(uow, incident, reply, Action.MARK_PUBLISHED, shown=link)
    _published(uow, incident, reply, desk, link)
    await _tell(uow, desk, incident)


async def fail_publication(
    uow: UnitOfWork, reply_id: UUID, error: PublishError
) -> bool:
    """Record a failed call; True asks to try again, else a person must look."""
    found = await _locked(uow, reply_id)
    if found is None:
        return False
    incident, reply = found
    reply.publish_attempts += 1
    reply.publish_error = error.message
    if not error.permanent and reply.publish_attempts < ATTEMPTS:
        return True
    desk = await desks.desk(uow.session, uow.region_id)
    _step(uow, incident, reply, Action.MARK_FAILED, shown=error.message)
    await _tell(uow, desk, incident)
    return False


async def _locked(uow: UnitOfWork, reply_id: UUID) -> tuple[Incident, Reply] | None:
    """Lock the incident of a reply that is still publishing."""
    before = await cases.reply(uow.session, reply_id)
    if before is None:
        return None
    incident = await incidents.lock(uow.session, uow.region_id, before.incident_id)
    reply = await cases.reply(uow.session, reply_id)
    if incident is None or reply is None or reply.status != Status.PUBLISHING:
        return None
    return incident, reply


def _step(
    uow: UnitOfWork, incident: Incident, reply: Reply, action: Action, *, shown: str
) -> None:
    after = advance(
        state_of(incident, [reply]), action, uow.principal, today=uow.now.date()
    )
    if not isinstance(after, IncidentState):
        raise as_error(after)
    incident.status = after.status
    incident.version += 1
    reply.status = after.status
    note(uow, incident, name_of(action), shown=shown)


async def _tell(uow: UnitOfWork, desk: Desk, incident: Incident) -> None:
    ids = await cases.post_ids_of(uow.session, incident.id)
    await tell.incident_posts(uow, desk, incident, ids)
    tell.incidents(uow, desk, [incident])


async def ring_left_behind(uow: UnitOfWork) -> Sequence[tuple[int, UUID]]:
    """Ring again for publications a worker has left unfinished."""
    left = await cases.ring_left_behind(
        uow.session, before=uow.now - SILENCE, now=uow.now
    )
    for region_id, reply_id in left:
        uow.ring("publish_reply", region_id, str(reply_id))
    return left
