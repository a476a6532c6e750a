"""Ten virtual minutes of a network under load: what a stand brings, and the run.

A network takes part with a module `limits.py` in its folder here, which exports one
`Stand` as `STAND`. Two pollers share its sources, its tokens and the budget, as two
worker processes do; requests fail on the way, and a token is refused half-way.
"""

import asyncio
import heapq
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from importlib import import_module
from importlib.util import find_spec
from itertools import count
from typing import Any, Final

import httpx
from fastapi import APIRouter, FastAPI

from infra.sandbox.clock import VirtualClock
from infra.sandbox.networks import FakeNetwork, NetworkContext, Networks
from infra.sandbox.networks.faulty import FaultyNetworks
from infra.sandbox.stage import AuthorKind, Writer
from infra.sandbox.stage.plans import Fault, FaultMode
from services.ingest.sources.base import ErrorKind, SourceError
from services.ingest.sources.connector import Access, Connector, Place, Token
from shared.networks.budget import Budget
from tests.infra.sandbox.networks import Wall
from tests.infra.sandbox.worlds import START, world
from tests.services.ingest.sources.archive import Poller

LASTING: Final = timedelta(minutes=10)
EVERY: Final = timedelta(seconds=10)
"""The shortest pause there may be between two polls of a page."""

_FAULTS_EVERY: Final = 20
_POSTS_EVERY: Final = 4
_MOST_POSTS: Final = 400
_RESIDENT: Final = Writer(AuthorKind.USER, 700_000_031, "Пётр Выдуманный")


@dataclass(frozen=True, slots=True)
class Watched:
    """A place, and the tokens a source of it may use."""

    place: Place
    tokens: tuple[Token, ...]


def faults(too_fast: int | None = None) -> tuple[Fault, ...]:
    """What strikes; `too_fast` is the network's own code for calls in a hurry."""
    return (
        Fault(mode=FaultMode.STATUS, status=502, times=2),
        Fault(mode=FaultMode.LIMIT, code=too_fast, retry_after=3),
        Fault(mode=FaultMode.CUT),
        Fault(mode=FaultMode.UNREACHABLE),
        Fault(mode=FaultMode.STATUS, status=503, retry_after=5),
        Fault(mode=FaultMode.GZIP, times=3),
    )


@dataclass(frozen=True, slots=True)
class Stand:
    """What a network brings to the ten minutes.

    `watched` issues tokens of the fake and names several sources for each of them.
    `revoked` is the fake's own value of a token that dies half-way; others of its kind
    are left. `faults` strike one after another, every twenty seconds. `connector` is
    called once for each worker, as two processes have one each. `routes` serves the
    fake with tighter limits than its own, where those are too far to be reached.
    """

    connector: Callable[[], Connector]
    base: str
    watched: Callable[[NetworkContext], Sequence[Watched]]
    revoked: str | None
    options: dict[str, Any] = field(default_factory=dict)
    faults: tuple[Fault, ...] = field(default_factory=faults)
    routes: Callable[[NetworkContext], APIRouter] | None = None


def stand_of(fake: FakeNetwork) -> Stand:
    """Find the stand of a network; a network without one fails loudly."""
    name = f"{__package__}.{fake.code}.limits"
    if find_spec(f"{__package__}.{fake.code}") is None or find_spec(name) is None:
        raise AssertionError(
            f"the network {fake.code} brings no stand: write {name} with a STAND, or "
            "nobody knows whether it stays below its limits"
        )
    stand: Stand = import_module(name).STAND
    return stand


class Turns:
    """A clock that moves to the next who wants to be woken when everybody sleeps."""

    def __init__(self, wall: Wall, *, workers: int) -> None:
        self._wall = wall
        self._awake = workers
        self._sleeping: list[tuple[datetime, int, asyncio.Future[None]]] = []
        self._order = count()

    async def sleep(self, seconds: float) -> None:
        """Sleep as a worker; time passes when all of them do."""
        woken = asyncio.get_running_loop().create_future()
        until = self._wall.now + timedelta(seconds=seconds)
        heapq.heappush(self._sleeping, (until, next(self._order), woken))
        self._awake -= 1
        self._go_on()
        await woken

    def ended(self) -> None:
        """Leave: a worker that has ended holds nobody up."""
        self._awake -= 1
        self._go_on()

    def _go_on(self) -> None:
        if self._awake == 0 and self._sleeping:
            until, _, woken = heapq.heappop(self._sleeping)
            self._wall.now = max(self._wall.now, until)
            self._awake += 1
            woken.set_result(None)


class QuietNetworks(Networks):
    """Networks on whose stages the seeded world does not play."""

    def catch_up(self) -> None:
        """Leave the stages as the run has made them."""


