"""The pool of connections: a server that went away is noticed without asking it."""

import asyncio
from typing import Any

from sqlalchemy import text

from shared.db import EVERY_REGION, Database

PID = text("SELECT pg_backend_pid()")
END = text("SELECT pg_terminate_backend(:pid)")


async def process_of(database: Database) -> int:
    """Say which process of the server answers."""
    async with database.session(EVERY_REGION) as session:
        return await session.scalar(PID) or 0


async def driver_of(database: Database) -> Any:  # noqa: ANN401 -- a driver's
    """Give the one pooled connection as its driver has it."""
    async with database.engine.connect() as connection:
        return (await connection.get_raw_connection()).driver_connection


async def test_a_connection_the_server_closed_is_replaced(database_url: str) -> None:
    used, other = Database(database_url, pool_size=1), Database(database_url)
    before, ended = await process_of(used), asyncio.Event()
    (await driver_of(used)).add_termination_listener(lambda _: ended.set())
    async with other.session(EVERY_REGION) as session:
        await session.execute(END, {"pid": before})
    await asyncio.wait_for(ended.wait(), 5)

    after = await process_of(used)

    await used.close()
    await other.close()
    assert after not in {0, before}


async def test_no_transaction_is_opened_only_to_see_whether_it_could_be(
    database_url: str,
) -> None:
    database = Database(database_url, pool_size=1)
    await process_of(database)
    asked: list[str] = []
    (await driver_of(database)).add_query_logger(lambda told: asked.append(told.query))

    await process_of(database)

    await database.close()
    assert asked == ["BEGIN;", "COMMIT;"]
