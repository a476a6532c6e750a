"""Rows of before a migration, and what the migration does with them."""

from collections.abc import Callable
from typing import Any

from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from pydantic import SecretStr
from sqlalchemy import Connection, text

from shared.db import EVERY_REGION, Database

POST_AS_IT_STOOD = (
    """INSERT INTO ingest.post (id, region_id, source_id, revision, fingerprint,
    network, kind, external_id, parent_key, url, text, published_at, received_at)
    VALUES (:id, 1, :id, 1, '', :network, 'post', :key, :parent, :url, 'яма', now(),
    now())""",
    "INSERT INTO ingest.post_key VALUES (1, :scope, :key, :id)",
    """INSERT INTO triage.candidate (id, region_id, post_id, revision, network, kind,
    source_id, source_name, url, post_key, parent_key, published_at, received_at, text,
    matches, words, reasons, urgency, deadline_at, status, version) VALUES
    (:id, 1, :id, 1, :network, 'post', :id, 'поиск', :url, :network || ':' || :key,
    :network || ':' || :parent, now(), now(), 'яма', '[]', '{}', '{}', 0, now(),
    'new', 1)""",
)


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


async def read(owner: Database, query: str) -> list[tuple[Any, ...]]:
    """Read rows as the owner."""
    async with owner.session(EVERY_REGION) as session:
        return [tuple(row) for row in await session.execute(text(query))]
