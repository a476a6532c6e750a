"""The triage service on a real database, with people and a page to publish on."""

from collections.abc import AsyncIterator

import httpx
import pytest
from pydantic import SecretStr

from services.triage.app import create_app
from services.triage.publishers import Publishers
from services.triage.settings import Settings
from shared.db import Database
from shared.identity.principal import Role
from shared.process import Parts
from shared.uow import Work
from tests.fakes import FakeQueue
from tests.services.triage.network import FakeNetwork, FakePublisher
from tests.services.triage.world import (
    Caller,
    MovingClock,
    World,
    make_desk,
)


@pytest.fixture
async def owner(database_url: str) -> AsyncIterator[Database]:
    """The database as its owner sees it."""
    database = Database(database_url)
    yield database
    await database.close()


@pytest.fixture
async def work(
    database_url: str, queue: FakeQueue, clock: MovingClock
) -> AsyncIterator[Work]:
    """Work as the triage service does it."""
    database = Database(database_url, role="otklik_triage")
    yield Work(database, "triage", queue, clock=clock)
    await database.close()


@pytest.fixture
def clock() -> MovingClock:
    """The time of the test."""
    return MovingClock()


@pytest.fixture
async def world(
    owner: Database, work: Work, queue: FakeQueue, clock: MovingClock
) -> AsyncIterator[World]:
    """A region with its desk, and the app over it."""
    region = await make_desk(owner, "north")
    publisher = FakePublisher(FakeNetwork(clock))
    publishers = Publishers.of([publisher])
    settings = Settings(secret_key=SecretStr("a key for tests"))
    app = create_app(settings, parts=Parts(work, queue), publishers=publishers)  # type: ignore[arg-type]
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(
            transport=transport, base_url="http://otklik.example"
        ) as http,
    ):
        yield World(owner, work, queue, clock, publisher, publishers, http, region)


@pytest.fixture
async def moderator(world: World) -> Caller:
    """A person who decides about candidates."""
    return await world.person(Role.MODERATOR, login="мария")


@pytest.fixture
async def executor(world: World) -> Caller:
    """A person of the housing ministry who writes replies."""
    return await world.person(Role.EXECUTOR, login="егор", authority="housing")


@pytest.fixture
async def approver(world: World) -> Caller:
    """A person who approves replies."""
    return await world.person(Role.APPROVER, login="алла")
