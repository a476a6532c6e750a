"""The worker's half of publishing: take up, judge, record; the calls are the job's."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from services.triage.domain import sending as rules
from services.triage.domain.answering import (
    Capabilities,
    Published,
    Standing,
    Target,
    TargetState,
)
from services.triage.domain.posting import (
    POSTING_TRANSITIONS,
    Event,
    Obstacle,
    PostingState,
)
from services.triage.domain.sending import Outgoing, Ruling, Tried
from services.triage.domain.states import Status
from services.triage.handlers.held import Held, lock, lock_in_hand, post_of
from services.triage.handlers.publication import JOB, exact_hash
from services.triage.handlers.verdict import apply
from services.triage.handlers.ways import address_of, target_of
from services.triage.publishers import Publisher, PublishError, Publishers
from services.triage.store import cases, postings
from shared.contracts import TokenRefused
from shared.ids import new_id
from shared.logs import log
from shared.models.posting import OfficialPage
from shared.uow import UnitOfWork

LEASE = timedelta(seconds=60)
"""So long a posting belongs to the worker that took it up; twice a job's timeout."""

LATEST_CALL = timedelta(seconds=20)
"""Of its lease a worker uses so much before it calls: no call outlives the lease."""


NAP = timedelta(minutes=15)
"""So often it is looked whether a page is still paused; resuming it wakes at once."""


@dataclass(frozen=True, kw_only=True)
class Errand:
    """What a worker has taken in hand: a call to make, or an answer to look for."""

    posting_id: UUID
    holder: UUID
    taken_at: datetime
    is_search: bool
    publisher: Publisher
    target: Target
    text: str
    guid: str
    since: datetime

    def is_fresh(self, now: datetime) -> bool:
        """Tell whether there is time left for a call."""
        return now - self.taken_at < LATEST_CALL


async def take_up(
    uow: UnitOfWork, posting_id: UUID, publishers: Publishers
) -> Errand | None:
    """Take a posting whose time has come in hand; None when there is nothing to do.

    Whoever comes second finds that its time has not come: it is put off by a lease.
    """
    held = await lock(uow, posting_id)
    if held is None or held.posting.due_at is None or held.posting.due_at > uow.now:
        return None
    post = await post_of(uow, held.posting)
    page = await postings.page(uow.session, held.posting.page_id)
    publisher = publishers.serving(address_of(post)) if post else None
    if post is None or page is None or publisher is None:
        await apply(uow, held, _refusal(held, Obstacle.NO_PUBLISHER))
        return None
    obstacle = _unfit(held, page)
    if obstacle is Obstacle.PAGE_PAUSED and held.posting.obstacle == obstacle:
        held.posting.due_at = uow.now + NAP
        return None
    ruling = (
        _hindered(uow, held, obstacle) if obstacle else _woken(uow, held, publisher)
    )
    if ruling.event not in {Event.BEGIN, Event.REPEAT, Event.LOOK_AGAIN}:
        await apply(uow, held, ruling)
        return None
    return _taken(uow, held, publisher, target_of(post, page))


def _unfit(held: Held, page: OfficialPage) -> Obstacle | None:
    """Say what forbids to go on whatever the network does; a search is free."""
    if held.posting.state == PostingState.UNKNOWN:
        return None
    reply = held.reply
    is_approved = (
        reply.status == Status.PUBLISHING
        and reply.approved_version == held.posting.text_version == reply.text_version
        and exact_hash(held.text) == held.posting.text_hash
    )
    if not is_approved:
        return Obstacle.NOT_APPROVED
    if page.retired_at is not None:
        return Obstacle.PAGE_RETIRED
    return Obstacle.PAGE_PAUSED if page.paused_at is not None else None


def _hindered(uow: UnitOfWork, held: Held, obstacle: Obstacle) -> Ruling:
    """Wait while the page is paused; refuse for anything else."""
    is_waiting = held.posting.state == PostingState.APPROVED
    if obstacle is Obstacle.PAGE_PAUSED and is_waiting:
        return Ruling(event=Event.PUT_OFF, due_at=uow.now + NAP, obstacle=obstacle)
    return _refusal(held, obstacle)


def _refusal(held: Held, obstacle: Obstacle) -> Ruling:
    """Refuse; what was being called may be public and is looked for by a person."""
    if held.posting.state == PostingState.APPROVED:
        return Ruling(event=Event.REFUSE, obstacle=obstacle)
    if held.posting.state == PostingState.SENDING:
        return Ruling(event=Event.LOSE, obstacle=obstacle)
    return Ruling(event=Event.LOOK_AGAIN, obstacle=obstacle)


def _woken(uow: UnitOfWork, held: Held, publisher: Publisher) -> Ruling:
    if held.posting.state == PostingState.UNKNOWN:
        return Ruling(event=Event.LOOK_AGAIN)
    return rules.on_waking(held.said, publisher.capabilities, now=uow.now)


