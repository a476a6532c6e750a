"""The tables of the schema `ingest`: as the models say, and guarded."""

from datetime import UTC, datetime

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, String, text
from sqlmodel import AutoString, SQLModel

import shared.models.ingest  # noqa: F401 -- registers the tables
from services.ingest.handlers.sweep import make_partitions
from services.ingest.store import posts
from shared.db import EVERY_REGION, Database
from shared.ids import lowest_id_at, new_id
from shared.uow import Work
from tests.services.ingest.doubles import Clock


def differences(connection: Connection) -> list[object]:
    """What a migration would still have to change for the models of `ingest`."""
    context = MigrationContext.configure(
        connection,
        opts={
            "include_schemas": True,
            "include_object": is_ours,
            "compare_type": is_other_type,
        },
    )
    return compare_metadata(context, SQLModel.metadata)


def is_ours(thing: object, _name: str, kind: str, *more: object) -> bool:
    """Leave out other schemas, partitions and indexes, which migrations alone name."""
    if kind == "table":
        is_only_there = more[0]
        return getattr(thing, "schema", None) == "ingest" and not is_only_there
    return kind != "index"


def is_other_type(*things: object) -> bool | None:
    """SQLModel calls every text a string of no length."""
    *_, there, here = things
    is_text = isinstance(there, String) and isinstance(here, AutoString)
    return False if is_text else None


async def test_models_and_migrations_say_the_same(owner: Database) -> None:
    async with owner.engine.connect() as connection:
        found = await connection.run_sync(differences)

    assert found == []


async def test_every_table_is_bound_to_its_region(owner: Database) -> None:
    unbound = text("""
        SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = 'ingest' AND c.relkind IN ('r', 'p')
            AND NOT (c.relrowsecurity
                AND EXISTS (SELECT FROM pg_policy WHERE polrelid = c.oid))
        ORDER BY 1
    """)
    async with owner.session(EVERY_REGION) as session:
        names = list(await session.scalars(unbound))

    # The mailbox carries the region in its rows and is read by workers alone.
    assert names == ["dead_letter", "inbox", "outbox"]


async def test_ids_of_a_month_begin_where_the_clock_says(work: Work) -> None:
    moment = datetime(2026, 3, 1, tzinfo=UTC)

    async with work.unit(EVERY_REGION) as uow:
        lowest = await uow.session.scalar(
            text("SELECT ingest.lowest_id_at('2026-03-01 00:00:00')")
        )

    assert lowest == lowest_id_at(moment)


async def test_months_to_come_have_partitions(work: Work, clock: Clock) -> None:
    clock.now = datetime(2031, 12, 31, 23, 59, tzinfo=UTC)

    async with work.unit(EVERY_REGION) as uow:
        first = await make_partitions(uow)
    async with work.unit(EVERY_REGION) as uow:
        second = await make_partitions(uow)
        names = await uow.session.scalars(
            text(
                "SELECT to_regclass('ingest.post_' || m)::text FROM "
                "unnest(ARRAY['2031_12', '2032_01', '2032_02', '2032_03']) AS m"
            )
        )

    assert (first, second) == (3, 0)
    assert list(names) == [
        "ingest.post_2031_12",
        "ingest.post_2032_01",
        "ingest.post_2032_02",
        None,
    ]


async def test_a_new_months_partition_is_protected_as_the_others(
    work: Work, owner: Database
) -> None:
    async with work.unit(EVERY_REGION) as uow:
        await posts.add_partition(uow.session, datetime(2035, 7, 1, tzinfo=UTC))

    query = text("""
        SELECT c.relname, c.relrowsecurity, p.polname, p.polcmd, p.polpermissive,
            p.polroles, pg_get_expr(p.polqual, c.oid) AS using,
            pg_get_expr(p.polwithcheck, c.oid) AS "check"
        FROM pg_class c LEFT JOIN pg_policy p ON p.polrelid = c.oid
        WHERE c.oid IN (SELECT relid FROM pg_partition_tree('ingest.post'))
    """)
    async with owner.session(EVERY_REGION) as session:
        found = (await session.execute(query)).all()
    protections = {row.relname: tuple(row)[1:] for row in found}
    assert len(found) == len(protections) == 6, "the table, default, 3 months, ours"
    assert protections["post_2035_07"][0] is True
    assert protections == dict.fromkeys(protections, protections["post"])


async def test_posts_that_came_before_their_partition_move_into_it(work: Work) -> None:
    march = datetime(2035, 3, 5, tzinfo=UTC)
    insert = text("""
        INSERT INTO ingest.post (id, region_id, source_id, revision, fingerprint,
            network, kind, external_id, text, published_at, received_at)
        VALUES (:id, 1, :source, 1, '', 'vk', 'post', 'a', 'яма', now(), now())
    """)
    ids = [lowest_id_at(march), lowest_id_at(datetime(2035, 4, 1, tzinfo=UTC))]
    async with work.unit(1) as uow:
        for post_id in ids:
            await uow.session.execute(insert, {"id": post_id, "source": new_id()})

    async with work.unit(EVERY_REGION) as uow:
        await posts.add_partition(uow.session, march)

    async with work.unit(1) as uow:
        rows = await uow.session.execute(
            text(
                "SELECT tableoid::regclass::text AS place, id FROM ingest.post "
                "ORDER BY id"
            )
        )
        places = {row.id: row.place for row in rows}
    assert places == {ids[0]: "ingest.post_2035_03", ids[1]: "ingest.post_default"}


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT count(*) FROM ingest.post",
        "SELECT count(*) FROM ingest.post_2035_05",
        "SELECT count(*) FROM ingest.post_default",
    ],
)
async def test_a_partition_asked_by_name_shows_no_other_region(
    work: Work, statement: str
) -> None:
    async with work.unit(EVERY_REGION) as uow:
        await posts.add_partition(uow.session, datetime(2035, 5, 1, tzinfo=UTC))
    insert = text("""
        INSERT INTO ingest.post (id, region_id, source_id, revision, fingerprint,
            network, kind, external_id, text, published_at, received_at)
        VALUES (:id, 1, :id, 1, '', 'vk', 'post', 'a', 'яма', now(), now())
    """)
    async with work.unit(1) as uow:
        for month in (5, 6):
            post_id = lowest_id_at(datetime(2035, month, 5, tzinfo=UTC))
            await uow.session.execute(insert, {"id": post_id})

    async with work.unit(2) as uow:
        seen_by_another = await uow.session.scalar(text(statement))
    async with work.unit(1) as uow:
        seen_by_its_own = await uow.session.scalar(text(statement))

    assert seen_by_another == 0
    assert seen_by_its_own > 0
