"""The outbox of answers in the schema `triage`, owned by services/triage."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from shared.ids import new_id
from shared.models.columns import moment
from shared.models.triage import SCHEMA


class OfficialPage(SQLModel, table=True):
    """A page that speaks for the region; no other page ever does.

    `speakers` are the roles whose people may publish there, `authority` limits it to
    the incidents of one; `credential` is the label of a credential. While it is paused
    what goes out from it waits; once it is retired it is given back.
    """

    __tablename__ = "official_page"
    __table_args__ = (UniqueConstraint("region_id", "network", "native_id"), SCHEMA)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    region_id: int
    network: str
    native_id: str
    name: str
    url: str | None = None
    credential: str | None = None
    speakers: list[str] = Field(sa_type=ARRAY(Text))
    authority: str | None = None
    registered_at: datetime = moment()
    registered_by: UUID | None = None
    registered_by_name: str
    retired_at: datetime | None = moment(nullable=True)
    paused_at: datetime | None = moment(nullable=True)


class Posting(SQLModel, table=True):
    """One approved text on its way to one post; `due_at` is when a worker acts next.

    `guid` is what the network knows it by; `holder` the worker that has it in hand.
    """

    __tablename__ = "posting"
    __table_args__ = SCHEMA

    id: UUID = Field(default_factory=new_id, primary_key=True)
    region_id: int
    reply_id: UUID = Field(foreign_key="triage.reply.id")
    incident_id: UUID = Field(foreign_key="triage.incident.id")
    text_version: int
    text_hash: str
    post_id: UUID
    item_key: str
    answer: int
    further: bool
    page_id: UUID = Field(foreign_key="triage.official_page.id")
    approver_id: UUID
    approver_name: str
    approved_at: datetime = moment()
    asked_at: datetime = moment()
    asked_by: UUID | None = None
    asked_by_name: str
    guid: str
    state: str
    due_at: datetime | None = moment(nullable=True)
    holder: UUID | None = None
    tries: int = 0
    first_started_at: datetime | None = moment(nullable=True)
    started_at: datetime | None = moment(nullable=True)
    lost_at: datetime | None = moment(nullable=True)
    looks: int = 0
    obstacle: str | None = None
    message: str | None = None
    link: str | None = None
    native_id: str | None = None
    snapshot: dict[str, Any] | None = Field(default=None, sa_type=JSONB)
    sent_at: datetime | None = moment(nullable=True)
    settled_by: UUID | None = None
    settled_by_name: str | None = None
