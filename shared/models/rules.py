"""Tables of the schema `ingest` about rules, owned by services/ingest."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, UniqueConstraint
from sqlmodel import Field, SQLModel

from shared.ids import new_id
from shared.models.columns import json, moment

SCHEMA = {"schema": "ingest"}
ZERO = {"server_default": "0"}


class RuleSet(SQLModel, table=True):
    """Grows with every change of a region's rules, so that matchers notice.

    `hits_counted_to` is the last day whose hits stand in `rule_day`.
    """

    __tablename__ = "rule_set"
    __table_args__ = SCHEMA

    region_id: int = Field(primary_key=True)
    version: int = Field(sa_type=BigInteger)
    hits_counted_to: date | None = None


class Rule(SQLModel, table=True):
    """A reviewed keyword query with owner, purpose and expiry, as it stands now.

    `authority_code` and `municipality` are what it suggests beside the topic.
    `state_reason` is a code, set when Otklik itself suspended the rule; its quality
    is measured from the version `measured_from` on; `flagged_at` is set while too
    many of its hits are rejected.
    """

    __tablename__ = "rule"
    __table_args__ = (UniqueConstraint("region_id", "name"), SCHEMA)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    region_id: int
    name: str
    version: int = 1
    query: str
    topic_code: str | None = None
    authority_code: str | None = None
    municipality: str | None = None
    purpose: str
    owner: str
    expires_on: date
    state: str = "active"
    state_reason: str | None = None
    measured_from: int = Field(default=1, sa_column_kwargs={"server_default": "1"})
    flagged_at: datetime | None = moment(nullable=True)
    created_at: datetime = moment()
    changed_at: datetime = moment()


class RuleVersion(SQLModel, table=True):
    """A rule as it stood after one change; matches name the version that caught.

    `reason` is the author's, or a code where Otklik itself made the change.
    """

    __tablename__ = "rule_version"
    __table_args__ = SCHEMA

    rule_id: UUID = Field(primary_key=True, foreign_key="ingest.rule.id")
    version: int = Field(primary_key=True)
    region_id: int
    name: str
    query: str
    topic_code: str | None = None
    authority_code: str | None = None
    municipality: str | None = None
    purpose: str
    owner: str
    expires_on: date
    state: str
    reason: str = Field(default="", sa_column_kwargs={"server_default": ""})
    changed_by: str
    changed_at: datetime = moment()


class Match(SQLModel, table=True):
    """Why a rule caught a revision of a post: character offsets of the words.

    A match of a rule in monitor mode is kept but makes no candidate.
    """

    __tablename__ = "match"
    __table_args__ = SCHEMA

    post_id: UUID = Field(primary_key=True)
    revision: int = Field(primary_key=True)
    rule_id: UUID = Field(primary_key=True)
    region_id: int
    rule_version: int
    monitor: bool
    positions: list[list[int]] = json(list)


class RuleVerdict(SQLModel, table=True):
    """What moderators made of a hit; `week` is the Monday of its decision."""

    __tablename__ = "rule_verdict"
    __table_args__ = SCHEMA

    post_id: UUID = Field(primary_key=True)
    rule_id: UUID = Field(primary_key=True)
    region_id: int
    rule_version: int
    verdict: str
    week: date
    decided_at: datetime = moment()


class RuleWeek(SQLModel, table=True):
    """How many verdicts of each kind a version of a rule had in a week."""

    __tablename__ = "rule_week"
    __table_args__ = SCHEMA

    rule_id: UUID = Field(primary_key=True)
    rule_version: int = Field(primary_key=True)
    week: date = Field(primary_key=True)
    region_id: int
    accepted: int = Field(default=0, sa_column_kwargs=ZERO)
    noise: int = Field(default=0, sa_column_kwargs=ZERO)
    opinion: int = Field(default=0, sa_column_kwargs=ZERO)
    other: int = Field(default=0, sa_column_kwargs=ZERO)


class RuleDay(SQLModel, table=True):
    """How many posts of a past day a rule caught."""

    __tablename__ = "rule_day"
    __table_args__ = SCHEMA

    region_id: int = Field(primary_key=True)
    day: date = Field(primary_key=True)
    rule_id: UUID = Field(primary_key=True)
    hits: int


class DryRun(SQLModel, table=True):
    """A query tried on the archive, post by post from `first_id` to `last_id`.

    `at_id` is the last post looked at; `total` is counted when the work begins.
    `alone` are hits no other active rule has, `candidates` those that would be new
    in the queue. `days` counts [posts, hits] a day, `shared` hits by rule id;
    `samples` name posts and positions, never texts: those may be deleted.
    """

    __tablename__ = "dry_run"
    __table_args__ = SCHEMA

    id: UUID = Field(default_factory=new_id, primary_key=True)
    region_id: int
    rule_id: UUID | None = None
    query: str
    state: str = "running"
    first_id: UUID
    last_id: UUID
    at_id: UUID
    total: int | None = None
    seen: int = Field(default=0, sa_column_kwargs=ZERO)
    hits: int = Field(default=0, sa_column_kwargs=ZERO)
    alone: int = Field(default=0, sa_column_kwargs=ZERO)
    candidates: int = Field(default=0, sa_column_kwargs=ZERO)
    days: dict[str, list[int]] = json(dict)
    shared: dict[str, int] = json(dict)
    samples: list[dict[str, Any]] = json(list)
    error: str | None = None
    rings: int = Field(default=1, sa_column_kwargs={"server_default": "1"})
    rung_at: datetime = moment()
    created_by: str
    created_at: datetime = moment()
    changed_at: datetime = moment()
