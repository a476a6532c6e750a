"""Candidates and incidents as services/triage answers them."""

from datetime import date, datetime

from pydantic import Field

from web.shapes.base import Named, Shape, Suggested

Span = tuple[int, int]


class Match(Shape):
    """Why a rule caught a post."""

    rule_id: str | int | None = None
    rule_name: str
    rule_version: int = 1
    positions: tuple[Span, ...] = ()


class Similar(Shape):
    """An open incident that may be the same problem."""

    id: str
    number: int
    title: str
    score: float | None = None
    reasons: tuple[str, ...] = ()


class UrgentSign(Shape):
    """What in the text says that it cannot wait."""

    kind: str
    words: str = ""


class Candidate(Shape):
    """A post that waits for a person's decision."""

    id: str
    post_id: str
    network: str
    kind: str = "post"
    source_name: str | None = None
    url: str | None = None
    published_at: datetime
    received_at: datetime
    text: str
    matches: tuple[Match, ...] = ()
    topic: Suggested | None = None
    municipality: Suggested | None = None
    authority: Suggested | None = None
    urgency: str = "normal"
    urgency_signs: tuple[UrgentSign, ...] = ()
    status: str = "new"
    decision: str | None = None
    incident_id: str | None = None
    deadline_at: datetime | None = None
    remaining_minutes: int | None = None
    similar_incidents: tuple[Similar, ...] = ()
    version: int | None = None


class CandidateCounts(Shape):
    """The figures of the queue's views."""

    new: int = 0
    urgent: int = 0
    overdue: int = 0


class CandidatePage(Shape):
    """One page of the queue."""

    items: tuple[Candidate, ...] = ()
    next_cursor: str | None = None
    counts: CandidateCounts = CandidateCounts()


class IncidentSummary(Shape):
    """An incident as a row of a list."""

    id: str
    number: int
    title: str
    status: str
    kind: str | None = None
    topic: Named | None = None
    municipality: Named | None = None
    authority: Named | None = None
    place: str | None = None
    opened_at: datetime
    deadline_at: datetime | None = None
    remaining_minutes: int | None = None
    answered_at: datetime | None = None
    answered_in_time: bool | None = None
    closed_at: datetime | None = None
    outcome: str | None = None
    post_count: int | None = None


class IncidentPage(Shape):
    """One page of incidents; `counts` has one figure a status, and `overdue`."""

    items: tuple[IncidentSummary, ...] = ()
    next_cursor: str | None = None
    counts: dict[str, int] = Field(default_factory=dict)


class IncidentPost(Shape):
    """A resident's post inside an incident."""

    id: str
    network: str
    kind: str = "post"
    source_name: str | None = None
    url: str | None = None
    text: str
    published_at: datetime
    matches: tuple[Match, ...] = ()
    edited_at: datetime | None = None
    deleted_at: datetime | None = None


class Version(Shape):
    """One wording of a reply."""

    n: int
    text: str
    author_name: str | None = None
    created_at: datetime


class Remark(Shape):
    """What an approver asks to change."""

    by: str | None = None
    text: str
    at: datetime


class CopyOf(Shape):
    """The incident whose reply has the same words."""

    incident_id: str
    number: int | None = None


class Reply(Shape):
    """One round of an answer."""

    id: str
    round: int = 1
    status: str
    versions: tuple[Version, ...] = ()
    remarks: tuple[Remark, ...] = ()
    approved_by: str | None = None
    approved_at: datetime | None = None
    published_at: datetime | None = None
    published_link: str | None = None
    publish_error: str | None = None
    copy_of: CopyOf | None = None


class Posting(Shape):
    """One attempt to publish a reply from an official page."""

    id: str
    reply_id: str = ""
    state: str
    page_name: str = ""
    answer: int = 1
    asked_by: str | None = None
    asked_at: datetime | None = None
    due_at: datetime | None = None
    obstacle: str | None = None
    message: str | None = None
    link: str | None = None
    sent_at: datetime | None = None
    settled_by: str | None = None


class Entry(Shape):
    """One line of an incident's history."""

    at: datetime
    actor_name: str | None = None
    action: str
    status: str = ""
    detail: str | None = None


class ClockSpan(Shape):
    """Who held the incident, and for how long."""

    holder: str
    started_at: datetime | None = Field(default=None, validation_alias="from")
    ended_at: datetime | None = Field(default=None, validation_alias="to")
    working_minutes: float = 0
    wall_minutes: float = 0


class Incident(IncidentSummary):
    """The whole case."""

    closing_reason: str | None = None
    promised_on: date | None = None
    proof: str | None = None
    posts: tuple[IncidentPost, ...] = ()
    replies: tuple[Reply, ...] = ()
    postings: tuple[Posting, ...] = ()
    is_answered: bool = False
    history: tuple[Entry, ...] = ()
    clock: tuple[ClockSpan, ...] = ()
    allowed: tuple[str, ...] = ()
    version: int | None = None


class Decided(Shape):
    """The answer to a decision."""

    candidate: Candidate
    incident: IncidentSummary | None = None
