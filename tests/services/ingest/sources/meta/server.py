"""A fake of Meta's on a stage of our own, as the sources' tests need it."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import httpx
from fastapi import FastAPI
from fastapi.responses import Response

from infra.sandbox.graph.call import Server
from infra.sandbox.graph.hooks import Hooks
from infra.sandbox.networks.context import NetworkContext, ResponseLost
from infra.sandbox.stage import AuthorKind, Counters, Item, Stage, StagePage, Writer
from infra.sandbox.stage.ledger import Ledger
from infra.sandbox.stage.plans import Fault, FaultMode
from infra.sandbox.stage.tokens import TokenBook
from services.ingest.sources.connector import Access, Token
from shared.networks.budget import LocalBudget
from tests.factories import NOW

RESIDENT = Writer(AuthorKind.USER, 700_000_012, "Ирина Тестова")


@dataclass
class MetaServer(ABC):
    """The fake, its clock, and what happens before its next calls.

    `receiver` gets what the fake pushes.
    """

    code: str
    pages: list[StagePage]
    now: datetime = NOW
    calls: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    before: list[Callable[[], None]] = field(default_factory=list)
    skew: timedelta = timedelta()
    receiver: Callable[[httpx.Request], httpx.Response] | None = None

    def __post_init__(self) -> None:
        self.stage = Stage(self.code, self.pages)
        http = httpx.AsyncClient(transport=httpx.MockTransport(self._received))
        self.network = NetworkContext(
            self.code,
            self.stage,
            lambda: self.now,
            http,
            Ledger(),
            TokenBook(self.code),
        )
        self.app = FastAPI()
        self.server, self.hooks = self.make(self.app)

    @abstractmethod
    def make(self, app: FastAPI) -> tuple[Server, Hooks]:
        """Issue tokens, and put the fake's routes into the app."""

    @abstractmethod
    def limited(self, fault: Fault) -> Response: ...

    @abstractmethod
    def key(self, item: Item) -> str:
        """Name an item as the connector does."""

    def _received(self, request: httpx.Request) -> httpx.Response:
        if self.receiver is None:
            raise httpx.ConnectError("nobody listens")
        return self.receiver(request)

    # What happens

    def forward(self, **by: float) -> None:
        self.now += timedelta(**by)

    def publish(
        self,
        text: str,
        *,
        page: StagePage | None = None,
        at: datetime | None = None,
        by_page: bool = False,
        above: Item | None = None,
        counters: Counters | None = None,
        **extra: Any,  # noqa: ANN401 -- any JSON
    ) -> Item:
        """Publish as a resident; what is given besides is told of it by Graph."""
        return self.stage.publish(
            above.page if above else (page or self.pages[0]).code,
            text,
            at=at or self.now,
            writer=None if by_page else RESIDENT,
            parent=above.id if above else None,
            counters=counters or Counters(likes=2, reposts=0, views=10),
            extra=extra,
        )

    def comment(self, above: Item, text: str, **more: Any) -> Item:  # noqa: ANN401
        return self.publish(text, above=above, **more)

    def edit(self, item: Item, text: str) -> None:
        self.stage.edit(item.page, item.id, text, at=self.now)

    def delete(self, item: Item) -> None:
        self.stage.delete(item.page, item.id, at=self.now)

    def restore(self, item: Item) -> None:
        if self.stage.item(item.page, item.id).is_deleted:
            self.stage.restore(item.page, item.id, at=self.now)

    def fail(self, route: str, code: int, *, times: int = 1, **more: int) -> None:
        """Answer the next calls of a path (a glob) with an error code."""
        fault = Fault(mode=FaultMode.LIMIT, route=route, code=code, times=times, **more)
        self.network.faults.add(fault)

    def standing(self) -> dict[str, str]:
        """Give the texts a perfect archive of the first page would hold."""
        return {
            self.key(item): item.text
            for item in self.stage.items(self.pages[0].code)
            if self.server.is_visible(item)
        }

    def called(self, route: str) -> list[dict[str, str]]:
        return [params for name, params in self.calls if name.endswith(route)]

    # How it is reached

    def access(self, *tokens: Token, **options: Any) -> Access:  # noqa: ANN401 -- JSON
        async def sleep(seconds: float) -> None:
            self.now += timedelta(seconds=seconds)

        return Access(
            http=httpx.AsyncClient(transport=_Watched(self)),
            budget=LocalBudget(lambda: self.now, sleep),
            clock=lambda: self.now,
            tokens=tokens or (self.token(),),
            base=f"http://sandbox.invalid/{self.code}",
            options=options,
        )

    @abstractmethod
    def token(self) -> Token:
        """Give the token of the first page."""

    def report(self) -> dict[str, Any]:
        return self.network.meter.report()


class _Watched(httpx.AsyncBaseTransport):
    """Carries calls to the app; notes them, and strikes them with planned faults."""

    def __init__(self, server: MetaServer) -> None:
        self._server = server
        self._app = httpx.ASGITransport(app=server.app)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        server = self._server
        route = request.url.path.strip("/").split("/", 2)[-1]
        server.calls.append((route, dict(request.url.params)))
        if server.before:
            server.before.pop(0)()
        if (fault := server.network.fault(route)) is not None:
            refused = server.limited(fault)
            return httpx.Response(
                refused.status_code,
                content=bytes(refused.body),
                headers=dict(refused.headers),
            )
        try:
            response = await self._app.handle_async_request(request)
        except ResponseLost:
            raise httpx.ReadError("the line went dead") from None
        response.headers["Date"] = (
            f"{server.now + server.skew:%a, %d %b %Y %H:%M:%S GMT}"
        )
        return response
