"""Taking messages in: the consumer's half of the mailbox, and the sweeper.

What a worker process does with `deliver`, `acknowledge` and `sweep`, without arq,
so that tests call the same code.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from shared import mailbox
from shared.contracts import Contract
from shared.db import EVERY_REGION
from shared.logs import log
from shared.uow import UnitOfWork, Work, deliver_later

MAX_TRIES = 3
SILENCE = timedelta(seconds=10)
"""How long a message may stay unacknowledged before it is rung again."""

SWEEP_LIMIT = 200

DELIVER: Final = "deliver"

Handler = Callable[[UnitOfWork, Any], Awaitable[None]]

Job = Callable[..., Awaitable[object]]
"""Does what was rung for, with the arguments of the ring; answers False to be called
again a little later. Whatever else it answers is of no interest."""


@dataclass(frozen=True)
class Courier:
    """Delivers messages to one service's handlers, by the kind of contract."""

    work: Work
    handlers: Mapping[type[Contract], Handler]

    async def deliver(self, packed: dict[str, Any], *, tries: int) -> bool:
        """Handle a message once, then acknowledge it; False asks for another try.

        After MAX_TRIES it becomes a dead letter with its error: a poisoned message
        never stops the others.
        """
        message = mailbox.Message.unpacked(packed)
        contract = message.contract
        try:
            async with self.work.unit(contract.region_id) as uow:
                if await mailbox.accept(
                    uow.session, self.work.schema, message, now=uow.now
                ):
                    await self.handlers[type(contract)](uow, contract)
        except Exception as error:  # noqa: BLE001 -- the edge of a job: retried, buried
            log.warning(
                "message.failed", kind=contract.kind, tries=tries, exc_info=True
            )
            if tries < MAX_TRIES:
                return False
            await self._bury(message, error, tries)
        await self.work.queue.ring(message.producer, "acknowledge", [str(message.id)])
        return True

    async def acknowledge(self, ids: list[str]) -> None:
        """Forget our messages whose effects are committed elsewhere."""
        async with self.work.unit(EVERY_REGION) as uow:
            await mailbox.acknowledge(
                uow.session, self.work.schema, [UUID(text) for text in ids]
            )

    async def sweep(self) -> int:
        """Ring again for messages left behind; return how many."""
        async with self.work.unit(EVERY_REGION) as uow:
            schema = self.work.schema
            await mailbox.bury_unanswered(uow.session, schema, now=uow.now)
            await mailbox.prune_inbox(uow.session, schema, now=uow.now)
            left = await mailbox.unanswered(
                uow.session,
                schema,
                before=uow.now - SILENCE,
                now=uow.now,
                limit=SWEEP_LIMIT,
            )
        for message in left:
            await deliver_later(self.work.queue, message)
        return len(left)

    async def _bury(
        self, message: mailbox.Message, error: Exception, tries: int
    ) -> None:
        async with self.work.unit(message.contract.region_id) as uow:
            await mailbox.bury(
                uow.session,
                self.work.schema,
                message,
                error=f"{type(error).__name__}: {error}",
                tries=tries,
                now=uow.now,
            )
            await mailbox.accept(uow.session, self.work.schema, message, now=uow.now)


@dataclass(frozen=True)
class Timed:
    """A job of the clock, in the process's time zone; every hour if none is named."""

    job: Job
    minute: int
    hour: int | None = None


@dataclass(frozen=True)
class Duties:
    """What the worker of one service does, each job with its tools in hand.

    `jobs` are rung for by name, beside those of the courier; `sweep` follows the
    courier's every ten seconds; `timed` have their times.
    """

    courier: Courier
    jobs: Mapping[str, Job] = field(default_factory=dict)
    sweep: Job | None = None
    timed: Mapping[str, Timed] = field(default_factory=dict)

    @property
    def by_name(self) -> dict[str, Job]:
        """All jobs that can be rung for; `deliver` is also told which `tries` it is."""
        courier = self.courier
        return {
            DELIVER: courier.deliver,
            "acknowledge": courier.acknowledge,
            **self.jobs,
        }

    async def sweep_all(self) -> None:
        """Ring again for everything that was left behind."""
        await self.courier.sweep()
        if self.sweep is not None:
            await self.sweep()