def _taken(uow: UnitOfWork, held: Held, publisher: Publisher, target: Target) -> Errand:
    row = held.posting
    is_search = row.state == PostingState.UNKNOWN
    row.holder = new_id()
    row.due_at = uow.now + LEASE
    if not is_search:
        row.tries += 1
    if row.state == PostingState.SENDING and row.lost_at is None:
        row.lost_at = uow.now
    return Errand(
        posting_id=row.id,
        holder=row.holder,
        taken_at=uow.now,
        is_search=is_search,
        publisher=publisher,
        target=target,
        text=held.text,
        guid=row.guid,
        since=(row.first_started_at or uow.now) - rules.SKEW,
    )


async def begin(uow: UnitOfWork, errand: Errand, state: TargetState) -> bool:
    """Judge by what stands there; True: call now. The row says so before the call."""
    held = await lock_in_hand(uow, errand.posting_id, errand.holder)
    if held is None:
        return False
    row = held.posting
    page = await postings.page(uow.session, row.page_id)
    obstacle = _unfit(held, page) if page else Obstacle.NO_PUBLISHER
    if obstacle:
        await apply(uow, held, _hindered(uow, held, obstacle))
        return False
    post = await post_of(uow, row)
    if post is not None and state.standing is Standing.DELETED:
        post.deleted_at = post.deleted_at or uow.now
    ruling = rules.before_sending(
        held.said,
        state,
        edited_at=post.edited_at if post else None,
        known=await _known(uow, held),
        further=row.further,
        now=uow.now,
    )
    await apply(uow, held, ruling)
    if ruling.event is not Event.BEGIN:
        return False
    row.due_at, row.holder = errand.taken_at + LEASE, errand.holder
    row.started_at = row.started_at or uow.now
    row.first_started_at = row.first_started_at or uow.now
    return True


async def _known(uow: UnitOfWork, held: Held) -> frozenset[str]:
    """Collect the names of our answers that are accounted for."""
    row = held.posting
    sent = await postings.sent_under(
        uow.session, uow.region_id, row.item_key, row.post_id
    )
    rounds = await cases.replies_of(uow.session, held.incident.id)
    names = [name for one in sent for name in (one.native_id, one.link)]
    links = [reply.published_link for reply in rounds]
    return frozenset(name for name in (*names, *links) if name)


async def finish(uow: UnitOfWork, errand: Errand, published: Published) -> None:
    """Record a published answer, however late its worker comes to say so."""
    held = await lock(uow, errand.posting_id)
    if held is None or held.posting.state == PostingState.SENT:
        return
    if (PostingState(held.posting.state), Event.SUCCEED) not in (POSTING_TRANSITIONS):
        log.error("posting.published_after_its_end", posting_id=str(held.posting.id))
        return
    ruling = Ruling(event=Event.SUCCEED, published=published)
    await apply(uow, held, ruling)


async def fail(
    uow: UnitOfWork, errand: Errand, error: PublishError, *, is_look: bool
) -> None:
    """Record a failed call and what follows from it."""
    tell_refused(uow, errand, error)
    held = await lock_in_hand(uow, errand.posting_id, errand.holder)
    if held is None:
        return
    tried = Tried(error.failure, uow.now, error.until)
    judge: Callable[[Outgoing, Tried, Capabilities], Ruling] = (
        rules.after_failed_look if is_look else rules.after_failure
    )
    ruling = judge(held.said, tried, errand.publisher.capabilities)
    if error.until is not None:
        # Whoever was sent away has not failed.
        held.posting.tries -= 1
    await apply(uow, held, ruling, message=error.message)


def tell_refused(uow: UnitOfWork, errand: Errand, error: PublishError) -> None:
    """Let ingest, which keeps the tokens, know of one that the network refused."""
    if error.token is None:
        return
    refused = TokenRefused(
        region_id=uow.region_id,
        network=errand.target.page.network,
        token=error.token,
        message=error.message,
        code=error.code,
    )
    uow.send(refused)


async def looked(
    uow: UnitOfWork, errand: Errand, published: Published | None, *, could_look: bool
) -> None:
    """Record a search for an answer that may have been published."""
    if published is not None:
        await finish(uow, errand, published)
        return
    held = await lock_in_hand(uow, errand.posting_id, errand.holder)
    if held is None:
        return
    ruling = rules.after_look(held.said, now=uow.now, could_look=could_look)
    held.posting.looks += could_look
    await apply(uow, held, ruling, message=held.posting.message)


async def ring_due(uow: UnitOfWork) -> None:
    """Ring for the postings of every region whose time has come."""
    for region_id, posting_id in await postings.due(uow.session, now=uow.now):
        name = f"{JOB}:{posting_id}"
        uow.ring(JOB, region_id, str(posting_id), once=name)
