"""Bring a database to the newest schema; quick when it is there already."""

import re
from pathlib import Path

from pydantic import SecretStr
from sqlalchemy import Connection, text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine

from shared.db import async_url

HERE = Path(__file__).parent
_REVISION = re.compile(r'^revision = "(\w+)"$', re.MULTILINE)

LOCK = 7_220_441
"""Advisory lock: two processes that start at once migrate one after the other."""


def newest() -> str:
    """Name the head of the history without importing Alembic (start-up time)."""
    last = max((HERE / "versions").glob("*.py"))
    found = _REVISION.search(last.read_text("utf-8"))
    if found is None:
        raise RuntimeError(f"{last.name} names no revision")
    return found[1]


async def create_database(url: str, name: str, *, template: str = "template0") -> None:
    """Create a database that folds Cyrillic rightly whatever the locale outside."""
    options = (
        "LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' ENCODING 'UTF8'"
        if template == "template0"
        else "STRATEGY FILE_COPY"
    )
    engine = create_async_engine(async_url(url), isolation_level="AUTOCOMMIT")
    try:
        async with engine.connect() as connection:
            exists = await connection.scalar(
                text("SELECT 1 FROM pg_database WHERE datname = :name"), {"name": name}
            )
            if not exists:
                await connection.execute(
                    text(f'CREATE DATABASE "{name}" TEMPLATE {template} {options}')
                )
    finally:
        await engine.dispose()


def with_database(url: str, name: str) -> str:
    """Point a server's URL at one of its databases."""
    return make_url(url).set(database=name).render_as_string(hide_password=False)


async def upgrade(url: str, secret: SecretStr | None = None) -> bool:
    """Migrate to the head; return whether anything had to be done.

    The secret is for what is sealed on the way; an empty database needs none.
    """
    engine = create_async_engine(async_url(url))
    try:
        async with engine.begin() as connection:
            await connection.execute(
                text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK}
            )
            if await connection.run_sync(_current) == newest():
                return False
            await connection.run_sync(_run, secret)
            return True
    finally:
        await engine.dispose()


def _current(connection: Connection) -> str | None:
    known = connection.scalar(text("SELECT to_regclass('public.alembic_version')"))
    if known is None:
        return None
    found: str | None = connection.scalar(
        text("SELECT version_num FROM public.alembic_version")
    )
    return found


def _run(connection: Connection, secret: SecretStr | None) -> None:
    from alembic import command  # noqa: PLC0415 -- slow import, rarely needed
    from alembic.config import Config  # noqa: PLC0415 -- slow import, rarely needed

    config = Config()
    config.set_main_option("script_location", str(HERE))
    config.attributes["connection"] = connection
    config.attributes["secret"] = secret
    command.upgrade(config, "head")
