"""One public answer to a post, whatever breaks on the way: what follows from what."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from services.triage.domain.answering import (
    Capabilities,
    Failure,
    Published,
    Standing,
    TargetState,
    is_same_text,
)
from services.triage.domain.posting import Event, Obstacle, PostingState

_MEANING: Final = {
    Failure.REAUTH: Obstacle.SIGN_IN_AGAIN,
    Failure.HUMAN: Obstacle.REFUSED,
    Failure.GONE: Obstacle.DELETED,
    Failure.BUG: Obstacle.OUR_MISTAKE,
    Failure.RETRY: Obstacle.BUSY,
    Failure.WAIT: Obstacle.BUSY,
    Failure.LOST: Obstacle.RESPONSE_LOST,
}

TRIES: Final = 3
"""Failed calls after which a person has to look at it."""

PAUSES: Final = (timedelta(seconds=5), timedelta(seconds=30))
"""Before the second and the third call."""

PATIENCE: Final = timedelta(hours=24)
"""A page that sends us away for longer is a matter for a person."""

LOOKS: Final = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15))
"""When, after a lost response, the thread is read for our answer."""

SKEW: Final = timedelta(minutes=2)
"""By so much the clock of a network may be behind ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """What the rules need to know of a posting.

    `tries` counts how often a worker took it up since a person asked for it, the
    present one included. `first_started_at` is when a call for it was first begun,
    ever; `started_at` when the present series of calls began; `lost_at` when a
    response was lost: from then on the answer may be public.
    """

    state: PostingState
    text: str
    approved_at: datetime
    asked_at: datetime
    tries: int = 0
    looks: int = 0
    first_started_at: datetime | None = None
    started_at: datetime | None = None
    lost_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """What follows: the event, when the worker acts next (None: a person must)."""

    event: Event
    due_at: datetime | None = None
    obstacle: Obstacle | None = None
    published: Published | None = None


@dataclass(frozen=True, slots=True)
class Tried:
    """A call that failed: what it means, until when to wait, and the time."""

    failure: Failure
    now: datetime
    until: datetime | None = None


def on_waking(posting: Outgoing, can: Capabilities, *, now: datetime) -> Ruling:
    """Say what is to be done with a posting whose time has come.

    One that is approved goes on, one that was being sent when its worker died may be
    public: it is sent again where the network remembers the key, else looked for.
    Nothing is taken up for ever.
    """
    is_worn_out = posting.tries >= TRIES
    if posting.state is PostingState.APPROVED:
        if is_worn_out:
            return _given_up(posting, Obstacle.BUSY, now, can)
        return Ruling(event=Event.BEGIN)
    began = posting.started_at or now
    if not is_worn_out and may_repeat(can, began, now):
        return Ruling(event=Event.REPEAT, obstacle=Obstacle.RESPONSE_LOST)
    return _lost(posting, now, can)


def before_sending(
    posting: Outgoing,
    state: TargetState,
    *,
    edited_at: datetime | None,
    known: Collection[str],
    further: bool,
    now: datetime,
) -> Ruling:
    """Judge by what stands there now whether the answer goes out.

    In this order: our own answer of an earlier call is there: it was sent; the post
    is gone; it was edited after the approval, as the network says or as the archive
    learnt (`edited_at`); it takes no answers; our page has answered in a way we do
    not know of (`known` are the ids of those we do), unless a person asked for a
    `further` answer. What may be public already is not refused but looked for.
    """
    ours = own_answer(posting, state.answers, known)
    if ours:
        return Ruling(event=Event.SUCCEED, published=ours)
    obstacle = _obstacle(posting, state, edited_at, known, further=further)
    if obstacle is None:
        return Ruling(event=Event.BEGIN)
    return _given_up(posting, obstacle, now)


def own_answer(
    posting: Outgoing, answers: Collection[Published], known: Collection[str]
) -> Published | None:
    """Find what an earlier call published: our page, this text, after that call."""
    if posting.first_started_at is None:
        return None
    since = posting.first_started_at - SKEW
    return next(
        (
            one
            for one in answers
            if not _is_known(one, known)
            and is_same_text(one.text, posting.text)
            and (one.published_at is None or one.published_at >= since)
        ),
        None,
    )


def _is_known(one: Published, known: Collection[str]) -> bool:
    return one.native_id in known or one.link in known