class TenMinutes:
    """The run: two pollers, each with its own way to the budget."""

    def __init__(self, fake: FakeNetwork, stand: Stand) -> None:
        self.wall = Wall()
        self.turns = Turns(self.wall, workers=2)
        self.polls = 0
        self.kinds: set[ErrorKind] = set()
        self._stand = stand
        self.began = self.wall.now
        self._end = self.began + LASTING
        networks = QuietNetworks(world(), VirtualClock(self.wall))
        self.network = networks.context(fake.code)
        app = FastAPI()
        app.include_router((stand.routes or fake.routes)(self.network))
        app.add_middleware(FaultyNetworks, networks=networks, fakes=(fake,))
        self._http = httpx.AsyncClient(transport=httpx.ASGITransport(app=app))
        self._due: dict[int, datetime] = {}
        self._watched = stand.watched(self.network)
        self._pollers = [Poller(_Nowhere()) for _ in self._watched]
        self._dead: set[str] = set()
        self._busy: set[int] = set()
        self._written = 0
        self._struck = 0
        self._is_revoked = stand.revoked is None

    async def run(self, *budgets: Budget) -> dict[str, Any]:
        """Poll for ten virtual minutes; return what the fake has counted."""
        self._due = dict.fromkeys(range(len(self._watched)), self.wall.now)
        try:
            await asyncio.gather(*(self._work(budget) for budget in budgets))
        finally:
            await self._http.aclose()
        return self.network.meter.report()

    async def _work(self, budget: Budget) -> None:
        """Be one worker: take what is due, as another does beside it."""
        connector = self._stand.connector()
        try:
            while self.wall.now < self._end:
                self._let_things_happen()
                number = self._next()
                if number is None:
                    await self.turns.sleep(1)
                    continue
                self._busy.add(number)
                self._due[number] = await self._poll(number, connector, budget)
                self._busy.discard(number)
        finally:
            self.turns.ended()

    def _next(self) -> int | None:
        due = [
            (at, number)
            for number, at in self._due.items()
            if number not in self._busy and at <= self.wall.now
        ]
        return min(due)[1] if due else None

    async def _poll(
        self, number: int, connector: Connector, budget: Budget
    ) -> datetime:
        """Poll as the worker does, and say when to come again."""
        watched, poller = self._watched[number], self._pollers[number]
        tokens = tuple(each for each in watched.tokens if each.id not in self._dead)
        stand, self.polls = self._stand, self.polls + 1
        access = Access(
            http=self._http,
            budget=budget,
            clock=self.wall,
            tokens=tokens,
            base=stand.base,
            options=stand.options,
        )
        try:
            poller.source = connector.open(watched.place, access)
            more = await poller.poll(self.wall.now)
        except SourceError as error:
            self.kinds.add(error.kind)
            return self.wall.now + await self._failed(error, tokens, budget)
        return self.wall.now if more else self.wall.now + EVERY

    async def _failed(
        self, error: SourceError, tokens: Sequence[Token], budget: Budget
    ) -> timedelta:
        """Give a refused token up, as `handlers.polling` does; say how long to wait."""
        if error.kind is ErrorKind.REAUTH:
            dead = error.token or (tokens[0].id if tokens else None)
            if dead is not None:
                self._dead.add(dead)
                await budget.stop(dead)
        return max(EVERY, error.retry_after or EVERY)

    def _let_things_happen(self) -> None:
        """Publish, strike and revoke what is due by now."""
        passed = (self.wall.now - START).total_seconds()
        while self._written < min(passed / _POSTS_EVERY, _MOST_POSTS):
            self._publish()
        if self._struck < passed // _FAULTS_EVERY:
            faults = self._stand.faults
            self.network.faults.add(faults[self._struck % len(faults)])
            self._struck += 1
        if not self._is_revoked and passed >= LASTING.total_seconds() / 2:
            self._is_revoked = True
            # A refusal that is cut off on its way was never heard.
            self.network.faults.clear()
            self.network.tokens.revoke(self._stand.revoked or "")

    def _publish(self) -> None:
        """Publish a post, and a comment under every other one."""
        self._written += 1
        pages = self.network.stage.pages
        page = pages[self._written % len(pages)].code
        stage, now = self.network.stage, self.wall.now
        text = f"Жалоба {self._written}"
        post = stage.publish(page, text, at=now, writer=_RESIDENT)
        if self._written % 2:
            stage.publish(page, "И у нас", at=now, writer=_RESIDENT, parent=post.id)


class _Nowhere:
    """A source before the first poll."""

    async def fetch(self, *_: object, **__: object) -> Any:  # noqa: ANN401 -- never
        raise AssertionError("it was opened for nobody")
