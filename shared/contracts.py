"""The messages services send each other; the only way they talk in the background.

Frozen pydantic models. `kind` names the message, `consumer` the service that takes
it. Fields are added with defaults and never renamed: an older producer must still
be understood.
"""

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict

BATCH = 200
"""Most items one message carries, so that one job stays far below its timeout."""


class Part(BaseModel):
    """A frozen piece of a message."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Contract(Part):
    """A message from one service to another about one region."""

    kind: ClassVar[str]
    consumer: ClassVar[str]

    region_id: int


class RuleMatch(Part):
    """Why a rule caught a post: character offsets into the redacted text.

    `topic`, `authority` and `municipality` are the codes the rule suggests.
    """

    rule_id: UUID
    rule_name: str
    rule_version: int
    topic: str | None
    positions: tuple[tuple[int, int], ...]
    authority: str | None = None
    municipality: str | None = None


class MatchedPost(Part):
    """A post as taken in, redacted, with its matches; carries no author.

    `revision` grows with every edit: the consumer ignores an older one. `key` and
    `parent_key` are the network's own names of the post and of what it stands under,
    `network:id`, such as `vk:wall:-1_2`; None where only a source has a name for it.
    """

    post_id: UUID
    revision: int
    network: str
    kind: str
    source_id: UUID
    source_name: str
    municipality: str | None
    url: str | None
    text: str
    published_at: datetime
    received_at: datetime
    deleted: bool = False
    matches: tuple[RuleMatch, ...] = ()
    key: str | None = None
    parent_key: str | None = None


class PostsMatched(Contract):
    """ingest → triage: these posts are candidates (or changed, or were deleted)."""

    kind = "posts_matched"
    consumer = "triage"

    posts: tuple[MatchedPost, ...]


class HandledIncident(Part):
    """An incident that was handled in another system, from its export.

    Times are aware; texts are redacted before they are put in here.
    """

    post_id: UUID
    text: str
    url: str | None
    network: str
    published_at: datetime
    number: str
    authority: str | None
    topic_group: str | None
    topic: str | None
    municipality: str | None
    incident_kind: str | None
    outcome: str | None
    closing_reason: str | None
    created_at: datetime
    first_answer_at: datetime | None
    closed_at: datetime | None
    answers: tuple[str, ...] = ()


class IncidentsImported(Contract):
    """ingest → triage: incidents with their history from another system's export."""

    kind = "incidents_imported"
    consumer = "triage"

    incidents: tuple[HandledIncident, ...]


class PostLabel(Part):
    """What triage decided about a post; `version` orders labels of one post."""

    post_id: UUID
    version: int
    status: str
    topic: str | None = None
    topic_name: str | None = None
    municipality: str | None = None
    municipality_name: str | None = None
    incident_id: UUID | None = None
    incident_number: int | None = None
    tone: str | None = None


class PostsLabelled(Contract):
    """triage → ingest: how these posts stand, for the archive and to measure rules."""

    kind = "posts_labelled"
    consumer = "ingest"

    labels: tuple[PostLabel, ...]


class TokenRefused(Contract):
    """triage → ingest: a network refused a token while we answered; nobody uses it.

    `token` is its id in budgets, `code` the network's own code of the refusal.
    """

    kind = "token_refused"
    consumer = "ingest"

    network: str
    token: str
    message: str
    code: str | None = None


class CandidateFact(Part):
    """One decided candidate, for the figures; `version` orders facts of one."""

    candidate_id: UUID
    version: int
    decision: str
    tone: str | None
    network: str
    topic: str | None
    municipality: str | None
    authority: str | None
    incident_id: UUID | None
    published_at: datetime
    received_at: datetime
    decided_at: datetime


class CandidatesDecided(Contract):
    """triage → reports: what moderators decided about candidates."""

    kind = "candidates_decided"
    consumer = "reports"

    candidates: tuple[CandidateFact, ...]


class IncidentFact(Part):
    """The whole state of one incident the figures need; later `version` wins.

    Minutes are whole working minutes of the region's calendar.
    """

    incident_id: UUID
    version: int
    number: int
    status: str
    topic: str | None
    topic_name: str | None
    topic_group: str | None
    municipality: str | None
    municipality_name: str | None
    authority: str | None
    authority_name: str | None
    posts: int
    received_at: datetime
    opened_at: datetime
    deadline_at: datetime | None
    answered_at: datetime | None
    answer_minutes: int | None
    answered_in_time: bool | None
    closed_at: datetime | None
    outcome: str | None
    closing_reason: str | None
    promised_on: date | None
    imported: bool = False


class IncidentsChanged(Contract):
    """triage → reports: these incidents now stand like this."""

    kind = "incidents_changed"
    consumer = "reports"

    incidents: tuple[IncidentFact, ...]


CONTRACTS: dict[str, type[Contract]] = {
    contract.kind: contract
    for contract in (
        PostsMatched,
        IncidentsImported,
        PostsLabelled,
        TokenRefused,
        CandidatesDecided,
        IncidentsChanged,
    )
}
