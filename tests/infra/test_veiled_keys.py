"""Posts that named the person whose wall they stand on stop doing so."""

from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import text

from infra import connect
from services.ingest.domain.keys import network_scope
from services.ingest.domain.posts import Network
from services.ingest.domain.veils import veiled_key
from services.ingest.handlers.receive import link_place_of
from shared.db import EVERY_REGION, Database
from shared.errors import Unavailable
from shared.ids import new_id
from shared.vault import vault_of
from tests.infra.migrating import POST_AS_IT_STOOD, migrate_rows, read

MIGRATION = import_module("infra.migrations.versions.2026_11_22_0012_veiled_keys")
SECRET = SecretStr("ab" * 32)
PERSON = 700000012
POST, REPOST = f"wall:{PERSON}_5", f"wall:{PERSON}_6"
URL = f"https://vk.com/wall{PERSON}_5"


async def kept(owner: Database, **changes: Any) -> dict[str, Any]:  # noqa: ANN401 -- columns
    """Store a post as it stood before."""
    scope = network_scope(Network.VK)
    row = {"id": new_id(), "scope": scope, "key": POST, "parent": REPOST, "url": URL}
    row["network"] = "vk"
    async with owner.session(EVERY_REGION) as session:
        for statement in POST_AS_IT_STOOD:
            await session.execute(text(statement), row | changes)
    return row | changes


async def migrated(owner: Database, secret: SecretStr | None) -> None:
    """Run what the migration does with the rows there are."""
    await migrate_rows(owner, MIGRATION.veil, secret)


async def test_keys_are_those_the_service_would_give(owner: Database) -> None:
    await kept(owner)

    await migrated(owner, SECRET)

    vault = vault_of(SECRET)
    key, parent = (veiled_key(Network.VK, each, vault.sign) for each in (POST, REPOST))
    assert await read(owner, "SELECT external_id, parent_key FROM ingest.post") == [
        (key, parent)
    ]
    assert await read(owner, "SELECT network_key FROM ingest.post_key") == [(key,)]
    assert await read(owner, "SELECT post_key, parent_key FROM triage.candidate") == [
        (f"vk:{key}", f"vk:{parent}")
    ]
    assert await read(owner, "SELECT url FROM triage.candidate") == [(None,)]


async def test_keys_of_facebook_are_veiled_too_and_comments_are_not(
    owner: Database,
) -> None:
    scope = network_scope(Network.FACEBOOK)
    told = {"scope": scope, "key": f"post:{PERSON}_5", "url": None}
    await kept(owner, **told, parent="comment:5_6", network="facebook")

    await migrated(owner, SECRET)

    key = veiled_key(Network.FACEBOOK, f"post:{PERSON}_5", vault_of(SECRET).sign)
    assert await read(owner, "SELECT external_id FROM ingest.post") == [(key,)]
    assert await read(owner, "SELECT network_key FROM ingest.post_key") == [(key,)]
    assert await read(owner, "SELECT post_key, parent_key FROM triage.candidate") == [
        (f"facebook:{key}", "facebook:comment:5_6")
    ]


async def test_addresses_are_sealed_and_their_posts_indexed_anew(
    owner: Database,
) -> None:
    post = await kept(owner)
    await kept(owner, key="wall:-7_2", parent=None, url="https://vk.com/wall-7_2")

    await migrated(owner, SECRET)

    ((post_id, sealed),) = await read(
        owner, "SELECT post_id, sealed FROM ingest.sealed_link"
    )
    assert vault_of(SECRET).unseal(sealed, link_place_of(post_id)) == URL
    assert await read(owner, "SELECT post_id FROM ingest.index_queue") == [
        (post["id"],)
    ]
    assert await read(owner, "SELECT url FROM ingest.post ORDER BY url") == [
        ("https://vk.com/wall-7_2",),
        (None,),
    ]


async def test_without_the_secret_nothing_is_half_done(owner: Database) -> None:
    await kept(owner)

    with pytest.raises(Unavailable, match="OTKLIK_SECRET_KEY is not set"):
        await migrated(owner, None)

    assert await read(owner, "SELECT url FROM triage.candidate") == [(URL,)]


async def test_where_no_post_names_a_person_no_secret_is_needed(
    owner: Database,
) -> None:
    await kept(owner, key="wall:-7_2", parent=None, url="https://vk.com/wall-7_2")

    await migrated(owner, None)

    assert await read(owner, "SELECT external_id FROM ingest.post") == [("wall:-7_2",)]


def test_a_migration_is_given_the_secret_there_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OTKLIK_SECRET_KEY", raising=False)
    monkeypatch.setenv("OTKLIK_DATA", str(tmp_path))
    connect.layout().prepare()
    before = connect.known_secret()

    made = connect.secret_key()

    assert before is None
    assert connect.known_secret() == SecretStr(made)
