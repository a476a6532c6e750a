"""Outbox, inbox and dead letters: at least once on the wire, once in effect.

The producer writes the message in the transaction of the change, rings the
consumer after commit, and keeps the row until the consumer acknowledges it; a
sweeper rings again for what was left. The consumer records the message id in its
inbox in the transaction of the effects. Each service has its own three tables.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, cached_property
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Column,
    DateTime,
    Integer,
    MetaData,
    Table,
    Text,
    delete,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql import UUID as PG_UUID
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.ext.asyncio import AsyncSession

from shared.contracts import CONTRACTS, Contract
from shared.ids import new_id

MAX_RINGS = 20
"""After so many unanswered rings the producer buries the message itself."""

INBOX_KEPT = timedelta(days=14)


@dataclass(frozen=True)
class Message:
    """A contract on its way, as the queue carries it."""

    id: UUID
    producer: str
    contract: Contract

    @cached_property
    def body(self) -> dict[str, Any]:
        """The contract as JSON can carry it, made once for the row and the queue."""
        return self.contract.model_dump(mode="json")

    def packed(self) -> dict[str, Any]:
        """Return plain data for the queue."""
        return {
            "id": str(self.id),
            "producer": self.producer,
            "kind": self.contract.kind,
            "body": self.body,
        }

    @staticmethod
    def unpacked(data: dict[str, Any]) -> "Message":
        """Read what `packed` wrote, by this or an older version of us."""
        contract = CONTRACTS[data["kind"]].model_validate(data["body"])
        return Message(UUID(data["id"]), data["producer"], contract)


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
            Column("id", PG_UUID(as_uuid=True), primary_key=True),
            Column("region_id", Integer, nullable=False),
            Column("kind", Text, nullable=False),
            Column("body", JSONB, nullable=False),
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
            Column("id", PG_UUID(as_uuid=True), primary_key=True),
            Column("region_id", Integer, nullable=False),
            Column("kind", Text, nullable=False),
            Column("body", JSONB, nullable=False),
            Column("error", Text, nullable=False),
            Column("tries", Integer, nullable=False),
            Column("buried_at", moment, nullable=False),
            Column("replayed_at", moment),
        ),
    )


async def put(
    session: AsyncSession, schema: str, contracts: Sequence[Contract], *, now: datetime
) -> list[Message]:
    """Write messages to the outbox; they exist if and only if the change does."""
    messages = [Message(new_id(), schema, contract) for contract in contracts]
    if messages:
        rows = [
            {
                "id": message.id,
                "region_id": message.contract.region_id,
                "kind": message.contract.kind,
                "body": message.body,
                "created_at": now,
                "rung_at": now,
            }
            for message in messages
        ]
        await session.execute(insert(tables(schema).outbox), rows)
    return messages


async def unanswered(
    session: AsyncSession, schema: str, *, before: datetime, now: datetime, limit: int
) -> list[Message]:
    """Take messages last rung before a moment, and count this ring."""
    outbox = tables(schema).outbox
    left = (
        select(outbox.c.id)
        .where(outbox.c.rung_at < before)
        .order_by(outbox.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    rows = await session.execute(
        update(outbox)
        .where(outbox.c.id.in_(left))
        .values(rung_at=now, rings=outbox.c.rings + 1)
        .returning(outbox.c.id, outbox.c.kind, outbox.c.body)
    )
    return [
        Message(row.id, schema, CONTRACTS[row.kind].model_validate(row.body))
        for row in sorted(rows, key=lambda row: row.id)
    ]


async def acknowledge(session: AsyncSession, schema: str, ids: Sequence[UUID]) -> None:
    """Drop messages whose effects are committed on the other side."""
    outbox = tables(schema).outbox
    await session.execute(delete(outbox).where(outbox.c.id.in_(ids)))


async def accept(
    session: AsyncSession, schema: str, message: Message, *, now: datetime
) -> bool:
    """Record a message as handled; False when it was handled before.

    A second delivery at the same moment waits here for the first to commit.
    """
    inbox = tables(schema).inbox
    result = await session.execute(
        pg_insert(inbox)
        .values(message_id=message.id, kind=message.contract.kind, handled_at=now)
        .on_conflict_do_nothing()
        .returning(inbox.c.message_id)
    )
    return result.first() is not None


async def bury(
    session: AsyncSession,
    schema: str,
    message: Message,
    *,
    error: str,
    tries: int,
    now: datetime,
) -> None:
    """Keep a message that cannot be handled, with its error, for replay."""
    values = {
        "id": message.id,
        "region_id": message.contract.region_id,
        "kind": message.contract.kind,
        "body": message.body,
        "error": error[:4000],
        "tries": tries,
        "buried_at": now,
    }
    letters = tables(schema).dead_letter
    await session.execute(
        pg_insert(letters)
        .values(values)
        .on_conflict_do_update(
            index_elements=[letters.c.id],
            set_={"error": values["error"], "buried_at": now, "replayed_at": None},
        )
    )


async def bury_unanswered(session: AsyncSession, schema: str, *, now: datetime) -> int:
    """Move messages rung in vain too often to the dead letters; return how many."""
    outbox = tables(schema).outbox
    rows = await session.execute(
        delete(outbox)
        .where(outbox.c.rings > MAX_RINGS)
        .returning(outbox.c.id, outbox.c.kind, outbox.c.body)
    )
    lost = [
        Message(row.id, schema, CONTRACTS[row.kind].model_validate(row.body))
        for row in rows
    ]
    for message in lost:
        await bury(
            session,
            schema,
            message,
            error="never acknowledged by its consumer",
            tries=MAX_RINGS,
            now=now,
        )
    return len(lost)


async def prune_inbox(session: AsyncSession, schema: str, *, now: datetime) -> None:
    """Forget handled messages no producer can still send again."""
    inbox = tables(schema).inbox
    await session.execute(delete(inbox).where(inbox.c.handled_at < now - INBOX_KEPT))


async def waiting(session: AsyncSession, schema: str) -> dict[str, int]:
    """Count what is on its way and what is buried."""
    box = tables(schema)
    outbox = await session.scalar(select(func.count()).select_from(box.outbox))
    dead = await session.scalar(
        select(func.count())
        .select_from(box.dead_letter)
        .where(box.dead_letter.c.replayed_at.is_(None))
    )
    return {"outbox": outbox or 0, "dead_letters": dead or 0}
