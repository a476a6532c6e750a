"""Candidates and decisions as the API says them."""

from datetime import datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import ConfigDict, Field

from services.triage.domain.decision import Decided, Decision, Tone
from services.triage.domain.desk import URGENCIES, Desk
from services.triage.domain.similar import Similar
from services.triage.domain.urgency import Urgency
from services.triage.handlers import Asked as AskedDecision
from services.triage.schemas.common import (
    Answer,
    Asked,
    Code,
    Named,
    Remark,
    Search,
    Title,
)
from shared.models.triage import Candidate as Row

Span = tuple[int, int]


class CandidateQuery(Asked):
    """Filters, order and page of the queue."""

    status: Literal["new", "decided", "gone"] = "new"
    urgency: Urgency | None = None
    overdue: bool = Field(default=False, description="Only past their deadline.")
    topic: Code | None = None
    municipality: Code | None = None
    network: Code | None = None
    q: Search | None = Field(default=None, description="Words, in any of their forms.")
    sort: Literal["urgent", "newest"] = "urgent"
    cursor: str | None = None
    limit: int = Field(default=50, ge=1, le=200)


class Match(Answer):
    """Why a rule caught the post: positions are character offsets into `text`."""

    rule_id: UUID
    rule_name: str
    rule_version: int
    positions: tuple[Span, ...]


class Suggested(Named):
    """A proposal; `reason` is a code, `reason_params` what belongs into its words."""

    reason: str | None
    reason_params: dict[str, str]


class SuggestedTopic(Suggested):
    """A proposed topic with its group."""

    name_en: str
    group_name: str
    group_name_en: str
    confidence: float | None


class SimilarIncident(Answer):
    """An open incident that may be about the same problem; `score` is 0 to 1."""

    id: UUID
    number: int
    title: str
    score: float
    reasons: tuple[str, ...]


class Candidate(Answer):
    """A post before a moderator. It says nothing of the person who wrote it."""

    id: UUID
    post_id: UUID
    network: str
    kind: str
    source_name: str
    url: str | None
    published_at: datetime
    received_at: datetime
    text: str
    matches: list[Match]
    topic: SuggestedTopic | None
    municipality: Suggested | None
    authority: Suggested | None
    urgency: Urgency
    urgency_signs: list[dict[str, str]]
    status: str
    decision: str | None
    tone: str | None
    note: str | None
    decided_at: datetime | None
    decided_by: str | None
    incident_id: UUID | None
    deadline_at: datetime
    remaining_minutes: int = Field(description="Working minutes; negative when late.")
    similar_incidents: list[SimilarIncident] = Field(
        default=[], description="Only in the answer about one candidate."
    )
    version: int

    @classmethod
    def of(
        cls, row: Row, desk: Desk, now: datetime, similar: list[Similar] | None = None
    ) -> Self:
        """Present a candidate."""
        return cls(
            **row.model_dump(include=_PLAIN),
            matches=[Match(**match) for match in row.matches],
            topic=_topic(row, desk),
            municipality=_suggested(
                row, "municipality", desk.municipality_name(row.municipality)
            ),
            authority=_suggested(
                row, "authority", desk.authorities.get(row.authority or "")
            ),
            urgency=URGENCIES[row.urgency],
            urgency_signs=row.reasons.get("urgency", []),
            decided_by=row.decided_by_name,
            remaining_minutes=desk.remaining_minutes(row.deadline_at, now),
            similar_incidents=[
                SimilarIncident.model_validate(one, from_attributes=True)
                for one in similar or ()
            ],
        )


_PLAIN = {
    "id",
    "post_id",
    "network",
    "kind",
    "source_name",
    "url",
    "published_at",
    "received_at",
    "text",
    "status",
    "decision",
    "tone",
    "note",
    "decided_at",
    "incident_id",
    "deadline_at",
    "version",
}


def _topic(row: Row, desk: Desk) -> SuggestedTopic | None:
    topic = desk.topics.get(row.topic or "")
    if topic is None:
        return None
    reason = _reason(row, "topic")
    return SuggestedTopic(
        code=topic.code,
        name=topic.name,
        name_en=topic.name_en,
        group_name=topic.group_name,
        group_name_en=topic.group_name_en,
        confidence=row.topic_confidence if reason["reason"] else None,
        **reason,
    )


def _suggested(row: Row, field: str, name: str | None) -> Suggested | None:
    code = getattr(row, field)
    if code is None:
        return None
    return Suggested(code=code, name=name or code, **_reason(row, field))


def _reason(row: Row, field: str) -> dict[str, Any]:
    """A reason holds only while what was suggested still stands."""
    reason = row.reasons.get(field, {})
    if reason.get("suggested") != getattr(row, field):
        return {"reason": None, "reason_params": {}}
    return {"reason": reason["code"], "reason_params": reason["params"]}


class QueueCounts(Answer):
    """Exact figures of the whole queue, whatever the filters of the page."""

    new: int
    urgent: int
    overdue: int


class CandidatePage(Answer):
    """A page of the queue."""

    items: list[Candidate]
    next_cursor: str | None
    counts: QueueCounts


class DecisionIn(Asked):
    """What the moderator decides; what is left out comes from the suggestions."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "decision": "open",
                    "topic": "housing.hot_water",
                    "municipality": "vetlogorsk",
                    "authority": "housing",
                    "title": "Нет горячей воды, ул. Садовая, 14",
                },
                {"decision": "not_complaint", "tone": "thanks"},
            ]
        }
    )

    decision: Decision
    topic: Code | None = None
    municipality: Code | None = None
    authority: Code | None = None
    title: Title | None = None
    incident_id: Annotated[UUID | None, Field(description="The incident to join.")] = (
        None
    )
    tone: Tone | None = None
    note: Remark | None = None

    def asked(self) -> AskedDecision:
        """Say it to the use case."""
        decided = Decided(
            decision=self.decision,
            topic=self.topic,
            municipality=self.municipality,
            authority=self.authority,
            incident_id=self.incident_id,
            tone=self.tone,
        )
        return AskedDecision(decided=decided, title=self.title, note=self.note)
