"""Every kind of place outlives every kind of fault, at one call or another.

The same things happen twice: in a network that never fails, and in one whose calls
fail again and again. The same must be archived in the end.
"""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import httpx
import pytest
from fastapi import FastAPI

from infra.sandbox.clock import VirtualClock
from infra.sandbox.networks import FakeNetwork, NetworkContext, fakes
from infra.sandbox.networks.faulty import FaultyNetworks
from infra.sandbox.stage import AuthorKind, Writer
from infra.sandbox.stage.plans import Fault, FaultMode
from services.ingest.sources.base import ErrorKind, SourceError
from services.ingest.sources.connector import Access
from shared.networks.budget import LocalBudget
from tests.infra.sandbox.networks import Wall
from tests.infra.sandbox.worlds import world
from tests.services.ingest.sources.archive import Poller
from tests.services.ingest.sources.limits import QuietNetworks, stand_of

FAKES = {fake.code: fake for fake in fakes()}
RESIDENT = Writer(AuthorKind.USER, 700_000_041, "Анна Выдуманная")
STRUCK = {0, 3}
PERIOD = 7
"""Of every seven calls two are struck, so that some go well in a row."""
MOST_ROUNDS = 40

HARMLESS = (
    Fault(mode=FaultMode.GZIP),
    Fault(mode=FaultMode.LATENCY, seconds=0),
    Fault(mode=FaultMode.CONTENT_TYPE, value="text/plain; charset=koi8-r"),
    Fault(mode=FaultMode.SKEW, seconds=600),
    Fault(mode=FaultMode.SKEW, seconds=-3600),
)
HARMFUL = (
    Fault(mode=FaultMode.STATUS, status=502),
    Fault(mode=FaultMode.CUT),
    Fault(mode=FaultMode.RESET),
    Fault(mode=FaultMode.CHARSET, value="cp1251"),
    Fault(mode=FaultMode.STATUS, status=503, retry_after=90),
    Fault(mode=FaultMode.BREAK),
    Fault(mode=FaultMode.LIMIT),
    Fault(mode=FaultMode.HANG, seconds=0),
    Fault(mode=FaultMode.UNREACHABLE),
)


@dataclass
class Line(httpx.AsyncBaseTransport):
    """The way to a fake, on which fault after fault strikes."""

    way: httpx.AsyncBaseTransport
    network: NetworkContext
    faults: list[Fault]
    calls: int = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self.faults and self.calls % PERIOD in STRUCK:
            self.network.faults.add(self.faults.pop(0))
        self.calls += 1
        return await self.way.handle_async_request(request)


@dataclass
class Watching:
    """One place of a network that is polled while things happen in it."""

    fake: FakeNetwork
    number: int
    faults: Sequence[Fault] = ()
    wall: Wall = field(default_factory=Wall)
    kinds: set[ErrorKind] = field(default_factory=set)

    def __post_init__(self) -> None:
        networks = QuietNetworks(world(), VirtualClock(self.wall))
        self.network = networks.context(self.fake.code)
        stand = stand_of(self.fake)
        app = FastAPI()
        app.include_router((stand.routes or self.fake.routes)(self.network))
        app.add_middleware(FaultyNetworks, networks=networks, fakes=(self.fake,))
        way = httpx.ASGITransport(app=app)
        self.line = Line(way, self.network, list(self.faults))
        watched = stand.watched(self.network)[self.number]
        access = Access(
            http=httpx.AsyncClient(transport=self.line),
            budget=LocalBudget(self.wall, self._sleep),
            clock=self.wall,
            tokens=watched.tokens,
            base=stand.base,
            options=stand.options,
        )
        self.poller = Poller(stand.connector().open(watched.place, access))

    async def _sleep(self, seconds: float) -> None:
        self.wall.pass_by(seconds=seconds)

    async def run(self) -> list[str]:
        """Publish and poll until every fault has struck, and then calmly."""
        rounds = 0
        while rounds < 3 or self.line.faults:
            assert rounds < MOST_ROUNDS, "the place asks too rarely to be struck"
            self._publish(rounds)
            await self._read()
            rounds += 1
        for _ in range(2):
            await self._read()
        return sorted(self.poller.archive.standing.values())

    def _publish(self, number: int) -> None:
        """A post on every page, and two comments below it, in the first rounds."""
        if number > 2:
            return
        stage, now = self.network.stage, self.wall.now
        for page in stage.pages:
            text = f"Жалоба {number}: @{page.screen_name}, #яма0"
            post = stage.publish(page.code, text, at=now, writer=RESIDENT)
            for said in (f"И у нас {number}", f"Где ответ {number}?"):
                stage.publish(page.code, said, at=now, writer=RESIDENT, parent=post.id)

    async def _read(self) -> None:
        """Poll to the end, as the worker does: not before the time it is told."""
        more = True
        while more:
            try:
                more = await self.poller.poll(self.wall.now)
            except SourceError as error:
                self.kinds.add(error.kind)
                wait = error.retry_after.total_seconds() if error.retry_after else 30
                self.wall.pass_by(seconds=wait)
        self.wall.pass_by(minutes=30)


def _places() -> Iterator[tuple[str, int, str]]:
    """One place of each kind that the stands of the ten minutes bring."""
    for code, fake in FAKES.items():
        network = QuietNetworks(world(), VirtualClock(Wall())).context(code)
        stand = stand_of(fake)
        (stand.routes or fake.routes)(network)
        kinds = [each.place.kind for each in stand.watched(network)]
        yield from ((code, kinds.index(kind), kind) for kind in dict.fromkeys(kinds))


@dataclass(frozen=True)
class Calm:
    """A place, and what is archived of it where nothing ever fails."""

    fake: FakeNetwork
    number: int
    whole: list[str]


@pytest.fixture(
    scope="module", params=_places(), ids=lambda place: f"{place[0]} {place[2]}"
)
def calm(request: pytest.FixtureRequest) -> Calm:
    """Read a place calmly, once for both tests."""
    code, number, _ = request.param
    whole = asyncio.run(Watching(FAKES[code], number).run())
    assert whole
    return Calm(FAKES[code], number, whole)


async def test_what_only_looks_odd_is_read_all_the_same(calm: Calm) -> None:
    odd = Watching(calm.fake, calm.number, HARMLESS)

    told = await odd.run()

    assert (told, odd.kinds) == (calm.whole, set())


async def test_what_fails_is_tried_again_and_nothing_is_lost(calm: Calm) -> None:
    struck = Watching(calm.fake, calm.number, HARMFUL)

    told = await struck.run()

    assert told == calm.whole
    assert struck.kinds <= {ErrorKind.RETRY, ErrorKind.WAIT}
    assert struck.kinds
    assert struck.network.meter.report()["over_limit"] == 0
