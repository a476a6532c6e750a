"""Keys that files brought become their network's, once each."""

from importlib import import_module
from uuid import UUID

from sqlalchemy import text

from services.ingest.domain.keys import network_scope
from services.ingest.domain.posts import Network
from shared.db import EVERY_REGION, Database
from shared.ids import new_id
from tests.services.ingest.doubles import Clock

MIGRATION = import_module("infra.migrations.versions.2026_11_22_0007_networks")
SOURCE = text("""INSERT INTO ingest.source (id, region_id, kind, network, name, intake,
    state, created_at) VALUES (:id, :region, :kind, 'vk', :name, 'all', 'active', now())
""")
POST = text("""INSERT INTO ingest.post (id, region_id, source_id, revision, fingerprint,
    network, kind, external_id, text, published_at, received_at)
    VALUES (:id, :region, :source, 1, '', 'vk', 'post', :key, 'яма', now(), now())""")
KEY = text("INSERT INTO ingest.post_key VALUES (:region, :source, :key, :id)")


async def test_native_keys_of_files_get_the_networks_scope(
    owner: Database, clock: Clock
) -> None:
    file, other, push = new_id(), new_id(), new_id()
    posts = [
        (file, 1, "wall:-1_1"),
        (file, 1, "A-17"),
        (other, 1, "wall:-1_1"),
        (other, 1, "wall:-1_2"),
        (push, 1, "wall:-1_3"),
    ]
    made: list[tuple[UUID, UUID, str]] = []
    async with owner.session(EVERY_REGION) as session:
        for number, (source, kind) in enumerate(
            [(file, "file"), (other, "file"), (push, "push")]
        ):
            given = {"id": source, "region": 1, "kind": kind, "name": str(number)}
            await session.execute(SOURCE, given)
        for source, region, key in posts:
            row = {"id": new_id(), "region": region, "source": source, "key": key}
            await session.execute(POST, row)
            await session.execute(KEY, row)
            made.append((row["id"], source, key))  # type: ignore[arg-type]

        for network, pattern in MIGRATION.NATIVE.items():
            scope = network_scope(Network(network))
            given = {"scope": scope, "network": network, "pattern": pattern}
            await session.execute(text(MIGRATION.RESCOPE), given)
        found = await session.execute(
            text("SELECT post_id, scope FROM ingest.post_key")
        )
        scopes = {row.post_id: row.scope for row in found}

    vk = network_scope(Network.VK)
    assert [scopes[post_id] for post_id, _, _ in made] == [vk, file, other, vk, push]
