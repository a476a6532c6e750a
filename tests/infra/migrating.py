"""Runs what a migration does with the rows there are."""

from collections.abc import Callable

from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from pydantic import SecretStr
from sqlalchemy import Connection

from shared.db import EVERY_REGION, Database


async def migrate_rows(
    owner: Database,
    change: Callable[[Connection, SecretStr | None], None],
    secret: SecretStr | None,
) -> None:
    """Let a migration change the rows in one transaction."""

    def run(connection: Connection) -> None:
        with Operations.context(MigrationContext.configure(connection)):
            change(connection, secret)

    async with owner.session(EVERY_REGION) as session:
        await (await session.connection()).run_sync(run)
