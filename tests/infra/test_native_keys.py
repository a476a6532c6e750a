"""Posts that were taken in under other names get the one all services know."""

from importlib import import_module
from typing import Any
from uuid import UUID

from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, text

from services.ingest.domain.keys import network_scope
from services.ingest.domain.posts import Network
from shared.db import EVERY_REGION, Database
from shared.ids import new_id

MIGRATION = import_module("infra.migrations.versions.2026_11_22_0009_native_keys")
SOURCE = text("""INSERT INTO ingest.source (id, region_id, kind, network, name, intake,
    state, created_at) VALUES (:id, 1, 'file', 'ok', 'файл', 'all', 'active', now())
""")
POST = text("""INSERT INTO ingest.post (id, region_id, source_id, revision, fingerprint,
    network, kind, external_id, parent_key, text, published_at, received_at) VALUES
    (:id, 1, :source, 1, '', :network, 'post', :key, 'wall:-7_1', 'яма', now(), now())
""")
KEY = text("INSERT INTO ingest.post_key VALUES (1, :scope, :key, :id)")
CANDIDATE = text("""INSERT INTO triage.candidate (id, region_id, post_id, revision,
    network, kind, source_id, source_name, published_at, received_at, text, matches,
    words, reasons, urgency, deadline_at, status, version) VALUES
    (:id, 1, :id, 1, :network, 'post', :source, 'стена', now(), now(), 'яма', '[]',
    '{}', '{}', 0, now(), 'new', 1)""")


async def kept(owner: Database, posts: list[dict[str, Any]]) -> None:
    """Store posts as they stood before."""
    async with owner.session(EVERY_REGION) as session:
        for each in posts:
            for statement in (POST, KEY, CANDIDATE):
                await session.execute(statement, each)


async def renamed(owner: Database, network: str) -> dict[UUID, tuple[str, ...]]:
    """Run the migration's own words; return what each candidate is called."""

    def rename(connection: Connection) -> None:
        with Operations.context(MigrationContext.configure(connection)):
            MIGRATION.rename(network)

    async with owner.session(EVERY_REGION) as session:
        await (await session.connection()).run_sync(rename)
        found = await session.execute(
            text("SELECT post_id, post_key, parent_key FROM triage.candidate")
        )
        return {row.post_id: (row.post_key, row.parent_key) for row in found}


async def test_a_post_of_the_networks_scope_gets_its_name(owner: Database) -> None:
    source = new_id()
    wall, pushed, other = (
        {"id": new_id(), "source": source, "network": network, "key": "wall:-7_2"}
        | {"scope": scope}
        for network, scope in (
            ("vk", network_scope(Network.VK)),
            ("vk", source),
            ("ok", network_scope(Network.OK)),
        )
    )
    await kept(owner, [wall, pushed, other])

    names = await renamed(owner, "vk")

    assert names == {
        wall["id"]: ("vk:wall:-7_2", "vk:wall:-7_1"),
        pushed["id"]: (None, None),
        other["id"]: (None, None),
    }


async def test_a_comment_of_ok_from_a_file_moves_unless_its_page_brought_it(
    owner: Database,
) -> None:
    scope, source = network_scope(Network.OK), new_id()
    async with owner.session(EVERY_REGION) as session:
        await session.execute(SOURCE, {"id": source})
    given = {"source": source, "network": "ok"}
    mine, theirs = "GROUP_TOPIC:155000:a1", "GROUP_TOPIC:155000:b2"
    moves = {**given, "id": new_id(), "key": mine, "scope": source}
    stays = {**given, "id": new_id(), "key": theirs, "scope": source}
    seen = {**given, "id": new_id(), "key": theirs, "scope": scope}
    await kept(owner, [moves, stays, seen])

    names = await renamed(owner, "ok")

    assert {post_id: key for post_id, (key, _) in names.items()} == {
        moves["id"]: f"ok:{mine}",
        stays["id"]: None,
        seen["id"]: f"ok:{theirs}",
    }
