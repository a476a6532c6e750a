"""Searches that were running when cursors began to be sealed go on where they were."""

from importlib import import_module
from typing import Any
from uuid import UUID

import pytest
from pydantic import SecretStr
from sqlalchemy import text

from services.ingest.handlers import cursors
from services.ingest.sources.vk.search import load
from shared.db import EVERY_REGION, Database
from shared.errors import Unavailable
from shared.ids import new_id
from shared.models.ingest import Source
from shared.vault import vault_of
from tests.factories import NOW, make_region
from tests.infra.migrating import migrate_rows

MIGRATION = import_module("infra.migrations.versions.2026_11_22_0015_sealed_cursors")
SECRET = SecretStr("ab" * 32)
PERSON = 700000012
REMEMBERED = {
    "until": 1_760_000_000,
    "checked_at": 0,
    "slices": [[1, 2, f"10/{PERSON}_5"]],
    "walls": {str(PERSON): {"5": ["f00d", 1_759_999_999, 5]}},
}


async def kept(owner: Database, kind: str, cursor: dict[str, Any]) -> UUID:
    """Store a source of VK as it stood before; return its id."""
    region = await make_region(owner, f"r-{new_id().hex[-8:]}")
    source = Source(
        region_id=region.id or 0,
        kind="page",
        network="vk",
        name="поиск",
        intake="matched",
        place_kind=kind,
        cursor=cursor,
        created_at=NOW,
    )
    async with owner.session(EVERY_REGION) as session:
        session.add(source)
        await session.flush()
        return source.id


async def migrated(owner: Database, secret: SecretStr | None) -> None:
    """Run what the migration does with the rows there are."""
    await migrate_rows(owner, MIGRATION.seal, secret)


async def cursor_of(owner: Database, id_: UUID) -> dict[str, Any]:
    """Read a cursor as it is stored."""
    query = text("SELECT cursor FROM ingest.source WHERE id = :id")
    async with owner.session(EVERY_REGION) as session:
        return dict(await session.scalar(query, {"id": id_}))


async def test_a_search_goes_on_where_it_was(owner: Database) -> None:
    id_ = await kept(owner, "search", REMEMBERED)

    await migrated(owner, SECRET)

    stored = await cursor_of(owner, id_)
    state = load(cursors.opened(stored, vault_of(SECRET), id_))
    assert str(PERSON) not in str(stored)
    assert state.until == REMEMBERED["until"]
    assert [each.start_from for each in state.slices] == [f"10/{PERSON}_5"]
    assert [*state.walls[PERSON]] == [5]


async def test_what_remembers_nobody_stays_and_needs_no_secret(owner: Database) -> None:
    wall = await kept(owner, "wall", REMEMBERED)
    fresh = await kept(owner, "search", {})
    over = await kept(owner, "search", {"until": 7, "slices": [], "walls": {}})

    await migrated(owner, None)

    assert await cursor_of(owner, wall) == REMEMBERED
    assert await cursor_of(owner, fresh) == {}
    assert await cursor_of(owner, over) == {"until": 7}


async def test_without_the_secret_nothing_is_changed(owner: Database) -> None:
    id_ = await kept(owner, "search", REMEMBERED)

    with pytest.raises(Unavailable):
        await migrated(owner, None)

    assert await cursor_of(owner, id_) == REMEMBERED
