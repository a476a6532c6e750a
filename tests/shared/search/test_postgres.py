"""What only the index in PostgreSQL has: rights, regions, plans, limits."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from shared.db import EVERY_REGION, Database
from shared.errors import Unavailable
from shared.search import postgres_schema, postgres_sql
from shared.search.port import MOST_COUNTED
from shared.search.postgres import PostgresSearch
from shared.search.terms import parse
from tests.shared.search.documents import (
    NORTH,
    NOW,
    SOUTH,
    ask,
    make_document,
    numbers,
)

TABLES = (
    "search.document_a",
    "search.visible_document_a",
    "search.word_a",
    "search.visible_word_a",
)


async def test_the_database_itself_keeps_regions_apart(
    database: Database, postgres_search: PostgresSearch
) -> None:
    await postgres_search.upsert(
        [make_document(1, "Яма"), make_document(2, "Снег", region_id=SOUTH)]
    )

    for table in TABLES:
        seen = {}
        for region in (NORTH, SOUTH, EVERY_REGION, ""):
            async with database.session(region) as session:
                found = await session.scalars(
                    text(f"select distinct region_id from {table} order by 1")  # noqa: S608 -- a constant
                )
                seen[region] = found.all()
        assert seen == {NORTH: [1], SOUTH: [2], EVERY_REGION: [1, 2], "": []}, table


async def test_nothing_can_be_written_for_another_region(database: Database) -> None:
    statement = "insert into search.word_a values (2, 'яма', 'яма')"

    with pytest.raises(DBAPIError, match="row-level security"):
        async with database.session(NORTH) as session:
            await session.execute(text(statement))


async def test_words_are_looked_up_in_their_index(
    database_url: str, database: Database, postgres_search: PostgresSearch
) -> None:
    """Under a policy alone the service's role would read the whole table."""
    await postgres_search.upsert(
        [make_document(number, f"Яма номер {number}") for number in range(2_000)]
    )
    owner = Database(database_url)
    async with owner.session(EVERY_REGION) as session:
        await session.execute(text("analyze search.document_a"))
    await owner.close()
    conditions, asked = postgres_sql.conditions(ask("яма 17"), parse("яма 17"))
    statement = postgres_sql.total(conditions).format(slot="a")

    async with database.session(NORTH) as session:
        plan = (await session.scalars(text(f"explain {statement}"), asked)).all()

    assert any("document_a_words" in line for line in plan)


async def test_the_schema_can_be_made_again_over_itself(
    database_url: str, postgres_search: PostgresSearch
) -> None:
    await postgres_search.upsert([make_document(1, "Яма")])
    index = await postgres_search.new_index()
    owner = Database(database_url)

    async with owner.session(EVERY_REGION) as session:
        for statement in postgres_schema.create():
            await session.execute(text(statement))
    await owner.close()

    await postgres_search.swap(index)
    assert await postgres_search.count(NORTH) == 0


async def test_a_database_without_the_schema_is_not_ready(
    database_url: str, postgres_search: PostgresSearch
) -> None:
    owner = Database(database_url)
    async with owner.session(EVERY_REGION) as session:
        for statement in postgres_schema.drop():
            await session.execute(text(statement))
    await owner.close()

    with pytest.raises(Unavailable):
        await postgres_search.ready()


async def test_a_database_that_is_away_is_unavailable() -> None:
    database = Database("postgresql://nobody@127.0.0.1:1/none")
    search = PostgresSearch(database.engine)

    with pytest.raises(Unavailable):
        await search.search(ask("яма"))
    with pytest.raises(Unavailable):
        await search.upsert([make_document(1, "Яма")])
    await database.close()


async def test_an_unchanged_document_is_not_written_again(
    database: Database, postgres_search: PostgresSearch
) -> None:
    documents = [make_document(1, "Яма"), make_document(2, "Снег")]
    await postgres_search.upsert(documents)
    versions = text("select id, xmin::text from search.document_a order by id")

    async with database.session(NORTH) as session:
        before = (await session.execute(versions)).all()
    await postgres_search.upsert([documents[0], make_document(2, "Лёд")])
    async with database.session(NORTH) as session:
        after = (await session.execute(versions)).all()

    assert before[0] == after[0]
    assert before[1] != after[1]


async def test_counting_stops_and_pages_go_on(
    postgres_search: PostgresSearch,
) -> None:
    many = MOST_COUNTED + 5
    await postgres_search.upsert(
        [
            make_document(n, "Яма", published_at=NOW + timedelta(seconds=n // 3))
            for n in range(many)
        ]
    )

    first = await postgres_search.search(ask("яма", limit=10))
    second = await postgres_search.search(
        ask("яма", limit=10, cursor=first.next_cursor)
    )

    assert first.estimated_total == MOST_COUNTED
    assert first.facets["network"] == {"vk": MOST_COUNTED}
    assert numbers(first) + numbers(second) == [*range(many - 1, many - 21, -1)]
