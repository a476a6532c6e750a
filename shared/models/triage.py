"""Tables of the schema `triage`, owned by services/triage."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Integer, SmallInteger, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from shared.ids import new_id
from shared.models.columns import json, moment

SCHEMA = {"schema": "triage"}


class TopicGroup(SQLModel, table=True):
    """The first level of the classifier of public services."""

    __tablename__ = "topic_group"
    __table_args__ = SCHEMA

    region_id: int = Field(primary_key=True)
    code: str = Field(primary_key=True)
    position: int
    name_ru: str
    name_en: str = ""


class Topic(SQLModel, table=True):
    """The second level; an urgent topic cannot wait for its turn."""

    __tablename__ = "topic"
    __table_args__ = SCHEMA

    region_id: int = Field(primary_key=True)
    code: str = Field(primary_key=True)
    group_code: str
    position: int
    name_ru: str
    name_en: str = ""
    is_urgent: bool = False


class Authority(SQLModel, table=True):
    """A body that must answer («ведомство»)."""

    __tablename__ = "authority"
    __table_args__ = SCHEMA

    region_id: int = Field(primary_key=True)
    code: str = Field(primary_key=True)
    position: int
    name: str
    short_name: str


class RoutingRule(SQLModel, table=True):
    """Who answers for a topic in a place; the first rule that fits decides."""

    __tablename__ = "routing_rule"
    __table_args__ = (UniqueConstraint("region_id", "position"), SCHEMA)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    region_id: int
    position: int
    topic: str | None = None
    topic_group: str | None = None
    municipality: str | None = None
    authority: str


class CalendarDay(SQLModel, table=True):
    """A day that differs from its weekday: off, short or working."""

    __tablename__ = "calendar_day"
    __table_args__ = SCHEMA

    region_id: int = Field(primary_key=True)
    day: date = Field(primary_key=True)
    kind: str


class Candidate(SQLModel, table=True):
    """A post before a moderator; `urgency` 0 is high, 1 is normal."""

    __tablename__ = "candidate"
    __table_args__ = (UniqueConstraint("region_id", "post_id"), SCHEMA)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    region_id: int
    post_id: UUID
    revision: int
    network: str
    kind: str
    source_id: UUID
    source_name: str
    url: str | None = None
    published_at: datetime = moment()
    received_at: datetime = moment()
    post_key: str | None = None
    parent_key: str | None = None
    text: str
    matches: list[dict[str, Any]] = json(list)
    words: list[int] = Field(sa_type=ARRAY(Integer))
    topic: str | None = None
    topic_confidence: float | None = None
    municipality: str | None = None
    authority: str | None = None
    reasons: dict[str, Any] = json(dict)
    urgency: int = Field(sa_type=SmallInteger)
    deadline_at: datetime = moment()
    status: str
    decision: str | None = None
    tone: str | None = None
    note: str | None = None
    incident_id: UUID | None = None
    decided_at: datetime | None = moment(nullable=True)
    decided_by: UUID | None = None
    decided_by_name: str | None = None
    version: int = 1


class IncidentCounter(SQLModel, table=True):
    """The last incident number given in a region."""

    __tablename__ = "incident_counter"
    __table_args__ = SCHEMA

    region_id: int = Field(primary_key=True)
    last_number: int


class Incident(SQLModel, table=True):
    """The case: one problem, one or many posts, one clock to the first answer."""

    __tablename__ = "incident"
    __table_args__ = (UniqueConstraint("region_id", "number"), SCHEMA)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    region_id: int
    number: int
    title: str
    status: str
    kind: str
    urgency: int = Field(sa_type=SmallInteger)
    topic: str | None = None
    municipality: str | None = None
    place: str | None = None
    authority: str | None = None
    executor_id: UUID | None = None
    executor_name: str | None = None
    words: list[str] = Field(sa_type=ARRAY(Text))
    post_count: int
    received_at: datetime = moment()
    opened_at: datetime = moment()
    opened_by: UUID | None = None
    opened_by_name: str
    deadline_at: datetime = moment()
    answered_at: datetime | None = moment(nullable=True)
    answer_minutes: int | None = None
    answered_in_time: bool | None = None
    closed_at: datetime | None = moment(nullable=True)
    outcome: str | None = None
    closing_reason: str | None = None
    promised_on: date | None = None
    proof: str | None = None
    imported_number: str | None = None
    version: int = 1


class IncidentPost(SQLModel, table=True):
    """A resident's post inside an incident; a post is in one at most."""

    __tablename__ = "incident_post"
    __table_args__ = SCHEMA

    region_id: int = Field(primary_key=True)
    post_id: UUID = Field(primary_key=True)
    incident_id: UUID = Field(foreign_key="triage.incident.id", index=True)
    revision: int
    network: str
    kind: str
    source_name: str
    url: str | None = None
    post_key: str | None = None
    parent_key: str | None = None
    text: str
    matches: list[dict[str, Any]] = json(list)
    published_at: datetime = moment()
    received_at: datetime = moment()
    joined_at: datetime = moment()
    edited_at: datetime | None = moment(nullable=True)
    deleted_at: datetime | None = moment(nullable=True)


class Reply(SQLModel, table=True):
    """One round of an answer; its texts are versions of their own."""

    __tablename__ = "reply"
    __table_args__ = (UniqueConstraint("incident_id", "round"), SCHEMA)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    region_id: int
    incident_id: UUID = Field(foreign_key="triage.incident.id")
    round: int
    status: str
    text_version: int
    text_author: UUID | None = None
    text_hash: str
    copy_of: UUID | None = None
    approved_version: int | None = None
    approved_by: UUID | None = None
    approved_by_name: str | None = None
    approved_at: datetime | None = moment(nullable=True)
    publish_post_id: UUID | None = None
    publish_attempts: int = 0
    publish_rung_at: datetime | None = moment(nullable=True)
    publish_error: str | None = None
    published_at: datetime | None = moment(nullable=True)
    published_by: UUID | None = None
    published_by_name: str | None = None
    published_link: str | None = None
    imported: bool = False


class ReplyVersion(SQLModel, table=True):
    """A wording of a reply; never changed once written."""

    __tablename__ = "reply_version"
    __table_args__ = (UniqueConstraint("reply_id", "n"), SCHEMA)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    region_id: int
    reply_id: UUID = Field(foreign_key="triage.reply.id")
    n: int
    text: str
    author_id: UUID | None = None
    author_name: str
    created_at: datetime = moment()


class Approval(SQLModel, table=True):
    """A named person's verdict on one version of a reply."""

    __tablename__ = "approval"
    __table_args__ = SCHEMA

    id: UUID = Field(default_factory=new_id, primary_key=True)
    region_id: int
    reply_id: UUID = Field(foreign_key="triage.reply.id", index=True)
    n: int
    verdict: str
    remark: str | None = None
    copy_of: UUID | None = None
    by_id: UUID
    by_name: str
    at: datetime = moment()


class StatusChange(SQLModel, table=True):
    """A line of an incident's history: who did what, and the status after it."""

    __tablename__ = "status_change"
    __table_args__ = SCHEMA

    id: UUID = Field(default_factory=new_id, primary_key=True)
    region_id: int
    incident_id: UUID = Field(foreign_key="triage.incident.id")
    at: datetime = moment()
    action: str
    status: str
    actor_id: UUID | None = None
    actor_name: str
    detail: str | None = None
