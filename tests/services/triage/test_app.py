"""The app as a whole: its documentation, its probes, what it never offers."""

from typing import Any

import httpx
import pytest
from sqlalchemy import text
from sqlmodel import SQLModel

from services.triage.app import create_app
from services.triage.settings import Settings
from shared.db import EVERY_REGION, Database
from tests.services.triage.world import World


@pytest.fixture
def openapi() -> dict[str, Any]:
    """The documentation, made without any connection."""
    return create_app(Settings()).openapi()


def operations(openapi: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    return [
        (f"{method.upper()} {path}", operation)
        for path, item in openapi["paths"].items()
        for method, operation in item.items()
        if path.startswith("/api/")
    ]


def test_every_operation_is_documented_with_its_errors(openapi: dict[str, Any]) -> None:
    lacking = [
        name
        for name, operation in operations(openapi)
        if not operation.get("summary")
        or not operation.get("description")
        or not {"401", "403", "503"} <= operation["responses"].keys()
    ]

    assert lacking == []
    assert len(operations(openapi)) == 31


def test_every_body_has_an_example(openapi: dict[str, Any]) -> None:
    schemas = openapi["components"]["schemas"]

    lacking = [
        name
        for name in schemas
        if name.endswith("In")
        and schemas[name]["properties"]
        and not schemas[name].get("examples")
    ]

    assert lacking == []


def test_nothing_asks_for_or_answers_an_author(openapi: dict[str, Any]) -> None:
    schemas = openapi["components"]["schemas"]
    fields = {
        field for schema in schemas.values() for field in schema.get("properties", {})
    }
    asked = {
        parameter["name"]
        for _, operation in operations(openapi)
        for parameter in operation.get("parameters", [])
    }

    named = {name for name in fields | asked if "author" in name}
    # `author_name` is the official who wrote a version of a reply.
    assert named == {"authority", "author_name"}
    assert "author_name" in schemas["Version"]["properties"]


def test_no_table_has_a_column_for_the_author_of_a_post() -> None:
    columns = {
        f"{table.name}.{column.name}"
        for table in SQLModel.metadata.tables.values()
        if table.schema == "triage"
        for column in table.columns
        if "author" in column.name
    }

    assert columns == {
        "candidate.authority",
        "incident.authority",
        "official_page.authority",
        "routing_rule.authority",
        "reply.text_author",
        "reply_version.author_id",
        "reply_version.author_name",
    }


async def test_models_and_schema_are_the_same(owner: Database) -> None:
    query = text(
        "SELECT table_name, column_name, is_nullable = 'YES' AS nullable "
        "FROM information_schema.columns WHERE table_schema = 'triage'"
    )
    async with owner.session(EVERY_REGION) as session:
        found = {tuple(row) for row in await session.execute(query)}
    described = {
        (table.name, column.name, column.nullable)
        for table in SQLModel.metadata.tables.values()
        if table.schema == "triage"
        for column in table.columns
    }

    plain = {"outbox", "inbox", "dead_letter", "queue_tally"}
    assert {row for row in found if row[0] not in plain} == described


async def test_every_table_of_a_region_is_closed_to_the_others(owner: Database) -> None:
    query = text(
        "SELECT relname FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace "
        "WHERE nspname = 'triage' AND relkind = 'r' AND NOT relrowsecurity"
    )
    async with owner.session(EVERY_REGION) as session:
        found = set(await session.scalars(query))

    assert found == {"outbox", "inbox", "dead_letter"}


async def test_it_says_whether_it_is_ready(world: World) -> None:
    answers = [await world.client.get(path) for path in ("/healthz", "/readyz")]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[1].json()["parts"] == {"database": "ok", "queue": "ok"}


async def test_it_opens_and_closes_its_own_parts(
    database_url: str, valkey_url: str
) -> None:
    settings = Settings(database_url=database_url, valkey_url=valkey_url)
    app = create_app(settings)

    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url="http://otklik.example"
        ) as client,
    ):
        answer = await client.get("/readyz")

    assert answer.json()["status"] == "ok"
