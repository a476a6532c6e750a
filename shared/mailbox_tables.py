"""The three tables of a service's mailbox; each schema has its own."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Column, DateTime, Integer, MetaData, Table, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql import UUID as PG_UUID


@dataclass(frozen=True)
class Tables:
    """The three tables of one service's schema."""

    outbox: Table
    inbox: Table
    dead_letter: Table


@cache
def tables(schema: str) -> Tables:
    """Describe the mailbox of a schema (created by its migration)."""
    metadata = MetaData(schema=schema)
    moment = DateTime(timezone=True)
    return Tables(
        Table(
            "outbox",
            metadata,
            *_message(),
            Column("created_at", moment, nullable=False),
            Column("rung_at", moment, nullable=False),
            Column("rings", Integer, nullable=False, server_default="1"),
        ),
        Table(
            "inbox",
            metadata,
            Column("message_id", PG_UUID(as_uuid=True), primary_key=True),
            Column("kind", Text, nullable=False),
            Column("handled_at", moment, nullable=False),
        ),
        Table(
            "dead_letter",
            metadata,
            *_message(),
            Column("error", Text, nullable=False),
            Column("tries", Integer, nullable=False),
            Column("buried_at", moment, nullable=False),
            Column("replayed_at", moment),
        ),
    )


def _message() -> list[Column[Any]]:
    return [
        Column("id", PG_UUID(as_uuid=True), primary_key=True),
        Column("region_id", Integer, nullable=False),
        Column("kind", Text, nullable=False),
        Column("body", JSONB, nullable=False),
    ]
