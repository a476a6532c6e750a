"""One incident with its posts, replies, clock and history."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from pydantic import Field

from services.triage.domain.ledger import Change, ledger
from services.triage.domain.posting import Obstacle, PostingState
from services.triage.domain.states import Holder, Status
from services.triage.handlers.browse import CaseFile
from services.triage.handlers.replies import current
from services.triage.handlers.turn import allowed_names, state_of
from services.triage.handlers.ways import way
from services.triage.publishers import Publishers
from services.triage.schemas.candidates import Candidate, Match
from services.triage.schemas.common import Answer
from services.triage.schemas.incidents import IncidentSummary, summary
from shared.identity.principal import Principal
from shared.models.posting import Posting as PostingRow
from shared.models.triage import (
    Approval,
    IncidentPost,
    ReplyVersion,
    StatusChange,
)
from shared.models.triage import (
    Reply as ReplyRow,
)


class Post(Answer):
    """A resident's post; it says nothing of the person who wrote it."""

    id: UUID
    network: str
    kind: str
    source_name: str | None
    url: str | None
    text: str
    matches: list[Match]
    published_at: datetime
    received_at: datetime
    joined_at: datetime
    edited_at: datetime | None
    deleted_at: datetime | None = Field(description="When we learnt it was deleted.")

    @staticmethod
    def of(row: IncidentPost) -> "Post":
        """Present a post."""
        plain = row.model_dump(
            include=set(Post.model_fields) - {"id", "matches", "source_name"}
        )
        return Post(
            id=row.post_id,
            matches=[Match(**match) for match in row.matches],
            source_name=row.source_name or None,
            **plain,
        )


class Version(Answer):
    """A wording of a reply."""

    n: int
    text: str
    author_name: str
    created_at: datetime


class Remark(Answer):
    """What an approver asked to change, in version `n`."""

    n: int
    by: str
    text: str
    at: datetime


class CopyOf(Answer):
    """The incident whose reply has the same words."""

    incident_id: UUID
    number: int | None


class Reply(Answer):
    """One round of an answer. `copy_of` is a warning, not a refusal."""

    id: UUID
    round: int
    status: str
    versions: list[Version]
    remarks: list[Remark]
    approved_by: str | None
    approved_at: datetime | None
    approved_version: int | None
    published_at: datetime | None
    published_by: str | None
    published_link: str | None
    publish_error: str | None
    copy_of: CopyOf | None


class Posting(Answer):
    """One attempt to publish a reply from an official page, the latest one last.

    `due_at` is when Otklik acts next; null while it waits for a person or is over.
    `obstacle` is a code, `message` what the network said.
    """

    id: UUID
    reply_id: UUID
    state: PostingState
    post_id: UUID
    page_name: str
    network: str
    answer: int = Field(description="1 for the first answer under the post.")
    text_version: int
    approved_by: str
    approved_at: datetime
    asked_by: str
    asked_at: datetime
    due_at: datetime | None
    tries: int
    obstacle: Obstacle | None
    message: str | None
    link: str | None
    sent_at: datetime | None
    settled_by: str | None


class HistoryEntry(Answer):
    """Who did what; `detail` is an authority, a remark, a link or a reason."""

    at: datetime
    actor_name: str
    action: str
    status: str
    detail: str | None


class ClockSpan(Answer):
    """Who held the incident; `to` is null while it lasts."""

    holder: Holder
    start: datetime = Field(alias="from")
    end: datetime | None = Field(alias="to")
    working_minutes: int
    wall_minutes: int


class Incident(IncidentSummary):
    """The whole case; `allowed` is what the caller may do with it now."""

    closing_reason: str | None
    promised_on: date | None
    proof: str | None
    posts: list[Post]
    replies: list[Reply]
    postings: list[Posting]
    can_be_answered: bool = Field(
        description="A registered page may answer one of the posts from here."
    )
    is_answered: bool = Field(description="A further answer has to be asked for.")
    history: list[HistoryEntry]
    clock: list[ClockSpan]
    allowed: list[str]


def incident_of(
    file: CaseFile, principal: Principal, publishers: Publishers, now: datetime
) -> Incident:
    """Present one incident to the one who asks."""
    row, case, desk = file.incident, file.case, file.desk
    found = way(case.posts, file.pages, publishers, principal, row.authority)
    reply = current(case.replies)
    tried = [one for one in case.postings if reply and one.reply_id == reply.id]
    state = state_of(row, case.replies, tried[-1] if tried else None)
    allowed = allowed_names(state, principal, desk, has_target=found is not None)
    return Incident(
        **summary(row, desk, now),
        closing_reason=row.closing_reason,
        promised_on=row.promised_on,
        proof=row.proof,
        posts=[Post.of(post) for post in case.posts],
        replies=_replies(file),
        postings=[_posting(posting, file) for posting in case.postings],
        can_be_answered=found is not None,
        is_answered=any(
            one.published_at is not None and not one.imported for one in case.replies
        ),
        history=[_entry(change) for change in case.changes],
        clock=_clock(file, now),
        allowed=allowed,
    )


def _replies(file: CaseFile) -> list[Reply]:
    case = file.case
    return [
        _reply(
            reply,
            [version for version in case.versions if version.reply_id == reply.id],
            [verdict for verdict in case.approvals if verdict.reply_id == reply.id],
            file,
        )
        for reply in case.replies
    ]


def _reply(
    row: ReplyRow,
    versions: Sequence[ReplyVersion],
    verdicts: Sequence[Approval],
    file: CaseFile,
) -> Reply:
    copied = row.copy_of
    return Reply(
        **row.model_dump(include=_REPLY),
        versions=[
            Version.model_validate(version, from_attributes=True)
            for version in versions
        ],
        remarks=[
            Remark(n=verdict.n, by=verdict.by_name, text=verdict.remark, at=verdict.at)
            for verdict in verdicts
            if verdict.remark is not None
        ],
        approved_by=row.approved_by_name,
        published_by=row.published_by_name if row.published_at else None,
        copy_of=copied and CopyOf(incident_id=copied, number=file.copied.get(copied)),
    )


_REPLY = {
    "id",
    "round",
    "status",
    "approved_at",
    "approved_version",
    "published_at",
    "published_link",
    "publish_error",
}


def _posting(row: PostingRow, file: CaseFile) -> Posting:
    page = next(page for page in file.pages if page.id == row.page_id)
    return Posting(
        **row.model_dump(include=set(Posting.model_fields) - _NAMES),
        page_name=page.name,
        network=page.network,
        approved_by=row.approver_name,
        asked_by=row.asked_by_name,
        settled_by=row.settled_by_name,
    )


_NAMES = {"approved_by", "asked_by", "settled_by"}


def _entry(row: StatusChange) -> HistoryEntry:
    return HistoryEntry.model_validate(row, from_attributes=True)


def _clock(file: CaseFile, now: datetime) -> list[ClockSpan]:
    """The time since the first post was taken in, by who had to act."""
    row = file.incident
    taken_in = Change(row.received_at, Status.NEW)
    changes = [Change(each.at, Status(each.status)) for each in file.case.changes]
    return [
        ClockSpan.model_validate(
            {
                "holder": held.holder,
                "from": held.start,
                "to": held.end,
                "working_minutes": held.working_minutes,
                "wall_minutes": held.wall_minutes,
            }
        )
        for held in ledger([taken_in, *changes], now, file.desk.calendar)
    ]


class Decided(Answer):
    """What a decision has led to."""

    candidate: Candidate
    incident: IncidentSummary | None
