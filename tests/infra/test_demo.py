"""The demonstration region is made once, with the pages that speak."""

from sqlalchemy import text

from infra import demo
from shared.db import EVERY_REGION, Database

SANDBOX = "http://127.0.0.1:8090"


async def test_the_region_gets_its_official_pages_once_however_often_it_is_prepared(
    database_url: str,
) -> None:
    people = await demo.prepare(database_url, sandbox_url=SANDBOX, push_key="key_x")
    again = await demo.prepare(database_url, sandbox_url=SANDBOX, push_key="key_x")

    database = Database(database_url)
    async with database.session(EVERY_REGION) as session:
        pages = await session.execute(
            text("SELECT network, native_id FROM triage.official_page")
        )
        found = [tuple(row) for row in pages]
    await database.close()
    assert people is not None
    assert (people[0][1], again) == ("admin", None)
    assert sorted(found) == [
        ("sandbox", "official"),
        ("telegram", "800"),
        ("vk", "-900000006"),
    ]
