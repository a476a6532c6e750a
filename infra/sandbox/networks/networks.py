"""All networks of one world: their contexts, and the work between requests."""

import asyncio
import ssl
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cache
from itertools import count, islice
from typing import Any

import httpx

from infra.sandbox.networks.context import NetworkContext
from infra.sandbox.stage import Feeder, Item
from infra.sandbox.stage.feeder import writer
from infra.sandbox.stage.journal import Journal, replay
from infra.sandbox.stage.ledger import Entry, Ledger
from infra.sandbox.stage.tokens import Token, TokenBook
from infra.sandbox.world import Post, World
from shared.clock import Clock
from shared.errors import NotFound, OtklikError
from shared.logs import log

_PATIENCE = 10.0
_LOOK_EVERY = 0.25
_COMPOSED = 500


@cache
def _certificates() -> ssl.SSLContext:
    """Read the certificates there are once: that is most of what a client costs."""
    return httpx.create_ssl_context(trust_env=False)


class Networks:
    """The stages of a world and what stands around them.

    `http` carries pushes; without one a client of our own is opened. The `journal`
    remembers over restarts what was done besides the world's play.
    """

    def __init__(
        self,
        world: World,
        clock: Clock,
        http: httpx.AsyncClient | None = None,
        journal: Journal | None = None,
    ) -> None:
        self._world = world
        self._clock = clock
        self._journal = journal or Journal()
        self._feeder = Feeder(world, self._journal)
        self._is_remembered = False
        record = self._journal.recorder
        self.ledger = Ledger(record("all", "ledger"))
        # A proxy of the surroundings has no business between two local programs.
        client = http or httpx.AsyncClient(
            timeout=_PATIENCE, trust_env=False, verify=_certificates()
        )
        self._http = client
        self.contexts: Mapping[str, NetworkContext] = {
            code: NetworkContext(
                code,
                stage,
                clock,
                client,
                self.ledger,
                TokenBook(code, record(code, "tokens")),
                self.catch_up,
                keep=record(code, "fake"),
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
        if not self._is_remembered:
            self._is_remembered = True
            self._remember()

    def _remember(self) -> None:
        """Do again what was done before the last stop, on what the world has played.

        What stood on something that is forgotten by now is forgotten, too.
        """
        for line in self._journal.read():
            with suppress(OtklikError):
                self._redo(line)
        self._journal.open()

    def _redo(self, line: Mapping[str, Any]) -> None:
        facts = line["facts"]
        match line["about"]:
            case "stage":
                stage = self.context(line["network"]).stage
                replay(stage, line["action"], facts)
            case "tokens":
                token = Token.from_json(facts["token"])
                self.context(line["network"]).tokens.put(token)
            case "ledger":
                self.ledger.add(Entry.from_json(facts["entry"]))
            case "fake":
                redo = self.context(line["network"]).redoing.get(line["action"])
                if redo is not None:
                    redo(facts)

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
        """Let go of the client and the journal."""
        await self._http.aclose()
        self._journal.close()

    def bulk(self, code: str, page: str, number: int) -> list[Item]:
        """Publish many generated posts on one page at once; no two are alike."""
        context = self.context(code)
        source = World(seed=self._world.seed + 1, start=self._world.start)
        told = list(islice(source.stream(), min(number, _COMPOSED)))
        now = self._clock()
        return [
            context.stage.publish(page, text, at=now, writer=writer(post))
            for post, text in islice(_variants(told), number)
        ]


def _variants(posts: Sequence[Post]) -> Iterator[tuple[Post, str]]:
    """Repeat posts without end, each time with another number: writing takes time."""
    for turn in count():
        for post in posts:
            yield post, f"{post.text} №{turn}" if turn else post.text
