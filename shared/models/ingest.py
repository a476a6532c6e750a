"""Tables of the schema `ingest`, owned by services/ingest; those of rules apart."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ForeignKey,
    LargeBinary,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from shared.ids import new_id
from shared.models.columns import json, moment

SCHEMA = {"schema": "ingest"}


class Source(SQLModel, table=True):
    """A page, feed, file or pushing system that posts come from.

    `cursor` is what the poller must know the next time; `intake` says whether every
    post becomes a candidate or only one that a rule matches. Of a page, `native`
    names it to its network; `stop_reason` is the kind of error that stopped it. Of a
    source that was renamed, posts published after `index_after` are still to be queued
    for the search index. `remarks` are codes with figures that the last poll told,
    though it went well.
    """

    __tablename__ = "source"
    __table_args__ = (UniqueConstraint("region_id", "network", "name"), SCHEMA)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    region_id: int
    kind: str
    network: str
    name: str
    url: str | None = None
    municipality: str | None = None
    intake: str
    state: str = "active"
    cursor: dict[str, Any] = json(dict)
    poll_every_s: int | None = None
    next_poll_at: datetime | None = moment(nullable=True)
    last_ok_at: datetime | None = moment(nullable=True)
    last_error: str | None = None
    failures: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    created_at: datetime = moment()
    place_kind: str | None = None
    native: str | None = None
    credential_id: UUID | None = Field(
        default=None,
        sa_column_args=[ForeignKey("ingest.credential.id", ondelete="SET NULL")],
    )
    options: dict[str, Any] = json(dict)
    accepted_by: str | None = None
    accepted_at: datetime | None = moment(nullable=True)
    stop_reason: str | None = None
    error_kind: str | None = None
    error_code: str | None = None
    failing_since: datetime | None = moment(nullable=True)
    lag_s: int | None = None
    skew_s: int | None = None
    unknown: dict[str, int] = json(dict)
    next_figures_at: datetime | None = moment(nullable=True)
    hook_turn: int = Field(default=1, sa_column_kwargs={"server_default": "1"})
    index_after: datetime | None = moment(nullable=True)
    remarks: list[dict[str, Any]] = json(list)


class Post(SQLModel, table=True):
    """A post as it stands now, redacted, without its author; a tombstone when deleted.

    `fingerprint` is keyed: without the secret nobody can guess redacted text from it.
    `status` to `label_version` are what triage said last.
    """

    __tablename__ = "post"
    __table_args__ = {**SCHEMA, "postgresql_partition_by": "RANGE (id)"}

    id: UUID = Field(default_factory=new_id, primary_key=True)
    region_id: int
    source_id: UUID
    batch_id: UUID | None = None
    revision: int = 1
    fingerprint: bytes = Field(sa_type=LargeBinary)
    network: str
    kind: str
    external_id: str
    parent_key: str | None = None
    url: str | None = None
    text: str
    published_at: datetime = moment()
    edited_at: datetime | None = moment(nullable=True)
    received_at: datetime = moment()
    deleted_at: datetime | None = moment(nullable=True)
    metrics: dict[str, Any] = json(dict)
    extra: dict[str, Any] = json(dict)
    status: str = Field(
        default="taken_in", sa_column_kwargs={"server_default": "taken_in"}
    )
    topic: str | None = None
    topic_name: str | None = None
    municipality: str | None = None
    municipality_name: str | None = None
    incident_id: UUID | None = None
    incident_number: int | None = None
    label_version: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    evidence: str | None = None
    missing_polls: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    metrics_at: datetime | None = moment(nullable=True)


class PostKey(SQLModel, table=True):
    """What makes two posts the same post: one row for each, whatever the month.

    The scope is the network for posts under their network's own keys, else the
    source.
    """

    __tablename__ = "post_key"
    __table_args__ = SCHEMA

    region_id: int = Field(primary_key=True)
    scope: UUID = Field(primary_key=True)
    network_key: str = Field(primary_key=True)
    post_id: UUID


class PostRevision(SQLModel, table=True):
    """A version of a post that a later one replaced; emptied when it is deleted."""

    __tablename__ = "post_revision"
    __table_args__ = SCHEMA

    post_id: UUID = Field(primary_key=True)
    revision: int = Field(primary_key=True)
    region_id: int
    text: str
    url: str | None = None
    edited_at: datetime | None = moment(nullable=True)
    replaced_at: datetime = moment()


class SealedOriginal(SQLModel, table=True):
    """The text before redaction, encrypted; only where redaction changed it."""

    __tablename__ = "sealed_original"
    __table_args__ = SCHEMA

    post_id: UUID = Field(primary_key=True)
    revision: int = Field(primary_key=True)
    region_id: int
    sealed: bytes = Field(sa_type=LargeBinary)
    sealed_at: datetime = moment()


class Batch(SQLModel, table=True):
    """Posts waiting to be matched together."""

    __tablename__ = "batch"
    __table_args__ = SCHEMA

    id: UUID = Field(default_factory=new_id, primary_key=True)
    region_id: int
    post_ids: list[UUID] = Field(sa_type=ARRAY(Uuid))
    tries: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    error: str | None = None
    rings: int = Field(default=1, sa_column_kwargs={"server_default": "1"})
    rung_at: datetime = moment()
    created_at: datetime = moment()
    done_at: datetime | None = moment(nullable=True)


class IndexQueue(SQLModel, table=True):
    """A post whose document in the search index is not what the post is now."""

    __tablename__ = "index_queue"
    __table_args__ = SCHEMA

    post_id: UUID = Field(primary_key=True)
    region_id: int
    version: int | None = Field(
        default=None,
        sa_type=BigInteger,
        nullable=False,
        sa_column_kwargs={"server_default": text("nextval('ingest.index_version')")},
    )
    indexed_version: int | None = Field(default=None, sa_type=BigInteger)
    queued_at: datetime = moment()


class ImportRun(SQLModel, table=True):
    """A file on its way in: what it holds, how it is read, how far it got.

    `rejected` are rows refused as the file is read now; `unreadable` those that no
    other mapping could save. Both lists end after the first thousand.
    """

    __tablename__ = "import_run"
    __table_args__ = SCHEMA

    id: UUID = Field(default_factory=new_id, primary_key=True)
    region_id: int
    profile: str
    format: str
    source: str
    network: str
    state: str = "previewed"
    encoding: str | None = None
    delimiter: str | None = None
    columns: list[dict[str, Any]] = json(list)
    mapping: dict[str, str | None] = json(dict)
    preview: list[dict[str, Any]] = json(list)
    total: int
    valid: int
    taken: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    accepted: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    duplicates: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    rejected_total: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    rejected: list[dict[str, Any]] = json(list)
    unreadable_total: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    unreadable: list[dict[str, Any]] = json(list)
    error: str | None = None
    created_at: datetime = moment()
    changed_at: datetime = moment()


class ImportFile(SQLModel, table=True):
    """Rows of a file that wait to be taken in, encrypted; gone once they are."""

    __tablename__ = "import_file"
    __table_args__ = SCHEMA

    import_id: UUID = Field(
        sa_column_args=[ForeignKey("ingest.import_run.id")], primary_key=True
    )
    part: int = Field(primary_key=True)
    region_id: int
    sealed: bytes = Field(sa_type=LargeBinary)


class Idempotency(SQLModel, table=True):
    """The first answer to a call with an Idempotency-Key, kept for a day."""

    __tablename__ = "idempotency"
    __table_args__ = SCHEMA

    region_id: int = Field(primary_key=True)
    client: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    request_hash: bytes = Field(sa_type=LargeBinary)
    status: int | None = None
    body: dict[str, Any] | None = Field(default=None, sa_type=JSONB)
    created_at: datetime = moment()
