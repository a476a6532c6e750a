"""How every process of a service is put together; used by app.py and worker.py."""

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from shared.clock import Clock, utc_now
from shared.db import Database
from shared.errors import Unavailable
from shared.queue import ArqQueue
from shared.settings import Base
from shared.uow import Work


@dataclass(frozen=True)
class Parts:
    """The connections of one process."""

    work: Work
    queue: ArqQueue

    async def check_queue(self) -> None:
        """Raise when Valkey does not answer."""
        await self.queue.ping()

    async def close(self) -> None:
        """Let go of all connections."""
        await self.queue.close()
        await self.work.database.close()


def database_url(settings: Base) -> str:
    """Return the database's URL or say which setting is missing."""
    if settings.database_url is None:
        raise Unavailable("OTKLIK_DATABASE_URL is not set (`otklik up` sets it).")
    return settings.database_url.get_secret_value()


def valkey_url(settings: Base) -> str:
    """Return the queue's URL or say which setting is missing."""
    if settings.valkey_url is None:
        raise Unavailable("OTKLIK_VALKEY_URL is not set (`otklik up` sets it).")
    return settings.valkey_url.get_secret_value()


async def open_parts(settings: Base, service: str, clock: Clock = utc_now) -> Parts:
    """Connect a process as the service's role; refuses a wrongly folding database."""
    database = Database(
        database_url(settings), role=f"otklik_{service}", pool_size=settings.pool_size
    )
    await database.check()
    queue = ArqQueue(valkey_url(settings))
    return Parts(Work(database, service, queue, clock), queue)


def settle() -> None:
    """Tell the garbage collector that what is loaded by now stays for good.

    Every full collection walked over all modules and dictionaries otherwise: each
    tenth page waited 140 ms for it.
    """
    gc.freeze()


@asynccontextmanager
async def parts_of(
    settings: Base, service: str, given: Parts | None = None
) -> AsyncIterator[Parts]:
    """Open the parts of a process for a while; those that are given stay open."""
    if given is not None:
        yield given
        return
    opened = await open_parts(settings, service)
    settle()
    try:
        yield opened
    finally:
        await opened.close()
