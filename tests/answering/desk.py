"""A region that watches a fake network and answers there, as its processes would."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final

import httpx
from pydantic import SecretStr
from redis.asyncio import Redis
from sqlmodel import select

from services.ingest import jobs as watching
from services.ingest.handlers.credentials import Given, seal
from services.ingest.handlers.operations import HANDLERS
from services.ingest.handlers.rulebooks import Rulebooks
from services.ingest.sources import networks as watched
from services.ingest.sources.ok import OkConnector
from services.ingest.sources.telegram import TelegramConnector
from services.ingest.sources.vk import VkConnector
from services.triage import jobs as answering
from services.triage.app import create_app
from services.triage.publishers import Publisher, Publishers
from services.triage.publishers.all import publishers_of
from services.triage.publishers.voices import Means
from services.triage.settings import Settings
from shared.db import EVERY_REGION, Database
from shared.delivery import Courier
from shared.identity.principal import Role
from shared.models.identity import Region
from shared.models.ingest import Source
from shared.models.networks import Credential
from shared.networks.keeping import Keeping
from shared.networks.valkey_budget import ValkeyBudget
from shared.process import Parts
from shared.search.postgres import PostgresSearch
from shared.uow import Work
from shared.vault import Vault
from tests.answering.nets import Net, Through
from tests.fakes import FakeQueue
from tests.pipeline import drain
from tests.services.triage.network import FakeNetwork, FakePublisher
from tests.services.triage.world import Caller, MovingClock, World, make_desk, make_page

SECRET: Final = b"0123456789abcdef0123456789abcdef"
PUBLISH: Final = {"via": "page"}


@dataclass
class Desk:
    """The two services over one network, and three people."""

    net: Net
    owner: Database
    queue: FakeQueue
    tools: watching.Tools
    work: Work
    publishers: Publishers
    world: World
    source: Source
    people: dict[str, Caller]

    @property
    def region(self) -> int:
        return self.source.region_id

    async def settle(self) -> None:
        """Run what rings, in both services, until all is quiet."""
        courier = Courier(self.work, answering.HANDLERS)
        services = {
            "ingest": watching.duties(self.tools).by_name,
            "triage": answering.duties(courier, self.publishers).by_name,
        }
        await drain(self.queue, services)

    async def later(self, **by: float) -> None:
        """Let time pass, and the sweeper ring."""
        self.net.pass_by(**by)
        await answering.sweep(self.work)
        await self.settle()

    async def poll(self, source: Source | None = None) -> None:
        """Ask the network for news."""
        asked = source or self.source
        await watching.poll_source(self.tools, self.region, str(asked.id))
        await self.settle()

    async def candidates(self) -> list[dict[str, Any]]:
        """What waits in the queue."""
        listed = await self.people["moderator"].get("/candidates")
        found: list[dict[str, Any]] = listed.body["items"]
        return found

    async def opened(self, text: str) -> str:
        """Take a complaint in and open an incident of it; its path."""
        await self.poll()
        (candidate,) = [one for one in await self.candidates() if one["text"] == text]
        path = f"/candidates/{candidate['id']}/decision"
        asked = {"decision": "open", "topic": "housing.hot_water"}
        done = await self.people["moderator"].post(path, asked)
        assert done.status == 200, done.body
        return f"/incidents/{done.body['incident']['id']}"

    async def approved(self, path: str, text: str) -> None:
        """Draft, submit and approve; the fake hears of the approval."""
        steps = (
            ("moderator", "assign", {"authority": "housing"}),
            ("moderator", "draft", {"text": text}),
            ("moderator", "submit", {}),
            ("approver", "approve", {}),
        )
        for who, step, body in steps:
            done = await self.people[who].post(f"{path}/{step}", body)
            assert done.status == 200, done.body
        self.net.context.ledger.approve(text)

    async def publish(self, path: str) -> None:
        """Ask for the publication, and run it."""
        done = await self.people["moderator"].post(f"{path}/publish", PUBLISH)
        assert done.status == 200, done.body
        await self.settle()

    async def posting(self, path: str) -> dict[str, Any]:
        """The latest attempt of an incident."""
        case = (await self.people["moderator"].get(path)).body
        found: dict[str, Any] = case["postings"][-1]
        return found

    async def watched(self, kind: str, native: str, url: str) -> Source:
        """Watch one more place of the network."""
        source = make_source(self.net, self.region, (kind, native, url))
        async with self.owner.session(EVERY_REGION) as session:
            session.add(source)
        return source

    async def credential(self, kind: str) -> Credential:
        """Read a credential of the network."""
        async with self.owner.session(EVERY_REGION) as session:
            found = await session.scalars(
                select(Credential).where(Credential.kind == kind)
            )
            return found.one()


@asynccontextmanager
async def desk_of(net: Net, database_url: str, valkey_url: str) -> AsyncIterator[Desk]:
    """Start both services over a network."""
    async with AsyncExitStack() as stack:
        owner = Database(database_url)
        stack.push_async_callback(owner.close)
        queue = FakeQueue()
        works = {}
        for service in ("ingest", "triage"):
            database = Database(database_url, role=f"otklik_{service}")
            stack.push_async_callback(database.close)
            works[service] = Work(database, service, queue, clock=net.clock)
        redis = Redis.from_url(valkey_url)
        stack.push_async_callback(redis.aclose)
        budget = ValkeyBudget(redis, net.clock, _sleeper(net))
        tools = _tools(net, works["ingest"], budget, stack)
        publishers = _publishers(net, works["triage"], budget)
        region = await make_desk(owner, "north")
        source = await _furnished(net, owner, works["ingest"], region)
        world = await _world(net, owner, works["triage"], publishers, region, stack)
        people = {
            "moderator": await world.person(Role.MODERATOR, login="мария"),
            "approver": await world.person(Role.APPROVER, login="алла"),
        }
        yield Desk(
            net,
            owner,
            queue,
            tools,
            works["triage"],
            publishers,
            world,
            source,
            people,
        )


def _sleeper(net: Net) -> Any:  # noqa: ANN401 -- a function
    async def sleep(seconds: float) -> None:
        net.pass_by(seconds=seconds)

    return sleep


def _tools(
    net: Net, work: Work, budget: ValkeyBudget, stack: AsyncExitStack
) -> watching.Tools:
    own = work.database.twin()
    stack.push_async_callback(own.close)
    vault = Vault(SECRET)
    way = Through(net.client)
    means = watched.Means(
        way,
        way,
        budget,
        net.clock,
        {net.network: net.base},
        {"telegram": {"wait_s": 0}},
        Keeping(work.database, vault),
    )
    connectors = (VkConnector(), OkConnector(), TelegramConnector(net.opening))
    return watching.Tools(
        work,
        Courier(work, HANDLERS),
        Rulebooks(),
        PostgresSearch(own.engine),
        vault,
        watched.Networks(connectors, {}, means),
        sleep=_sleeper(net),
    )


def _publishers(net: Net, work: Work, budget: ValkeyBudget) -> Publishers:
    settings = Settings(ok_answers=True, **{f"{net.network}_base": net.base})  # type: ignore[arg-type]
    means = Means(net.client, budget, net.clock, work.database, Vault(SECRET), settings)
    return publishers_of(means, settings, net.opening)


def make_source(net: Net, region: int, place: tuple[str, str, str]) -> Source:
    """Make a source that takes all posts of a place."""
    kind, native, url = place
    return Source(
        region_id=region,
        kind="page",
        network=net.network,
        name=native,
        place_kind=kind,
        native=native,
        url=url,
        intake="all",
        created_at=net.clock(),
    )


async def _furnished(net: Net, owner: Database, work: Work, region: Region) -> Source:
    """Give the region its tokens, its source and its official page."""
    source = make_source(net, region.id or 0, net.place)
    async with work.unit(region.id or 0) as uow:
        for token in net.tokens:
            given = Given(net.network, token.kind, token.kind, token.secrets)
            seal(uow, Vault(SECRET), given)
        uow.session.add(source)
    async with owner.session(EVERY_REGION) as session:
        page = make_page(region.id or 0, network=net.network, native_id=net.voice)
        session.add(page)
    return source


async def _world(
    net: Net,
    owner: Database,
    work: Work,
    publishers: Publishers,
    region: Region,
    stack: AsyncExitStack,
) -> World:
    settings = Settings(secret_key=SecretStr("a key for tests"))
    parts = Parts(work, work.queue)  # type: ignore[arg-type]
    app = create_app(settings, parts=parts, publishers=publishers)
    await stack.enter_async_context(app.router.lifespan_context(app))
    http = await stack.enter_async_context(
        httpx.AsyncClient(
            transport=httpx.ASGITransport(app, raise_app_exceptions=False),
            base_url="http://otklik.example",
        )
    )
    clock = MovingClock()
    unused: FakePublisher = FakePublisher(FakeNetwork(clock))
    queue: FakeQueue = work.queue  # type: ignore[assignment]
    return World(owner, work, queue, clock, unused, publishers, http, region)


def dying(publishers: Publishers, death: type[BaseException]) -> Publishers:
    """Publishers whose process ends right after an answer became public."""
    return Publishers.of([_Dying(one, death) for one in publishers.all])  # type: ignore[list-item]


class _Dying:
    """Another publisher, until it has sent."""

    def __init__(self, inner: Publisher, death: type[BaseException]) -> None:
        self._inner = inner
        self._death = death

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 -- whatever it has
        return getattr(self._inner, name)

    async def send(self, *args: Any) -> None:  # noqa: ANN401 -- handed on
        await self._inner.send(*args)
        raise self._death
