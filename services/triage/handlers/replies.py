"""The texts of an answer: versions, verdicts, and whether it says anything new."""

import hashlib
from collections.abc import Sequence
from uuid import UUID

from services.triage.domain.states import Status
from services.triage.store import cases, postings
from shared.models.posting import OfficialPage
from shared.models.triage import Approval, Incident, Reply, ReplyVersion
from shared.uow import UnitOfWork

COMPARED = 20
"""A reply equal to one of the last so many of region or page is flagged."""

DRAFT = "draft"


def current(replies: Sequence[Reply]) -> Reply | None:
    """The reply being worked on; None when nothing was written since publication."""
    if replies and replies[-1].published_at is None:
        return replies[-1]
    return None


def status_of(status: Status) -> str:
    """What a reply is called while its incident has a status."""
    return DRAFT if status is Status.DRAFTING else str(status)


async def write(
    uow: UnitOfWork, incident: Incident, replies: Sequence[Reply], text: str
) -> Reply:
    """Add a version; a text that changes has lost its approval."""
    reply = current(replies)
    if reply is None:
        reply = Reply(
            region_id=uow.region_id,
            incident_id=incident.id,
            round=len(replies) + 1,
            status=DRAFT,
            text_version=0,
            text_hash="",
        )
        uow.session.add(reply)
        await uow.session.flush()
    reply.text_version += 1
    reply.text_author = uow.principal.id
    reply.text_hash = fingerprint(text)
    reply.copy_of = await copied_from(uow, incident.id, reply.text_hash)
    uow.session.add(
        ReplyVersion(
            region_id=uow.region_id,
            reply_id=reply.id,
            n=reply.text_version,
            text=text,
            author_id=uow.principal.id,
            author_name=uow.principal.name,
            created_at=uow.now,
        )
    )
    return reply


def fingerprint(text: str) -> str:
    """Equal for texts that differ in spaces and capitals only."""
    return hashlib.sha256(" ".join(text.casefold().split()).encode()).hexdigest()


async def copied_from(
    uow: UnitOfWork, incident_id: UUID, text_hash: str, page: OfficialPage | None = None
) -> UUID | None:
    """Find the incident whose reply has the same words, among the latest ones.

    Looked for among the region's latest replies and, of the page that is to speak,
    among the latest it has published.
    """
    latest = await cases.latest_replies(
        uow.session, uow.region_id, besides=incident_id, limit=COMPARED
    )
    if page is not None:
        of_page = await postings.latest_of_page(
            uow.session, page.id, besides=incident_id, limit=COMPARED
        )
        latest = [*latest, *of_page]
    copied = (other for other in latest if other.text_hash == text_hash)
    first = next(copied, None)
    return first.incident_id if first else None


def approve(uow: UnitOfWork, reply: Reply) -> None:
    """Keep who approved which version, and of what repetition they were warned."""
    _verdict(uow, reply, "approved", None)
    reply.approved_version = reply.text_version
    reply.approved_by = uow.principal.id
    reply.approved_by_name = uow.principal.name
    reply.approved_at = uow.now


def send_back(uow: UnitOfWork, reply: Reply, remark: str) -> None:
    """Keep the remark; an approval given before is withdrawn."""
    _verdict(uow, reply, "returned", remark)
    withdraw_approval(reply)


def withdraw_approval(reply: Reply) -> None:
    """Forget an approval, and the failure to publish that belonged to it."""
    reply.approved_version = None
    reply.approved_by = None
    reply.approved_by_name = None
    reply.approved_at = None
    reply.publish_error = None


def _verdict(uow: UnitOfWork, reply: Reply, verdict: str, remark: str | None) -> None:
    person = uow.principal.id
    if person is None:
        raise AssertionError("the rules let only named persons judge a reply")
    uow.session.add(
        Approval(
            region_id=uow.region_id,
            reply_id=reply.id,
            n=reply.text_version,
            verdict=verdict,
            remark=remark,
            copy_of=reply.copy_of,
            by_id=person,
            by_name=uow.principal.name,
            at=uow.now,
        )
    )
