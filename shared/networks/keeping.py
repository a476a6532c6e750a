"""What processes that share a token must settle among themselves: the database does it.

A token is exchanged by one process at a time, and a person's account is used by one.
"""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from functools import partial
from hashlib import sha256
from typing import Any, Final, TypeVar
from weakref import WeakValueDictionary

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from shared.audit import log as audit_log
from shared.clock import Clock, utc_now
from shared.db import EVERY_REGION, Database
from shared.identity.principal import SYSTEM
from shared.logs import log
from shared.networks.access import Exchange, Keep, Token
from shared.networks.credentials import (
    credential_id,
    one,
    put_secrets,
    token_id,
    token_of,
)
from shared.networks.failures import ErrorKind, NetworkError
from shared.vault import Vault

Value = TypeVar("Value")

PATIENCE: Final = timedelta(seconds=5)
"""So long a process waits for another to let go of what it wants."""

_TRIES: Final = 5
"""How often storing an exchanged token is tried again, within our patience."""

_NOT_AVAILABLE: Final = "55P03"
_WAIT: Final = text("SELECT set_config('lock_timeout', :wait, true)")
_LOCK: Final = text("SELECT pg_advisory_xact_lock(:key)")


class Keeping:
    """Locks in the database that end with the process that holds them.

    A process that stands still keeps them, other than a mark that runs out: whoever
    wakes up can not find that another has gone on in its place.
    """

    def __init__(
        self,
        database: Database,
        vault: Vault,
        patience: timedelta = PATIENCE,
        clock: Clock = utc_now,
    ) -> None:
        self._database = database
        self._vault = vault
        self._patience = patience
        self._clock = clock
        self._here: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    def keeper(self, region: int) -> Keep:
        """Give what keeps exchanged tokens of a region."""
        return partial(self._keep, region)

    async def _keep(self, region: int, token: Token, exchange: Exchange) -> Token:
        """Exchange a token unless another process has just done so.

        What has begun ends, whoever has lost patience or wants to stop: the network
        may have answered, and its answer is the only token there is.
        """
        return await _to_its_end(self._exchanged(region, token, exchange))

    async def _exchanged(self, region: int, token: Token, exchange: Exchange) -> Token:
        """Exchange and commit; what the network gave is stored though a commit fails.

        The database may have gone away meanwhile, for as long as it takes to restart.
        """
        given: list[Token] = []

        async def once(stored: Token) -> Token:
            given[:] = given or [await exchange(stored)]
            return given[0]

        for _ in range(_TRIES):
            try:
                return await self._stored(region, token, once)
            except (DBAPIError, OSError) as error:
                if not given:
                    raise
                log.warning("exchange.not_stored", error=type(error).__name__)
                await asyncio.sleep(self._patience.total_seconds() / _TRIES)
        return await self._stored(region, token, once)

    async def _stored(self, region: int, token: Token, exchange: Exchange) -> Token:
        """Exchange in one transaction.

        The row stays locked while the network is asked: a refresh token is good for
        one exchange, and two at once would leave neither with a token.
        """
        id_ = credential_id(token.id)
        async with self._turn(token.id), self._waiting(region) as session:
            found = None if id_ is None else await one(session, region, id_, lock=True)
            if found is None or token_id(found) != token.id:
                raise NetworkError(f"the token {token.id} was replaced meanwhile")
            stored = token_of(found, self._vault)
            if stored.secrets != token.secrets:
                return stored
            fresh = await exchange(stored)
            put_secrets(found, self._vault, dict(fresh.secrets))
            told = {"network": found.network, "label": found.label}
            entry = audit_log.Entry(
                "credential.exchanged", "credential", str(found.id), told
            )
            await audit_log.append(session, region, SYSTEM, [entry], self._clock())
            return fresh

    @asynccontextmanager
    async def alone(self, secret: str) -> AsyncIterator[None]:
        """Be the only one anywhere who uses a secret; raises `NetworkError` (WAIT).

        The lock ends with its connection, whoever ends that: then what is done here
        is broken off at once, because another may have begun.
        """
        name = sha256(secret.encode()).digest()
        key = int.from_bytes(name[:8], signed=True)
        async with self._turn(name.hex()), self._waiting(EVERY_REGION) as session:
            await session.execute(_LOCK, {"key": key})
            async with _connected(session):
                yield

    @asynccontextmanager
    async def _waiting(self, region: int | str) -> AsyncIterator[AsyncSession]:
        """Open a transaction that waits for no lock longer than our patience."""
        wait = str(self._patience // timedelta(milliseconds=1))
        try:
            async with self._database.session(region) as session:
                await session.execute(_WAIT, {"wait": wait})
                yield session
        except DBAPIError as error:
            if getattr(error.orig, "sqlstate", None) != _NOT_AVAILABLE:
                raise
            raise self._busy() from error

    @asynccontextmanager
    async def _turn(self, name: str) -> AsyncIterator[None]:
        """Let one task of this process ask at a time: each holds a connection."""
        lock = self._here.setdefault(name, asyncio.Lock())
        try:
            async with asyncio.timeout(self._patience.total_seconds()):
                await lock.acquire()
        except TimeoutError:
            raise self._busy() from None
        try:
            yield
        finally:
            lock.release()

    def _busy(self) -> NetworkError:
        return NetworkError(
            "another process uses this token just now",
            ErrorKind.WAIT,
            retry_after=self._patience,
        )


@asynccontextmanager
async def _connected(session: AsyncSession) -> AsyncIterator[None]:
    """Break off what is done here when the connection is lost (`NetworkError`)."""
    pooled = await (await session.connection()).get_raw_connection()
    connection: Any = pooled.driver_connection
    now = asyncio.get_running_loop().time
    try:
        async with asyncio.timeout(None) as until:

            def end(_: object) -> None:
                until.reschedule(now())

            connection.add_termination_listener(end)
            try:
                yield
            finally:
                connection.remove_termination_listener(end)
    except TimeoutError:
        if not connection.is_closed():
            raise
        await session.invalidate()
        raise NetworkError("the lock on this token was lost") from None


async def _to_its_end(work: Coroutine[Any, Any, Value]) -> Value:
    """Wait for work even when we are cancelled; then raise what we were told."""
    task = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        while not task.done():
            with suppress(asyncio.CancelledError):
                await asyncio.wait({task})
        if not task.cancelled() and (error := task.exception()) is not None:
            log.warning("exchange.failed", error=str(error)[:300])
        raise
