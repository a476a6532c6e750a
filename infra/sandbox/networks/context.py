"""What a fake network is given, and what it has to offer."""

from collections.abc import Awaitable, Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from typing import Any, Final, NamedTuple

import httpx
from fastapi import APIRouter, Request, Response

from infra.sandbox.stage import AuthorKind, Item, Stage, Writer
from infra.sandbox.stage.ledger import COMMITTED, REPEATED, Entry, Ledger
from infra.sandbox.stage.meter import Meter
from infra.sandbox.stage.plans import Delivery, Fault, Plan, Write, WriteMode
from infra.sandbox.stage.record import Record, unrecorded
from infra.sandbox.stage.tokens import Token, TokenBook
from shared.clock import Clock

skew: Final[ContextVar[timedelta]] = ContextVar("skew", default=timedelta())
"""How far ahead the network's clock is during this request (a planned fault)."""


class ResponseLost(Exception):
    """The write happened, and the caller must not hear of it."""


@dataclass(frozen=True, slots=True)
class Published:
    """How a write went: `item` stands on the stage if it was committed.

    `code` is the network's own error code that the plan asks for, if any. `repeated`:
    the mark was known, `item` is what it had published.
    """

    mode: WriteMode
    item: Item | None = None
    code: int | None = None
    repeated: bool = False


Tick = Callable[[], Awaitable[int]]
Redo = Callable[[Mapping[str, Any]], None]


@dataclass(frozen=True)
class NetworkContext:
    """One network's stage, tokens, plans and counters; time is virtual only.

    Before each request and tick the stage is brought up to date, so a fake just reads
    it; only a request that waits for news calls `catch_up` itself. `http` is for
    pushing to the watched program.
    """

    code: str
    stage: Stage
    clock: Clock
    http: httpx.AsyncClient
    ledger: Ledger
    tokens: TokenBook
    catch_up: Callable[[], None] = lambda: None
    meter: Meter = field(default_factory=Meter)
    faults: Plan[Fault] = field(default_factory=Plan[Fault])
    deliveries: Plan[Delivery] = field(default_factory=Plan[Delivery])
    writes: Plan[Write] = field(default_factory=Plan[Write])
    ticks: list[Tick] = field(default_factory=list)
    keep: Record = unrecorded
    redoing: dict[str, Redo] = field(default_factory=dict)

    def now(self) -> datetime:
        """Give the time as this network believes it is (a fault may skew it)."""
        return self.clock() + skew.get()

    def timestamp(self) -> int:
        """Give `now` in Unix seconds."""
        return int(self.now().timestamp())

    def on_tick(self, tick: Tick) -> None:
        """Have work done several times a second; it returns how much it did.

        `POST /control/{network}/deliver` does it at once, for tests.
        """
        self.ticks.append(tick)

    def on_restart(self, action: str, redo: Redo) -> None:
        """Have what `keep(action, facts)` wrote down done again after a restart."""
        self.redoing[action] = redo

    def fault(self, route: str) -> Fault | None:
        """Use up the next fault planned for a route."""
        return self.faults.take(lambda one: fnmatchcase(route, one.route))

    def publish(
        self,
        page: str,
        target: int,
        text: str,
        *,
        token: Token,
        guid: str | None,
        writer: Writer | None = None,
    ) -> Published:
        """Publish an answer under `target` as the write plan wants it.

        Without a `writer` the page itself speaks. The ledger gets a line whatever
        happens. A known `guid` publishes nothing new. When the mode is LOST the fake
        does all it does on success and then raises ResponseLost instead of answering.
        """
        owner = self.stage.page(page)
        speaker = writer or Writer(AuthorKind.GROUP, owner.number, owner.name)
        draft = Entry(
            at=self.clock(),
            network=self.code,
            page=page,
            target=target,
            text=text,
            token_kind=token.kind,
            guid=guid,
            author=f"{speaker.kind}:{speaker.id}",
            is_approved=self.ledger.is_approved(text),
        )
        self.meter.unapproved_writes += not draft.is_approved
        known = self.ledger.published(self.code, page, guid)
        if known is not None:
            self.ledger.add(replace(draft, outcome=REPEATED))
            before = self.stage.item(page, known)
            return Published(WriteMode.SUCCESS, before, repeated=True)
        plan = self.writes.take(lambda one: fnmatchcase(page, one.page))
        mode = WriteMode.SUCCESS if plan is None else plan.mode
        self._disturb(mode, page, target)
        item = None
        if mode in COMMITTED:
            now = self.clock()
            item = self.stage.publish(page, text, at=now, writer=writer, parent=target)
        number = None if item is None else item.id
        self.ledger.add(replace(draft, outcome=mode.value, item=number))
        return Published(mode, item, None if plan is None else plan.code)

    def _disturb(self, mode: WriteMode, page: str, target: int) -> None:
        """Change what is answered between the caller's last look and the write."""
        item = self.stage.item(page, target)
        if mode is WriteMode.DELETED_TARGET and not item.is_deleted:
            self.stage.delete(page, target, at=self.clock())
        if mode is WriteMode.EDITED_TARGET:
            self.stage.edit(page, target, f"{item.text} (upd)", at=self.clock())


async def path_as_route(request: Request) -> str:
    """Call a route by its path below the network's prefix."""
    return request.url.path.strip("/").partition("/")[2]


def too_many_requests(fault: Fault) -> Response:
    """Refuse as most of the web does: 429 and Retry-After."""
    headers = (
        {} if fault.retry_after is None else {"Retry-After": f"{fault.retry_after}"}
    )
    return Response("Too Many Requests", 429, headers)


class Spot(NamedTuple):
    """A page, or an item on it, that an address of the network leads to."""

    page: str
    item: int | None = None


@dataclass(frozen=True, slots=True)
class FakeNetwork:
    """What a folder under infra/sandbox/networks/ exports as `FAKE`.

    `routes` builds the router (and issues tokens, registers ticks); its paths begin
    with one of `prefixes`. `route_name` says what a fault plan calls a request,
    `limited` refuses it in the network's own form. `site` is the host of the network's
    permalinks, and `spot_of` says what their paths, with the query, lead to.
    """

    code: str
    prefixes: tuple[str, ...]
    routes: Callable[[NetworkContext], APIRouter]
    route_name: Callable[[Request], Awaitable[str]] = path_as_route
    limited: Callable[[Fault], Response] = too_many_requests
    site: str = ""
    spot_of: Callable[[Stage, str], Spot | None] | None = None
