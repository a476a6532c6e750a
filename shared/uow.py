"""One request or one job is one transaction; bells ring after its commit."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from shared import mailbox
from shared.audit import log as audit_log
from shared.clock import Clock, utc_now
from shared.contracts import Contract
from shared.db import Database
from shared.identity.principal import SYSTEM, Principal
from shared.queue import Argument, Queue


@dataclass(frozen=True, slots=True)
class Ring:
    """A bell for our own worker: `once` and `gather` are those of `Queue.ring`."""

    job: str
    args: tuple[Argument, ...]
    once: str | None = None
    gather: float | None = None


@dataclass
class UnitOfWork:
    """A transaction, who acts in it, and what must follow its commit.

    Handlers add to it and may flush; only `Work.unit` commits.
    """

    session: AsyncSession
    schema: str
    region_id: int
    principal: Principal
    now: datetime
    pending_contracts: list[Contract] = field(default_factory=list)
    pending_rings: list[Ring] = field(default_factory=list)
    pending_audit: list[audit_log.Entry] = field(default_factory=list)

    def send(self, contract: Contract) -> None:
        """Send a message to another service, if and only if this commits."""
        self.pending_contracts.append(contract)

    def ring(
        self,
        job: str,
        *args: Argument,
        once: str | None = None,
        gather: float | None = None,
    ) -> None:
        """Ask our own worker to run a job after the commit, as `Queue.ring` says."""
        self.pending_rings.append(Ring(job, args, once, gather))

    def audit(self, action: str, thing: str, key: object, **detail: Argument) -> None:
        """Record what the principal did, chained, in this very transaction."""
        self.pending_audit.append(
            audit_log.Entry(action=action, thing=thing, key=str(key), detail=detail)
        )


@dataclass(frozen=True)
class Work:
    """What a process needs to open units of work: its database, schema and queue."""

    database: Database
    schema: str
    queue: Queue
    clock: Clock = utc_now

    @asynccontextmanager
    async def unit(
        self, region: int | str, principal: Principal = SYSTEM
    ) -> AsyncIterator[UnitOfWork]:
        """Open a transaction; on success commit it, then ring."""
        async with self.database.session(region) as session:
            region_id = region if isinstance(region, int) else 0
            uow = UnitOfWork(session, self.schema, region_id, principal, self.clock())
            yield uow
            messages = await mailbox.put(
                session, self.schema, uow.pending_contracts, now=uow.now
            )
            # Last of all: the chain's head is locked from here to the commit.
            await audit_log.append(
                session, uow.region_id, principal, uow.pending_audit, uow.now
            )
        for message in messages:
            await deliver_later(self.queue, message)
        for ring in uow.pending_rings:
            await self.queue.ring(
                self.schema, ring.job, *ring.args, once=ring.once, gather=ring.gather
            )


async def deliver_later(queue: Queue, message: mailbox.Message) -> None:
    """Hand a committed message to the queue of its consumer."""
    await queue.ring(message.contract.consumer, "deliver", message.packed())
