"""Incidents as the API answers them."""

from datetime import date, datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import Field

from services.triage.domain.desk import URGENCIES, Desk
from services.triage.domain.states import Status
from services.triage.domain.urgency import Urgency
from services.triage.schemas.common import (
    Answer,
    Asked,
    Code,
    Named,
    NamedTopic,
    Search,
)
from shared.models.triage import Incident as Row

Day = Annotated[date, Field(ge=date(2000, 1, 1), le=date(2200, 1, 1))]


class IncidentQuery(Asked):
    """Filters, order and page of the list of incidents."""

    status: Status | None = None
    authority: Code | None = None
    municipality: Code | None = None
    topic: Code | None = None
    overdue: bool = Field(default=False, description="First answer is late.")
    mine: bool = Field(default=False, description="Opened by or assigned to me.")
    q: Search | None = Field(default=None, description="A number, or words.")
    opened_from: Day | None = Field(default=None, alias="from")
    opened_to: Day | None = Field(default=None, alias="to")
    sort: Literal["newest", "deadline"] = Field(
        default="newest", description="`deadline`: only those without an answer."
    )
    cursor: str | None = None
    limit: int = Field(default=50, ge=1, le=200)


class IncidentSummary(Answer):
    """An incident as a row of a list."""

    id: UUID
    number: int
    title: str
    status: str
    kind: str
    urgency: Urgency
    topic: NamedTopic | None
    municipality: Named | None
    authority: Named | None
    executor: str | None
    place: str | None
    received_at: datetime
    opened_at: datetime
    deadline_at: datetime
    remaining_minutes: int | None = Field(
        description="Working minutes to the first answer; none once it is given."
    )
    answered_at: datetime | None
    answer_minutes: int | None
    answered_in_time: bool | None
    closed_at: datetime | None
    outcome: str | None
    post_count: int
    imported_number: str | None
    version: int

    @classmethod
    def of(cls, row: Row, desk: Desk, now: datetime) -> Self:
        """Present an incident."""
        return cls(**summary(row, desk, now))


def summary(row: Row, desk: Desk, now: datetime) -> dict[str, object]:
    """Collect what the list and the page of an incident have alike."""
    topic = desk.topics.get(row.topic or "")
    return {
        **row.model_dump(include=_PLAIN),
        "urgency": URGENCIES[row.urgency],
        "topic": topic and NamedTopic.model_validate(topic, from_attributes=True),
        "municipality": _named(
            row.municipality, desk.municipality_name(row.municipality)
        ),
        "authority": _named(row.authority, desk.authorities.get(row.authority or "")),
        "executor": row.executor_name,
        "remaining_minutes": _remaining(row, desk, now),
    }


_PLAIN = {
    "id",
    "number",
    "title",
    "status",
    "kind",
    "place",
    "received_at",
    "opened_at",
    "deadline_at",
    "answered_at",
    "answer_minutes",
    "answered_in_time",
    "closed_at",
    "outcome",
    "post_count",
    "imported_number",
    "version",
}


def _named(code: str | None, name: str | None) -> Named | None:
    return Named(code=code, name=name or code) if code else None


def _remaining(row: Row, desk: Desk, now: datetime) -> int | None:
    if row.answered_at is not None or row.closed_at is not None:
        return None
    return desk.remaining_minutes(row.deadline_at, now)


class IncidentPage(Answer):
    """A page of incidents; `counts` has one figure per status, and `overdue`."""

    items: list[IncidentSummary]
    next_cursor: str | None
    counts: dict[str, int]
