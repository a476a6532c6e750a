"""The HTTP process every service has, with a router and a lifespan of the test's."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
from fastapi import APIRouter, FastAPI
from starlette.datastructures import State

from shared.db import Database
from shared.errors import Unavailable
from shared.process import Parts
from shared.queue import ArqQueue
from shared.service_app import connected, service_app
from shared.settings import Base
from shared.uow import Work

router = APIRouter(prefix="/reports")


@router.get("/colour")
async def colour() -> str:
    """Answer anything."""
    return "blue"


async def sleeping(_: State) -> None:
    """Refuse, as a part that does not answer."""
    raise Unavailable("asleep")


@pytest.fixture
def settings(database_url: str, valkey_url: str) -> Base:
    """What the process is told."""
    return Base(database_url=database_url, valkey_url=valkey_url)


def make_app(settings: Base, parts: Parts | None = None) -> FastAPI:
    """Make an app that has one part more than every other."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with connected(app, settings, "reports", parts):
            yield

    return service_app(
        "reports",
        router,
        lifespan,
        title="colours",
        summary="One.",
        description="Only one.",
        checks={"cat": sleeping},
    )


def client_of(app: FastAPI) -> httpx.AsyncClient:
    """Call the app."""
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://otklik.example"
    )


async def test_its_paths_stand_under_the_version_of_the_api(settings: Base) -> None:
    async with client_of(make_app(settings)) as client:
        answer = await client.get("/api/v1/reports/colour")
        described = (await client.get("/api/v1/reports/openapi.json")).json()

    assert answer.json() == "blue"
    assert list(described["paths"]) == ["/api/v1/reports/colour", "/healthz", "/readyz"]
    assert described["info"] == {
        "title": "Otklik: colours",
        "summary": "One.",
        "description": "Only one.",
        "version": "1",
    }


async def test_it_names_the_part_that_does_not_answer(settings: Base) -> None:
    app = make_app(settings)

    async with app.router.lifespan_context(app), client_of(app) as client:
        ready = await client.get("/readyz")

    assert ready.status_code == 503
    assert ready.json()["parts"] == {
        "database": "ok",
        "queue": "ok",
        "cat": "Unavailable: asleep",
    }


async def test_parts_that_are_given_stay_open(
    settings: Base, database_url: str, valkey_url: str
) -> None:
    database, queue = (
        Database(database_url, role="otklik_reports"),
        ArqQueue(valkey_url),
    )
    app = make_app(Base(), Parts(Work(database, "reports", queue), queue))

    async with app.router.lifespan_context(app):
        await queue.ping()
        pool = queue._pool
        same = app.state.work.database is database

    assert same
    assert queue._pool is pool
    await queue.close()
    await database.close()


async def test_parts_of_its_own_are_closed_even_when_it_fails(settings: Base) -> None:
    app = make_app(settings)

    with pytest.raises(ZeroDivisionError):
        async with app.router.lifespan_context(app):
            queue = app.state.parts.queue
            await queue.ping()
            raise ZeroDivisionError

    assert queue._pool is None