def _obstacle(
    posting: Outgoing,
    state: TargetState,
    edited_at: datetime | None,
    known: Collection[str],
    *,
    further: bool,
) -> Obstacle | None:
    edits = [at for at in (edited_at, state.edited_at) if at is not None]
    if state.standing is Standing.DELETED:
        return Obstacle.DELETED
    if any(at > posting.approved_at for at in edits):
        return Obstacle.EDITED
    if not state.takes_answers:
        return Obstacle.COMMENTS_CLOSED
    if not further and any(not _is_known(one, known) for one in state.answers):
        return Obstacle.ANSWERED_ALREADY
    return None


def after_failure(posting: Outgoing, tried: Tried, can: Capabilities) -> Ruling:
    """Say what follows from a failed call to send.

    Whoever is told to come back, comes back: a limited number of times, for a day at
    most. After a lost response a network that remembers keys is called again with
    the same one while it does; of any other nobody knows, and the thread is read.
    """
    match tried.failure:
        case Failure.RETRY | Failure.WAIT:
            return _again(posting, tried, can)
        case Failure.LOST:
            return _repeated(posting, tried, can)
        case _:
            return _given_up(posting, _MEANING[tried.failure], tried.now, can)


def after_failed_look(posting: Outgoing, tried: Tried, can: Capabilities) -> Ruling:
    """Say what follows when the target could not be read: a look changes nothing."""
    if tried.failure is Failure.LOST:
        return _again(posting, Tried(Failure.RETRY, tried.now), can)
    return after_failure(posting, tried, can)


def _again(posting: Outgoing, tried: Tried, can: Capabilities) -> Ruling:
    """Put the call off; after a lost response, the repetition of that call."""
    is_wait = tried.failure is Failure.WAIT and tried.until is not None
    due = tried.until if is_wait and tried.until else _next_try(posting, tried.now)
    if due is None:
        return _given_up(posting, Obstacle.BUSY, tried.now, can)
    if due > posting.asked_at + PATIENCE:
        return _given_up(posting, Obstacle.WAITED_TOO_LONG, tried.now, can)
    if posting.lost_at is None:
        return Ruling(event=Event.PUT_OFF, due_at=due, obstacle=Obstacle.BUSY)
    return _repeated(posting, Tried(Failure.LOST, tried.now, due), can)


def _repeated(posting: Outgoing, tried: Tried, can: Capabilities) -> Ruling:
    due = tried.until or _next_try(posting, tried.now)
    began = posting.started_at or tried.now
    if due is not None and may_repeat(can, began, due):
        lost = Obstacle.RESPONSE_LOST
        return Ruling(event=Event.REPEAT, due_at=due, obstacle=lost)
    return _lost(posting, tried.now, can)


def may_repeat(can: Capabilities, began: datetime, at: datetime) -> bool:
    """Tell whether the network still knows the key of a call that began then."""
    return can.remembers is not None and at - began < can.remembers


def _next_try(posting: Outgoing, now: datetime) -> datetime | None:
    if posting.tries >= TRIES:
        return None
    return now + PAUSES[max(posting.tries, 1) - 1]


def _given_up(
    posting: Outgoing,
    obstacle: Obstacle,
    now: datetime,
    can: Capabilities | None = None,
) -> Ruling:
    """Refuse, unless an earlier call may have made the answer public."""
    if posting.lost_at is None:
        return Ruling(event=Event.REFUSE, obstacle=obstacle)
    return _lost(posting, now, can)


def _lost(posting: Outgoing, now: datetime, can: Capabilities | None) -> Ruling:
    """Nobody knows: the thread is read, or, where that cannot be, a person looks."""
    finds = can is None or can.finds
    return Ruling(
        event=Event.LOSE,
        due_at=max(now, (posting.lost_at or now) + LOOKS[0]) if finds else None,
        obstacle=Obstacle.RESPONSE_LOST,
    )


def after_look(posting: Outgoing, *, now: datetime, could_look: bool) -> Ruling:
    """Say when the thread is read again for our answer; in the end a person looks.

    A look that failed is repeated each minute, but not for longer than an hour.
    """
    lost_at = posting.lost_at or now
    lost = Obstacle.RESPONSE_LOST
    if not could_look:
        ends = lost_at + timedelta(hours=1)
        due = now + LOOKS[0] if now < ends else None
        return Ruling(event=Event.LOOK_AGAIN, due_at=due, obstacle=lost)
    looks = posting.looks + 1
    if looks >= len(LOOKS):
        return Ruling(event=Event.LOOK_AGAIN, obstacle=lost)
    due = max(now, lost_at + LOOKS[looks])
    return Ruling(event=Event.LOOK_AGAIN, due_at=due, obstacle=lost)
