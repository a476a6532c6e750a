"""How a command finds the installation it works on."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from pydantic import SecretStr

from infra.embedded.errors import CannotStart
from infra.embedded.layout import Layout, State
from shared.db import Database
from shared.queue import ArqQueue
from shared.settings import Base
from shared.uow import Work

CHECKOUT = Path(__file__).parent.parent


def layout() -> Layout:
    """Return the data folder: OTKLIK_DATA, or `.data` in the checkout."""
    named = os.environ.get("OTKLIK_DATA")
    return Layout(Path(named).absolute() if named else CHECKOUT / ".data")


def running() -> State:
    """Return where the servers are; raises CannotStart when nothing runs.

    Given settings (the environment or secret files) win over what a supervisor wrote
    down.
    """
    given = Base()
    found = State.read(layout().state)
    if found is None and given.database_url is None:
        raise CannotStart(
            f"No Otklik runs with the data in {layout().root}. Start it with "
            "`make up`, or name a database with OTKLIK_DATABASE_URL."
        )
    found = found or State(address="", database_url="", valkey_url="")
    if given.database_url is not None:
        found.database_url = given.database_url.get_secret_value()
    if given.valkey_url is not None:
        found.valkey_url = given.valkey_url.get_secret_value()
    if given.meili_url is not None:
        found.meili_url = given.meili_url
        found.meili_key = (
            given.meili_key.get_secret_value() if given.meili_key else None
        )
    return found


def secret_key() -> str:
    """Return the key that seals originals."""
    given = Base().secret_key
    return given.get_secret_value() if given else layout().secret("secret_key")


def known_secret() -> SecretStr | None:
    """Return the key that seals originals, if there is one already."""
    file = layout().secrets / "secret_key"
    made = SecretStr(file.read_text().strip()) if file.exists() else None
    return Base().secret_key or made


@asynccontextmanager
async def owner() -> AsyncIterator[Database]:
    """Open the database as its owner: for the installation's administrator."""
    database = Database(running().database_url, pool_size=2)
    try:
        yield database
    finally:
        await database.close()


@asynccontextmanager
async def work(service: str) -> AsyncIterator[Work]:
    """Open the database as one service, with its queue."""
    state = running()
    database = Database(state.database_url, role=f"otklik_{service}", pool_size=2)
    queue = ArqQueue(state.valkey_url or "unix:///nonexistent")
    try:
        yield Work(database, service, queue)
    finally:
        await queue.close()
        await database.close()
