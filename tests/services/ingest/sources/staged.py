"""A network of the sandbox on a stage of our own, for the tests of its source."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from email.utils import format_datetime
from typing import Any, ClassVar

import httpx

from infra.sandbox.networks.context import NetworkContext, ResponseLost
from infra.sandbox.stage import AuthorKind, Counters, Item, Stage, StagePage, Writer
from infra.sandbox.stage.ledger import Ledger
from infra.sandbox.stage.tokens import TokenBook
from services.ingest.sources.connector import Access, Token
from shared.networks.budget import LocalBudget
from tests.factories import NOW

RESIDENT = Writer(AuthorKind.USER, 700_000_012, "Ирина Тестова")


class StagedNetwork(ABC):
    """The fake's stage and clock, what it was asked, what happens before its calls.

    Time stands still but for `forward` and for who waits for a turn. `receiver` gets
    what the fake pushes. What is published is a resident's unless a page does it.
    """

    counters: ClassVar = Counters(likes=2, reposts=1, views=10)
    posts_by_page: ClassVar[bool] = False

    def __init__(
        self, code: str, pages: Sequence[StagePage], now: datetime = NOW
    ) -> None:
        self.code = code
        self.pages = pages
        self.now = now
        self.skew = timedelta()
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.before: list[Callable[[], None]] = []
        self.receiver: Callable[[httpx.Request], httpx.Response] | None = None
        self.stage = Stage(code, list(pages))
        http = httpx.AsyncClient(transport=httpx.MockTransport(self._received))
        self.network = NetworkContext(
            code, self.stage, lambda: self.now, http, Ledger(), TokenBook(code)
        )
        self.budget = self.new_budget()

    @abstractmethod
    def key(self, item: Item) -> str:
        """Name an item as the connector does."""

    @abstractmethod
    def token(self) -> Token:
        """Give the token of the first page."""

    @abstractmethod
    async def answer(self, request: httpx.Request) -> httpx.Response:
        """Note a call, and answer it, with planned faults."""

    # What happens

    def forward(self, **by: float) -> None:
        self.now += timedelta(**by)

    def publish(
        self,
        text: str,
        *,
        page: StagePage | None = None,
        at: datetime | None = None,
        by_page: bool | None = None,
        counters: Counters | None = None,
        **extra: Any,  # noqa: ANN401 -- any JSON
    ) -> Item:
        """Publish a post; what is given besides is told of it by the network."""
        by_page = self.posts_by_page if by_page is None else by_page
        return self.stage.publish(
            (page or self.pages[0]).code,
            text,
            at=at or self.now,
            writer=None if by_page else RESIDENT,
            counters=counters or self.counters,
            extra=extra,
        )

    def comment(
        self,
        above: Item,
        text: str,
        *,
        at: datetime | None = None,
        by_page: bool = False,
        counters: Counters | None = None,
        **extra: Any,  # noqa: ANN401 -- any JSON
    ) -> Item:
        """Publish a comment under a post or a comment."""
        return self.stage.publish(
            above.page,
            text,
            at=at or self.now,
            writer=None if by_page else RESIDENT,
            parent=above.id,
            counters=counters,
            extra=extra,
        )

    def edit(self, item: Item, text: str) -> None:
        self.stage.edit(item.page, item.id, text, at=self.now)

    def delete(self, item: Item) -> None:
        self.stage.delete(item.page, item.id, at=self.now)

    def restore(self, item: Item) -> None:
        if self.stage.item(item.page, item.id).is_deleted:
            self.stage.restore(item.page, item.id, at=self.now)

    # What is seen of it

    def called(self, route: str) -> list[dict[str, Any]]:
        """What a method or path was asked with."""
        return [params for name, params in self.calls if name == route]

    def report(self) -> dict[str, Any]:
        return self.network.meter.report()

    # How it is reached

    def access(self, *tokens: Token, **options: Any) -> Access:  # noqa: ANN401 -- JSON
        return Access(
            http=httpx.AsyncClient(transport=_Wire(self)),
            budget=self.budget,
            clock=lambda: self.now,
            tokens=tokens or (self.token(),),
            base=f"http://sandbox.invalid/{self.code}",
            options=options,
        )

    def new_budget(self) -> LocalBudget:
        """Count calls anew, as another program does with the same tokens."""
        return LocalBudget(lambda: self.now, self._sleep)

    async def served(
        self, app: httpx.ASGITransport, request: httpx.Request
    ) -> httpx.Response:
        """Let an app answer, by this network's clock."""
        try:
            response = await app.handle_async_request(request)
        except ResponseLost:
            raise httpx.ReadError("the line went dead") from None
        response.headers["Date"] = self.date()
        return response

    def date(self) -> str:
        """What the network says the time is, for a header."""
        return format_datetime(
            (self.now + self.skew).replace(microsecond=0), usegmt=True
        )

    def happen(self) -> None:
        """Do what a test wants to happen before this call."""
        if self.before:
            self.before.pop(0)()

    def _received(self, request: httpx.Request) -> httpx.Response:
        if self.receiver is None:
            raise httpx.ConnectError(f"nobody listens at {request.url}")
        return self.receiver(request)

    async def _sleep(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


class _Wire(httpx.AsyncBaseTransport):
    """Carries calls to a fake."""

    def __init__(self, network: StagedNetwork) -> None:
        self._network = network

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return await self._network.answer(request)
