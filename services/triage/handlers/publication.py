"""What people do about the publication of an approved text."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar
from uuid import uuid5

from sqlalchemy.exc import IntegrityError

from services.triage.domain.posting import Event, PostingState
from services.triage.domain.states import Action
from services.triage.handlers.ending import move, public
from services.triage.handlers.turn import Turn, name_of
from services.triage.handlers.ways import Way, item_key, way
from services.triage.store import cases, postings
from shared.errors import Conflict, invalid
from shared.identity.principal import Role
from shared.models.posting import OfficialPage, Posting
from shared.models.triage import Reply

JOB = "publish_reply"

Value = TypeVar("Value")


async def start_publication(turn: Turn) -> str:
    """Put the approved text into the outbox; the row is what the worker goes by.

    Refused when no registered page may answer a post of the incident, and, unless a
    further answer is asked for, when one stands there already.
    """
    chosen = await _chosen(turn)
    earlier = await postings.sent_under(
        turn.uow.session,
        turn.uow.region_id,
        item_key(chosen.post),
        chosen.post.post_id,
    )
    _check_further(turn, chosen, earlier)
    posting = await _queued(turn, chosen, earlier)
    reply = turn.reply
    reply.publish_error = None
    reply.published_by = turn.uow.principal.id
    reply.published_by_name = turn.uow.principal.name
    turn.uow.ring(JOB, turn.uow.region_id, str(posting.id))
    return chosen.page.name


async def speaking_page(turn: Turn) -> OfficialPage | None:
    """Find the page a reply would go out from, whoever is to publish it."""
    session = turn.uow.session
    anybody = replace(turn.uow.principal, roles=frozenset(Role))
    found = way(
        await cases.posts_of(session, turn.incident.id),
        await postings.pages(session, turn.uow.region_id),
        turn.publishers,
        anybody,
        turn.incident.authority,
    )
    return found.page if found else None


async def _chosen(turn: Turn) -> Way:
    session = turn.uow.session
    found = way(
        await cases.posts_of(session, turn.incident.id),
        await postings.pages(session, turn.uow.region_id),
        turn.publishers,
        turn.uow.principal,
        turn.incident.authority,
        turn.step.wish,
    )
    if found is None:
        raise Conflict(
            "None of the incident's posts can be answered from here by a registered "
            "page you may speak for: publish the reply by hand and give its link.",
            allowed=[name_of(Action.PUBLISH_BY_HAND)],
        )
    return found


def _check_further(turn: Turn, chosen: Way, earlier: Sequence[Posting]) -> None:
    """One answer to a post; a further one only when a person says that it is meant."""
    by_hand = any(reply.published_at and not reply.imported for reply in turn.replies)
    if not (earlier or by_hand) or turn.step.wish.further:
        return
    raise invalid(
        "further",
        f"{chosen.page.name} has answered already; say that a further answer is meant",
    )


async def _queued(turn: Turn, chosen: Way, earlier: Sequence[Posting]) -> Posting:
    uow, reply = turn.uow, turn.reply
    posting = Posting(
        region_id=uow.region_id,
        reply_id=reply.id,
        incident_id=turn.incident.id,
        text_version=reply.approved_version or 0,
        text_hash=await _text_hash(turn, reply),
        post_id=chosen.post.post_id,
        item_key=item_key(chosen.post),
        answer=max((one.answer for one in earlier), default=0) + 1,
        further=turn.step.wish.further,
        page_id=chosen.page.id,
        approver_id=_given(reply.approved_by),
        approver_name=reply.approved_by_name or "",
        approved_at=_given(reply.approved_at),
        asked_at=uow.now,
        asked_by=uow.principal.id,
        asked_by_name=uow.principal.name,
        guid=str(uuid5(reply.id, str(reply.approved_version))),
        state=PostingState.DRAFT,
    )
    move(uow, posting, Event.QUEUE, due_at=uow.now, page=str(chosen.page.id))
    try:
        async with uow.session.begin_nested():
            uow.session.add(posting)
    except IntegrityError as error:
        raise Conflict("Another answer to this post is on its way.") from error
    return posting


async def _text_hash(turn: Turn, reply: Reply) -> str:
    text = await cases.version_text(
        turn.uow.session, reply.id, reply.approved_version or 0
    )
    return exact_hash(_given(text))


def exact_hash(text: str) -> str:
    """The hash of a text to the letter; the database computes the same."""
    return hashlib.sha256(text.encode()).hexdigest()


def _given(value: Value | None) -> Value:
    if value is None:
        raise AssertionError("the rules let only approved texts be published")
    return value


async def publish_by_hand(turn: Turn) -> str | None:
    """Note that a person has published the approved text, and where."""
    reply = turn.reply
    reply.published_by = turn.uow.principal.id
    reply.published_by_name = turn.uow.principal.name
    public(turn.uow, turn.incident, reply, turn.desk, turn.details.link or "")
    return turn.details.link


async def found(turn: Turn) -> str | None:
    """A person has looked and found the answer: its link is the proof."""
    posting = _settled(turn)
    posting.link = turn.details.link
    posting.sent_at = turn.uow.now
    posting.obstacle = posting.message = None
    move(turn.uow, posting, Event.SUCCEED, link=turn.details.link, by="person")
    public(turn.uow, turn.incident, turn.reply, turn.desk, turn.details.link or "")
    return turn.details.link


async def send_again(turn: Turn) -> str | None:
    """A person has looked and found nothing: the same text goes out once more."""
    posting = _settled(turn)
    posting.tries = posting.looks = 0
    posting.started_at = posting.lost_at = None
    posting.obstacle = posting.message = None
    posting.asked_at = turn.uow.now
    move(turn.uow, posting, Event.SEND_AGAIN, due_at=turn.uow.now, looked=True)
    turn.uow.ring(JOB, turn.uow.region_id, str(posting.id))
    return None


async def take_back(turn: Turn) -> str | None:
    """A person stops an answer that waits, or one they have looked for in vain."""
    posting = _settled(turn)
    move(turn.uow, posting, Event.TAKE_BACK, looked=turn.details.looked)
    turn.reply.publish_error = None
    return None


def _settled(turn: Turn) -> Posting:
    posting = turn.posting
    if posting is None:
        raise AssertionError(f"no posting to {turn.step.action}")
    posting.settled_by = turn.uow.principal.id
    posting.settled_by_name = turn.uow.principal.name
    return posting
