"""Outbox, inbox and dead letters: at least once on the wire, once in effect.

The producer writes the message in the transaction of the change, rings the
consumer after commit, and keeps the row until the consumer acknowledges it; a
sweeper rings again for what was left. The consumer records the message id in its
inbox in the transaction of the effects. Each service has its own three tables.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert, select, update
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.ext.asyncio import AsyncSession

from shared import dead_letters
from shared.contracts import CONTRACTS, Contract
from shared.dead_letters import DeadLetter
from shared.ids import new_id
from shared.mailbox_tables import tables

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
    contract = message.contract
    letter = DeadLetter(
        id=message.id,
        region_id=contract.region_id,
        kind=contract.kind,
        body=message.body,
        error=error,
        tries=tries,
        buried_at=now,
    )
    await dead_letters.bury(session, schema, letter)


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
