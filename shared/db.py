"""Engines and sessions: one database, one role per service, one region at a time."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

from sqlalchemy import event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DisconnectionError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import (
    AsyncEngine,
    AsyncSession,
    async_sessionmaker,
    create_async_engine,
)

from shared.errors import Unavailable

EVERY_REGION = "*"
"""The region setting of sweepers and of the installation's administrator."""

OUT_OF_REACH: Final = (
    OperationalError,
    InterfaceError,
    PoolTimeout,
    OSError,
    TimeoutError,
)
"""Failures of the way to the database, whatever it was asked for."""

_SEE: Final = text("SELECT set_config('otklik.region_id', :region, true)")

LOCALE_PROBE = "SELECT to_tsvector('russian', 'ЁЛКА Ямы')::text"
LOCALE_EXPECTED = "'елк':1 'ям':2"


def async_url(url: str) -> str:
    """Turn `postgresql://…` into the form SQLAlchemy's asyncio engine wants."""
    return (
        make_url(url)
        .set(drivername="postgresql+asyncpg")
        .render_as_string(hide_password=False)
    )


def _refuse_closed(connection: Any, *_: object) -> None:  # noqa: ANN401 -- a driver's
    """Make the pool replace a connection whose server went away.

    The driver hears of it by itself. SQLAlchemy's own ping (`pool_pre_ping`) asks the
    server, in a transaction: three ways there and back before each of ours.
    """
    if connection.driver_connection.is_closed():
        raise DisconnectionError


class Database:
    """A pool of connections that act as one role and see one region at a time."""

    def __init__(
        self, url: str, *, role: str | None = None, pool_size: int = 5
    ) -> None:
        settings = {"application_name": role or "otklik", "timezone": "UTC"}
        if role is not None:
            # The role of the start-up packet is also what RESET ROLE returns to.
            settings["role"] = role
        self.role = role
        self._url = url
        self.engine: AsyncEngine = create_async_engine(
            async_url(url),
            pool_size=pool_size,
            max_overflow=pool_size,
            # Errors are logged with their statement: texts must not come along.
            hide_parameters=True,
            connect_args={"server_settings": settings, "timeout": 10},
        )
        event.listen(self.engine.sync_engine, "checkout", _refuse_closed)
        self._sessions = async_sessionmaker(self.engine, expire_on_commit=False)

    @asynccontextmanager
    async def session(self, region: int | str) -> AsyncIterator[AsyncSession]:
        """Open a transaction that sees `region` (or EVERY_REGION) and commit it."""
        async with self._sessions() as session, session.begin():
            await session.execute(_SEE, {"region": str(region)})
            yield session

    def twin(self, *, pool_size: int = 5) -> "Database":
        """Make another pool of the same kind.

        Whoever needs a second connection while it holds one must not wait for it in
        the same pool: when all wait there, none goes on.
        """
        return Database(self._url, role=self.role, pool_size=pool_size)

    async def check(self) -> None:
        """Refuse a database whose locale breaks Russian search silently."""
        async with self.engine.connect() as connection:
            found = await connection.scalar(text(LOCALE_PROBE))
        if found != LOCALE_EXPECTED:
            raise Unavailable(
                f"The database folds Cyrillic wrongly ({found!r} instead of "
                f"{LOCALE_EXPECTED!r}). Create it with LOCALE_PROVIDER builtin "
                "BUILTIN_LOCALE 'C.UTF-8'."
            )

    async def close(self) -> None:
        """Close the pool."""
        await self.engine.dispose()
