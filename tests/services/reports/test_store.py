"""The tables themselves: as the models say, isolated, and read in few queries."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, text
from sqlalchemy.exc import ProgrammingError
from sqlmodel import SQLModel

from services.reports import store
from services.reports.renderers.kpi_csv import COLUMNS
from shared.db import Database
from shared.delivery import Courier
from shared.models.identity import Region
from shared.uow import Work
from tests.services.reports.facts import make_candidate, make_incident, take

TABLES = ("incident_fact", "candidate_fact", "complaint_day", "code_name")


async def test_the_tables_are_as_the_models_say(owner: Database) -> None:
    async with owner.engine.connect() as connection:
        assert await connection.run_sync(_differences) == []


def _differences(connection: Connection) -> list[object]:
    def ours(_name: str | None, kind: str, parents: dict[str, str | None]) -> bool:
        if kind == "schema":
            return _name == "reports"
        return kind != "table" or f"reports.{_name}" in SQLModel.metadata.tables

    context = MigrationContext.configure(
        connection,
        opts={
            "include_schemas": True,
            "include_name": ours,
            "include_object": lambda thing, _name, kind, _reflected, _other: (
                kind != "index" and getattr(thing, "schema", "reports") == "reports"
            ),
            "compare_type": True,
        },
    )
    return list(compare_metadata(context, SQLModel.metadata))


@pytest.mark.parametrize("table", TABLES)
async def test_facts_of_another_region_are_invisible(
    courier: Courier, work: Work, region: Region, other: Region, table: str
) -> None:
    await take(courier, other.id, make_incident(), make_candidate())

    async with work.unit(region.id or 0) as uow:
        seen = await uow.session.scalar(text(f"SELECT count(*) FROM reports.{table}"))  # noqa: S608 -- a fixed name
    async with work.unit(other.id or 0) as uow:
        there = await uow.session.scalar(text(f"SELECT count(*) FROM reports.{table}"))  # noqa: S608 -- a fixed name

    assert seen == 0
    assert there > 0


async def test_the_service_cannot_change_what_figures_mean(work: Work) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"):
        async with work.unit(1) as uow:
            await uow.session.execute(
                text("UPDATE reports.kpi_definition SET formula_ru = 'лучше'")
            )


async def test_an_earlier_dictionary_can_be_read_again(
    owner: Database, work: Work
) -> None:
    async with owner.engine.begin() as connection:
        await connection.execute(
            text(
                "INSERT INTO reports.kpi_definition SELECT code, 3, kind, position, "
                "name_ru, name_en, 'иначе', 'otherwise', unit "
                "FROM reports.kpi_definition WHERE code = 'due' AND version = 1"
            )
        )

    async with work.unit(1) as uow:
        version = await store.version(uow.session)
        new = await store.definitions(uow.session)
        old = await store.definitions(uow.session, until=2)

    assert version == 3
    assert [entry.code for entry in new] == [entry.code for entry in old]
    assert [entry.code for entry in new if entry.version == 3] == ["due"]
    assert {entry.version for entry in old} == {1, 2}


async def test_the_dictionary_explains_every_column_and_section(work: Work) -> None:
    async with work.unit(1) as uow:
        entries = await store.definitions(uow.session)

    by_kind = {
        kind: [entry.code for entry in entries if entry.kind == kind]
        for kind in ("section", "column", "figure")
    }
    assert by_kind["section"] == ["total", "day", "authority", "municipality"]
    assert tuple(by_kind["column"] + by_kind["figure"]) == COLUMNS
    assert all(text_ for e in entries for text_ in (e.name_ru, e.name_en, e.formula_ru))
