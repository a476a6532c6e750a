"""What a ruling about a posting does to the posting, its reply and its incident."""

from typing import Final

from services.triage.domain.answering import Published
from services.triage.domain.posting import Event, Obstacle
from services.triage.domain.sending import Ruling
from services.triage.domain.states import Action, Status
from services.triage.handlers import replies
from services.triage.handlers.ending import move, public, step, tell_changed
from services.triage.handlers.held import Held
from services.triage.handlers.history import note
from services.triage.store import desk as desks
from shared.models.posting import Posting
from shared.uow import UnitOfWork


async def apply(
    uow: UnitOfWork, held: Held, ruling: Ruling, message: str | None = None
) -> None:
    """Take the posting where the ruling says, and the incident with it."""
    row = held.posting
    row.obstacle, row.message = ruling.obstacle, message
    if ruling.event in {Event.LOSE, Event.REPEAT}:
        row.lost_at = row.lost_at or uow.now
    if ruling.event is Event.PUT_OFF:
        row.started_at = None
    if ruling.published:
        _keep(uow, row, ruling.published)
    move(uow, row, ruling.event, due_at=ruling.due_at, obstacle=ruling.obstacle)
    match ruling.event:
        case Event.SUCCEED:
            await _publish(uow, held)
        case Event.REFUSE:
            await _refuse(uow, held, ruling.obstacle)
        case Event.LOSE:
            held.incident.version += 1
            note(uow, held.incident, "publish_lost")
        case _:
            pass


def _keep(uow: UnitOfWork, row: Posting, published: Published) -> None:
    at = published.published_at or uow.now
    row.link, row.native_id = published.link, published.native_id
    row.sent_at = uow.now
    row.snapshot = {
        "text": published.text,
        "published_at": at.isoformat(),
        "raw": dict(published.raw),
    }


async def _publish(uow: UnitOfWork, held: Held) -> None:
    if held.incident.status != Status.PUBLISHING:
        return
    desk = await desks.desk(uow.session, uow.region_id)
    link = held.posting.link or ""
    step(uow, held.incident, held.reply, Action.MARK_PUBLISHED, shown=link)
    public(uow, held.incident, held.reply, desk, link)
    await tell_changed(uow, desk, held.incident)


async def _refuse(uow: UnitOfWork, held: Held, obstacle: Obstacle | None) -> None:
    """Give the text back: of an edited post to the approver, else to who publishes."""
    if held.incident.status != Status.PUBLISHING:
        return
    told = held.posting.message or _TOLD[obstacle or Obstacle.OUR_MISTAKE]
    is_stale = obstacle is Obstacle.EDITED
    action = Action.MARK_STALE if is_stale else Action.MARK_FAILED
    step(uow, held.incident, held.reply, action, shown=told)
    if is_stale:
        replies.withdraw_approval(held.reply)
    held.reply.publish_error = told
    desk = await desks.desk(uow.session, uow.region_id)
    await tell_changed(uow, desk, held.incident)


_TOLD: Final = {
    Obstacle.DELETED: "The post is not there any more.",
    Obstacle.EDITED: "The post was edited after the approval.",
    Obstacle.COMMENTS_CLOSED: "The post takes no answers.",
    Obstacle.ANSWERED_ALREADY: "Our page has answered this post already.",
    Obstacle.PAGE_RETIRED: "The official page is not in use any more.",
    Obstacle.PAGE_PAUSED: "The official page is paused.",
    Obstacle.NOT_APPROVED: "The text to publish is not the one that was approved.",
    Obstacle.NO_PUBLISHER: "The post or the way to answer it is gone.",
    Obstacle.REFUSED: "The page refused the answer.",
    Obstacle.SIGN_IN_AGAIN: "The page asks to be signed in to again.",
    Obstacle.OUR_MISTAKE: "The page did not understand the call.",
    Obstacle.BUSY: "The page was busy too often.",
    Obstacle.WAITED_TOO_LONG: "The page let us wait for more than a day.",
    Obstacle.RESPONSE_LOST: "Nobody knows whether the answer is public.",
}
