"""All networks of one world: their contexts, and the work between requests."""

import asyncio
from collections.abc import Mapping
from itertools import islice

import httpx

from infra.sandbox.networks.context import NetworkContext
from infra.sandbox.stage import Feeder, Item
from infra.sandbox.stage.feeder import writer
from infra.sandbox.stage.ledger import Ledger
from infra.sandbox.stage.tokens import TokenBook
from infra.sandbox.world import World
from shared.clock import Clock
from shared.errors import NotFound
from shared.logs import log

_PATIENCE = 10.0
_LOOK_EVERY = 0.25


class Networks:
    """The stages of a world and what stands around them.

    `http` carries pushes; without one a client of our own is opened.
    """

    def __init__(
        self, world: World, clock: Clock, http: httpx.AsyncClient | None = None
    ) -> None:
        self._world = world
        self._clock = clock
        self._feeder = Feeder(world)
        self.ledger = Ledger()
        # A proxy of the surroundings has no business between two local programs.
        client = http or httpx.AsyncClient(timeout=_PATIENCE, trust_env=False)
        self._http = client
        self.contexts: Mapping[str, NetworkContext] = {
            code: NetworkContext(
                code, stage, clock, client, self.ledger, TokenBook(code), self.catch_up
            )
            for code, stage in self._feeder.stages.items()
        }

    def context(self, code: str) -> NetworkContext:
        try:
            return self.contexts[code]
        except KeyError:
            raise NotFound("network", code) from None

    def catch_up(self) -> None:
        """Bring every stage up to the virtual now."""
        self._feeder.catch_up(self._clock())

    async def tick(self, code: str | None = None) -> int:
        """Do the work that is due between requests, such as pushes."""
        self.catch_up()
        chosen = self.contexts.values() if code is None else [self.context(code)]
        return sum([await tick() for context in chosen for tick in context.ticks])

    async def run(self) -> None:
        """Tick for ever; a failure nobody thought of is logged and tried again."""
        while True:
            try:
                await self.tick()
            except Exception:  # noqa: BLE001 -- the edge of the process: logged and retried
                log.exception("sandbox.tick_broke")
            await asyncio.sleep(_LOOK_EVERY)

    async def close(self) -> None:
        await self._http.aclose()

    def bulk(self, code: str, page: str, number: int) -> list[Item]:
        """Publish many generated posts on one page at once."""
        context = self.context(code)
        source = World(seed=self._world.seed + 1, start=self._world.start)
        now = self._clock()
        return [
            context.stage.publish(page, post.text, at=now, writer=writer(post))
            for post in islice(source.stream(), number)
        ]
