"""What the tests of taking in share."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from services.ingest import jobs
from services.ingest.app import create_app
from services.ingest.handlers.operations import HANDLERS
from services.ingest.handlers.rulebooks import Rulebooks
from services.ingest.jobs import Tools
from services.ingest.settings import Settings
from services.ingest.sources.feed_connector import JournalConnector
from services.ingest.sources.networks import WEBHOOK, Means, Networks
from services.ingest.sources.signed_webhook import SignedWebhook
from shared.db import Database
from shared.delivery import Courier
from shared.models.identity import Region
from shared.networks.budget import LocalBudget
from shared.process import Parts
from shared.search.postgres import PostgresSearch
from shared.uow import Work
from shared.vault import Vault
from tests.factories import make_key, make_region
from tests.fakes import FakeQueue
from tests.pipeline import drain
from tests.services.ingest.asked_feed import FEED
from tests.services.ingest.doubles import Clock, FakeFeed, Quiet, no_chance, no_time
from tests.services.ingest.fake_network import FakeHook, FakeNetwork, Wire

SECRET = b"0123456789abcdef0123456789abcdef"


@pytest.fixture(scope="session")
def samples() -> Path:
    """Folder of invented samples, one folder for each kind of source."""
    return Path(__file__).parent / "samples"


@pytest.fixture
def clock() -> Clock:
    """The clock of the service under test."""
    return Clock()


@pytest.fixture
async def owner(database_url: str) -> AsyncIterator[Database]:
    """The database as its owner sees it."""
    database = Database(database_url)
    yield database
    await database.close()


@pytest.fixture
async def region(owner: Database) -> Region:
    """The region the tests work in."""
    return await make_region(owner)


@pytest.fixture
async def work(
    database_url: str, queue: FakeQueue, clock: Clock
) -> AsyncIterator[Work]:
    """Work as the ingest service does it."""
    database = Database(database_url, role="otklik_ingest", pool_size=10)
    yield Work(database, "ingest", queue, clock=clock)
    await database.close()


@pytest.fixture
def vault() -> Vault:
    """The vault of the installation under test."""
    return Vault(SECRET)


@pytest.fixture
def feed() -> FakeFeed:
    """The feed behind every address."""
    return FakeFeed()


@pytest.fixture
def wire() -> Wire:
    """What every network is behind."""
    return Wire()


@pytest.fixture
def network() -> FakeNetwork:
    """A network as nasty as the true ones, in the place of VK."""
    return FakeNetwork()


@pytest.fixture
def networks(
    clock: Clock, feed: FakeFeed, network: FakeNetwork, wire: Wire
) -> Networks:
    """The networks of the installation under test; nothing leaves the process."""
    transport = httpx.MockTransport(wire.answer)
    budget = LocalBudget(clock, no_time)
    means = Means(transport, transport, budget, clock)
    connectors = (network, JournalConnector(), feed)
    hooks = {"vk": FakeHook(), WEBHOOK: SignedWebhook()}
    return Networks(connectors, hooks, means, feed)


@pytest.fixture
async def tools(work: Work, vault: Vault, networks: Networks) -> AsyncIterator[Tools]:
    """What the worker's jobs share, with the index in PostgreSQL."""
    own = work.database.twin()
    search = PostgresSearch(own.engine)
    courier = Courier(work, HANDLERS)
    yield Tools(
        work,
        courier,
        Rulebooks(),
        search,
        vault,
        networks,
        sleep=no_time,
        dice=no_chance,
    )
    await own.close()


@pytest.fixture
def quiet(queue: FakeQueue, tools: Tools) -> Quiet:
    """Let the service's own jobs run until nothing rings for it."""

    async def until_quiet() -> list[str]:
        return await drain(queue, {"ingest": jobs.duties(tools).by_name})

    return until_quiet


@pytest.fixture
async def app(
    work: Work, queue: FakeQueue, tools: Tools
) -> AsyncIterator[httpx.AsyncClient]:
    """The service over HTTP, without a credential."""
    settings = Settings(secret_key=SECRET.hex(), feed_allow="127.0.0.1:8088")
    app = create_app(
        settings,
        parts=Parts(work, queue),
        search=tools.search,
        networks=tools.networks,
    )
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(
            transport=transport, base_url="http://ingest.example/api/v1"
        ) as client:
            yield client


@pytest.fixture
async def client(
    app: httpx.AsyncClient, owner: Database, region: Region
) -> httpx.AsyncClient:
    """The service over HTTP, for a client with every right in the region."""
    key = await make_key(owner, region, scopes="ingest archive admin")
    app.headers["Authorization"] = f"Bearer {key}"
    return app


@pytest.fixture
async def source_id(client: httpx.AsyncClient, queue: FakeQueue, region: Region) -> str:
    """A feed that has not been asked yet."""
    made = await client.post("/ingest/sources", json=FEED)
    assert made.status_code == 201, made.text
    return made.json()["id"]
