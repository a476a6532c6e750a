"""Posts that files and other systems brought stop naming who wrote them."""

from importlib import import_module
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import text

from services.ingest.domain import addresses
from services.ingest.domain.posts import Network
from services.ingest.domain.veils import veiled_key
from services.ingest.handlers.receive import link_place_of
from shared.db import EVERY_REGION, Database
from shared.errors import Unavailable
from shared.ids import new_id
from shared.models.ingest import Source
from shared.vault import vault_of
from tests.factories import NOW
from tests.infra.migrating import POST_AS_IT_STOOD, migrate_rows, read
from tests.services.ingest.test_domain_addresses import FREE, NAMELESS, OF_PEOPLE

MIGRATION = import_module("infra.migrations.versions.2026_11_22_0016_brought_addresses")
SECRET = SecretStr("ab" * 32)
ON_OK = "https://ok.ru/profile/700000012/statuses/154"
ON_X = "https://x.com/petrov_sever/status/17"
NO_NAME = "https://x.com/i/web/status/17"

REVISION = """
INSERT INTO ingest.post_revision (post_id, revision, region_id, text, url, replaced_at)
VALUES (:id, 1, 1, 'яма', :url, now())
"""


async def kept(owner: Database, **changes: Any) -> dict[str, Any]:  # noqa: ANN401 -- columns
    """Store a post as it stood before, with a source of some kind."""
    id_ = new_id()
    row: dict[str, Any] = {"id": id_, "scope": id_, "key": "A-1", "parent": None}
    row |= {"network": "other", "url": ON_OK, "kind": "push", **changes}
    source = Source(
        id=id_,
        region_id=1,
        kind=row["kind"],
        network=row["network"],
        name=str(id_),
        intake="all",
        created_at=NOW,
    )
    async with owner.session(EVERY_REGION) as session:
        session.add(source)
        await session.flush()
        for statement in (*POST_AS_IT_STOOD, REVISION):
            await session.execute(text(statement), row)
    return row


async def migrated(owner: Database, secret: SecretStr | None = SECRET) -> None:
    """Run what the migration does with the rows there are."""
    await migrate_rows(owner, MIGRATION.part, secret)


async def everywhere(owner: Database) -> list[str | None]:
    """The addresses in all columns that have them."""
    tables = ("ingest.post", "ingest.post_revision", "triage.candidate")
    queries = " UNION ALL ".join(f"SELECT url FROM {table}" for table in tables)  # noqa: S608 -- fixed names
    return [url for (url,) in await read(owner, queries)]


@pytest.mark.parametrize("kind", ["push", "file", "webhook", "feed"])
async def test_an_address_that_names_somebody_is_sealed(
    owner: Database, kind: str
) -> None:
    post = await kept(owner, kind=kind)

    await migrated(owner)

    query = "SELECT post_id, sealed FROM ingest.sealed_link"
    ((post_id, sealed),) = await read(owner, query)
    assert vault_of(SECRET).unseal(sealed, link_place_of(post_id)) == ON_OK
    assert await everywhere(owner) == [None, None, None]
    assert await read(owner, "SELECT post_id FROM ingest.index_queue") == [
        (post["id"],)
    ]


async def test_an_address_that_can_do_without_the_name_needs_no_secret(
    owner: Database,
) -> None:
    await kept(owner, network="x", url=ON_X)

    await migrated(owner, None)

    assert await everywhere(owner) == [NO_NAME, NO_NAME, NO_NAME]
    assert await read(owner, "SELECT post_id FROM ingest.sealed_link") == []


async def test_a_key_that_is_an_address_is_the_one_the_service_would_give(
    owner: Database,
) -> None:
    await kept(owner, network="rss", kind="feed", key=ON_X, parent=ON_OK, url=ON_X)

    await migrated(owner)

    sign = vault_of(SECRET).sign
    key, parent = (veiled_key(Network.RSS, each, sign) for each in (ON_X, ON_OK))
    posts = await read(owner, "SELECT external_id, parent_key FROM ingest.post")
    assert posts == [(key, parent)]
    assert await read(owner, "SELECT network_key FROM ingest.post_key") == [(key,)]


async def test_what_a_connector_wrote_and_what_names_nobody_stays(
    owner: Database,
) -> None:
    ours = "https://www.facebook.com/permalink.php?story_fbid=12345&id=7777777"
    await kept(owner, kind="page", network="facebook", url=ours)
    await kept(owner, url="https://portal.example/a/1", key="A-2")

    await migrated(owner, None)

    assert set(await everywhere(owner)) == {ours, "https://portal.example/a/1"}
    assert await read(owner, "SELECT post_id FROM ingest.index_queue") == []


async def test_without_the_secret_nothing_is_half_done(owner: Database) -> None:
    await kept(owner, url=ON_X)
    await kept(owner, key="A-2")

    with pytest.raises(Unavailable, match="OTKLIK_SECRET_KEY is not set"):
        await migrated(owner, None)

    assert set(await everywhere(owner)) == {ON_X, ON_OK}


@pytest.mark.parametrize("url", [*OF_PEOPLE, *(url for url, _ in FREE), *NAMELESS])
def test_it_parts_addresses_as_the_service_did(url: str) -> None:
    by_service, here = addresses.parted(url), MIGRATION.parted(url)

    is_numbered = "facebook.com" in url and by_service.open not in {None, url}
    assert here == ((None, url) if is_numbered else by_service)


@pytest.mark.parametrize("url", [*OF_PEOPLE, *(url for url, _ in FREE), *NAMELESS])
async def test_postgresql_finds_what_is_to_be_changed(
    owner: Database, url: str
) -> None:
    async with owner.session(EVERY_REGION) as session:
        given = {"url": url, "any": MIGRATION.ANY}
        found = await session.scalar(text("SELECT CAST(:url AS text) ~* :any"), given)

    assert found is (MIGRATION.parted(url).open != url)
