"""A posting that is locked, with everything it belongs to."""

from dataclasses import dataclass
from uuid import UUID

from services.triage.domain.posting import PostingState
from services.triage.domain.sending import Outgoing
from services.triage.store import cases, incidents, postings
from shared.models.posting import Posting
from shared.models.triage import Incident, IncidentPost, Reply
from shared.uow import UnitOfWork


@dataclass(frozen=True)
class Held:
    """A posting in hand, with what it belongs to."""

    incident: Incident
    reply: Reply
    posting: Posting
    text: str

    @property
    def said(self) -> Outgoing:
        """The posting as the rules see it."""
        row = self.posting
        return Outgoing(
            state=PostingState(row.state),
            text=self.text,
            approved_at=row.approved_at,
            asked_at=row.asked_at,
            tries=row.tries,
            looks=row.looks,
            first_started_at=row.first_started_at,
            started_at=row.started_at,
            lost_at=row.lost_at,
        )


async def lock(uow: UnitOfWork, posting_id: UUID) -> Held | None:
    """Lock a posting and its incident, in the order everybody does."""
    before = await postings.one(uow.session, posting_id)
    if before is None:
        return None
    incident = await incidents.lock(uow.session, uow.region_id, before.incident_id)
    row = await postings.lock(uow.session, posting_id)
    reply = await cases.reply(uow.session, before.reply_id)
    if incident is None or row is None or reply is None:
        return None
    text = await cases.version_text(uow.session, reply.id, row.text_version)
    return Held(incident, reply, row, text or "")


async def lock_in_hand(uow: UnitOfWork, posting_id: UUID, holder: UUID) -> Held | None:
    """Lock a posting that is still this worker's."""
    held = await lock(uow, posting_id)
    return held if held and held.posting.holder == holder else None


async def post_of(uow: UnitOfWork, row: Posting) -> IncidentPost | None:
    """Read the post that is answered, which another worker may bring up to date."""
    posts = await cases.posts_of(uow.session, row.incident_id)
    return next((one for one in posts if one.post_id == row.post_id), None)
