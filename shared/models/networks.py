"""Tables about watched networks, in the schema `ingest` of services/ingest."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, LargeBinary, UniqueConstraint
from sqlmodel import Field, SQLModel

from shared.ids import new_id
from shared.models.columns import moment

SCHEMA = {"schema": "ingest"}


class Credential(SQLModel, table=True):
    """A token of a network; its secrets are sealed and never shown again.

    `version` grows when the secrets are replaced, so that budgets and counters take
    it for another token.
    """

    __tablename__ = "credential"
    __table_args__ = (UniqueConstraint("region_id", "network", "label"), SCHEMA)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    region_id: int
    network: str
    kind: str
    label: str
    sealed: bytes = Field(sa_type=LargeBinary)
    version: int = Field(default=1, sa_column_kwargs={"server_default": "1"})
    state: str = "ok"
    last_error: str | None = None
    error_code: str | None = None
    expires_at: datetime | None = moment(nullable=True)
    last_used_at: datetime | None = moment(nullable=True)
    created_at: datetime = moment()
    changed_at: datetime = moment()


class HookEvent(SQLModel, table=True):
    """An event a network delivered; the same one again brings nothing."""

    __tablename__ = "hook_event"
    __table_args__ = SCHEMA

    source_id: UUID = Field(primary_key=True)
    event_id: str = Field(primary_key=True)
    region_id: int
    received_at: datetime = moment()


class PageStat(SQLModel, table=True):
    """A figure of an official page on a day; the first one of a day stays."""

    __tablename__ = "page_stat"
    __table_args__ = SCHEMA

    source_id: UUID = Field(primary_key=True)
    name: str = Field(primary_key=True)
    method: str = Field(primary_key=True)
    day: date = Field(primary_key=True)
    region_id: int
    value: int = Field(sa_type=BigInteger)
    as_of: datetime = moment()
    precision: str


class RawPayload(SQLModel, table=True):
    """What a network sent for a revision, without its author, encrypted."""

    __tablename__ = "raw_payload"
    __table_args__ = SCHEMA

    post_id: UUID = Field(primary_key=True)
    revision: int = Field(primary_key=True)
    region_id: int
    sealed: bytes = Field(sa_type=LargeBinary)
    sealed_at: datetime = moment()


class SealedLink(SQLModel, table=True):
    """The address of a post, which names a person; encrypted, kept for a time only."""

    __tablename__ = "sealed_link"
    __table_args__ = SCHEMA

    post_id: UUID = Field(primary_key=True)
    region_id: int
    sealed: bytes = Field(sa_type=LargeBinary)
    sealed_at: datetime = moment()
