"""A region, the reports service on a database of its own, and callers of its API."""

from collections.abc import AsyncIterator

import httpx
import pytest

from services.reports.app import create_app
from services.reports.handlers import HANDLERS
from shared.db import Database
from shared.delivery import Courier
from shared.models.identity import Region
from shared.process import Parts
from shared.uow import Work
from tests.factories import NOW, make_key, make_region
from tests.fakes import FakeQueue


@pytest.fixture
async def owner(database_url: str) -> AsyncIterator[Database]:
    """The database as its owner sees it."""
    database = Database(database_url)
    yield database
    await database.close()


@pytest.fixture
async def region(owner: Database) -> Region:
    """The region most tests are about; its clocks show Moscow time."""
    return await make_region(owner, "north")


@pytest.fixture
async def other(owner: Database) -> Region:
    """Another region: the noise that must stay invisible."""
    return await make_region(owner, "south")


@pytest.fixture
async def work(database_url: str, queue: FakeQueue) -> AsyncIterator[Work]:
    """Work as the reports service does it, at NOW."""
    database = Database(database_url, role="otklik_reports")
    yield Work(database, "reports", queue, clock=lambda: NOW)
    await database.close()


@pytest.fixture
def courier(work: Work) -> Courier:
    """What takes messages in."""
    return Courier(work, HANDLERS)


@pytest.fixture
async def client(
    work: Work, queue: FakeQueue, owner: Database, region: Region
) -> AsyncIterator[httpx.AsyncClient]:
    """A caller with a key that may read reports."""
    app = create_app(parts=Parts(work, queue))
    key = await make_key(owner, region, scopes="reports")
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(
            transport=httpx.ASGITransport(app, raise_app_exceptions=False),
            base_url="http://otklik.example/api/v1",
            headers={"Authorization": f"Bearer {key}"},
        ) as caller,
    ):
        yield caller
