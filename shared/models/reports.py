"""Tables of the schema `reports`, owned by services/reports."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Text
from sqlmodel import Field, SQLModel

from shared.models.columns import moment

SCHEMA = {"schema": "reports"}


class IncidentFact(SQLModel, table=True):
    """How one incident stands; `settled_at` is when its deadline is met or missed."""

    __tablename__ = "incident_fact"
    __table_args__ = SCHEMA

    region_id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    incident_id: UUID = Field(primary_key=True)
    version: int
    number: int
    status: str = Field(sa_type=Text)
    topic: str | None = Field(default=None, sa_type=Text)
    topic_group: str | None = Field(default=None, sa_type=Text)
    municipality: str | None = Field(default=None, sa_type=Text)
    authority: str | None = Field(default=None, sa_type=Text)
    posts: int
    received_at: datetime = moment()
    opened_at: datetime = moment()
    deadline_at: datetime | None = moment(nullable=True)
    answered_at: datetime | None = moment(nullable=True)
    answer_minutes: int | None = None
    answered_in_time: bool | None = None
    settled_at: datetime | None = moment(nullable=True)
    closed_at: datetime | None = moment(nullable=True)
    outcome: str | None = Field(default=None, sa_type=Text)
    closing_reason: str | None = Field(default=None, sa_type=Text)
    promised_on: date | None = None
    imported: bool


class CandidateFact(SQLModel, table=True):
    """What was decided about one candidate."""

    __tablename__ = "candidate_fact"
    __table_args__ = SCHEMA

    region_id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    candidate_id: UUID = Field(primary_key=True)
    version: int
    decision: str = Field(sa_type=Text)
    tone: str | None = Field(default=None, sa_type=Text)
    network: str = Field(sa_type=Text)
    topic: str | None = Field(default=None, sa_type=Text)
    municipality: str | None = Field(default=None, sa_type=Text)
    authority: str | None = Field(default=None, sa_type=Text)
    incident_id: UUID | None = None
    published_at: datetime = moment()
    received_at: datetime = moment()
    decided_at: datetime = moment()


class ComplaintDay(SQLModel, table=True):
    """How many complaints a day of the region's zone had, by each dimension.

    The roll-up of candidate_fact; `code` is empty where none is set.
    """

    __tablename__ = "complaint_day"
    __table_args__ = SCHEMA

    region_id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    day: date = Field(primary_key=True)
    dimension: str = Field(primary_key=True, sa_type=Text)
    code: str = Field(primary_key=True, sa_type=Text)
    posts: int


class CodeName(SQLModel, table=True):
    """What a code of a dimension (authority, municipality, topic) is called."""

    __tablename__ = "code_name"
    __table_args__ = SCHEMA

    region_id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    dimension: str = Field(primary_key=True, sa_type=Text)
    code: str = Field(primary_key=True, sa_type=Text)
    name: str = Field(sa_type=Text)


class KpiDefinition(SQLModel, table=True):
    """What a figure, a column or a section of a report means, in words.

    A changed formula is a new row with a higher version; the newest row of a code
    is the one in force.
    """

    __tablename__ = "kpi_definition"
    __table_args__ = SCHEMA

    code: str = Field(primary_key=True, sa_type=Text)
    version: int = Field(primary_key=True)
    kind: str = Field(sa_type=Text)
    position: int
    name_ru: str = Field(sa_type=Text)
    name_en: str = Field(sa_type=Text)
    formula_ru: str = Field(sa_type=Text)
    formula_en: str = Field(sa_type=Text)
    unit: str = Field(sa_type=Text)
