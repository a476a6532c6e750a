"""The sandbox's X on a stage of our own, as the sources' tests need it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import format_datetime
from typing import Any

import httpx

from infra.sandbox.networks.context import NetworkContext
from infra.sandbox.networks.x.api import answer, issue_tokens, limited
from infra.sandbox.networks.x.server import BY_NAME, Server, account_id
from infra.sandbox.stage import AuthorKind, Counters, Item, Stage, StagePage, Writer
from infra.sandbox.stage.ledger import Ledger
from infra.sandbox.stage.plans import Fault, FaultMode
from infra.sandbox.stage.tokens import TokenBook
from services.ingest.domain.posts import Network
from services.ingest.sources.connector import Access, Place, Token
from shared.networks.budget import LocalBudget
from tests.factories import NOW

PAGE = StagePage(
    "x-test", 900_000_001, "TestOblast", "Тестовая область", True, None, members=4180
)
OTHER = StagePage(
    "x-other", 900_000_002, "OtherCity", "Другой город", False, None, members=77
)
RESIDENT = Writer(AuthorKind.USER, 700_000_012, "Ирина Тестова")
SEARCH = Place(Network.X, "search", "яма", "https://x.com/search?q=яма", "яма")
ACCOUNT = Place(
    Network.X, "account", "testoblast", "https://x.com/testoblast", "@testoblast"
)
APP = Token("token-app", "app", {"token": "x-app"})
OURS = Token("token-app", "app", {"token": "x-app", "account_id": account_id(PAGE)})
ENDLESS = {"posts_a_day": 10**9, "money_a_month": 10**9}


@dataclass
class XServer:
    """The fake, its clock, what it was asked, and what happens before its calls."""

    now: datetime = NOW
    calls: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    before: list[Callable[[], None]] = field(default_factory=list)
    skew: timedelta = timedelta()
    says: list[httpx.Response] = field(default_factory=list)
    """What is answered next instead of what should be."""

    def __post_init__(self) -> None:
        self.stage = Stage("x", [PAGE, OTHER])
        http = httpx.AsyncClient(transport=httpx.MockTransport(_nobody))
        self.network = NetworkContext(
            "x", self.stage, lambda: self.now, http, Ledger(), TokenBook("x")
        )
        issue_tokens(self.network)
        self.server = Server(self.network)
        self.budget = LocalBudget(lambda: self.now, self._sleep)

    # What happens

    def forward(self, **by: float) -> None:
        self.now += timedelta(**by)

    def publish(
        self,
        text: str,
        *,
        page: StagePage = PAGE,
        at: datetime | None = None,
        by_page: bool = False,
        **extra: Any,  # noqa: ANN401 -- any JSON
    ) -> Item:
        return self.stage.publish(
            page.code,
            text,
            at=at or self.now,
            writer=None if by_page else RESIDENT,
            counters=Counters(likes=2, reposts=1, views=77),
            extra=extra,
        )

    def reply(
        self,
        above: Item,
        text: str,
        *,
        at: datetime | None = None,
        by_page: bool = False,
    ) -> Item:
        return self.stage.publish(
            above.page,
            text,
            at=at or self.now,
            writer=None if by_page else RESIDENT,
            parent=above.id,
        )

    def edit(self, item: Item, text: str) -> None:
        self.stage.edit(item.page, item.id, text, at=self.now)

    def delete(self, item: Item) -> None:
        self.stage.delete(item.page, item.id, at=self.now)

    def restore(self, item: Item) -> None:
        self.server.locked.discard((item.page, item.id))
        if self.stage.item(item.page, item.id).is_deleted:
            self.stage.restore(item.page, item.id, at=self.now)

    def lock(self, item: Item) -> None:
        """Let the author show it to followers only."""
        self.server.locked.add((item.page, item.id))

    def fail(self, code: int, *, times: int = 1, route: str = "*") -> None:
        """Refuse the next calls with a problem; 500 and above are no problems."""
        mode = FaultMode.STATUS if code in range(500, 600) else FaultMode.LIMIT
        status = code if mode is FaultMode.STATUS else 502
        fault = Fault(mode=mode, route=route, code=code, status=status, times=times)
        self.network.faults.add(fault)

    # What is seen of it

    def ids(self, item: Item) -> list[int]:
        self.server.posts.follow()
        return self.server.posts.chain(self.stage.item(item.page, item.id))

    def key(self, item: Item) -> str:
        """Name an item as the connector does."""
        return f"post:{self.ids(item)[0]}"

    def standing(self) -> dict[str, str]:
        """Give the texts a perfect archive would hold."""
        return {
            self.key(item): item.text
            for item in self.stage.items()
            if not item.is_deleted and self.server.is_shown(item)
        }

    def called(self, route: str) -> list[dict[str, str]]:
        return [params for name, params in self.calls if name == route]

    @property
    def paid(self) -> int:
        """Posts X would have charged for."""
        return sum(len(each) for each in self.server.paid.values())

    def report(self) -> dict[str, Any]:
        return self.network.meter.report()

    # How it is reached

    def access(self, *tokens: Token, **options: Any) -> Access:  # noqa: ANN401 -- JSON
        return Access(
            http=httpx.AsyncClient(transport=_Watched(self)),
            budget=self.budget,
            clock=lambda: self.now,
            tokens=tokens or (APP,),
            base="http://sandbox.invalid/x",
            options=options,
        )

    async def _sleep(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


class _Watched(httpx.AsyncBaseTransport):
    """Carries calls to the fake; notes them, and strikes them with planned faults."""

    def __init__(self, x: XServer) -> None:
        self._x = x

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        x = self._x
        params = dict(request.url.params)
        route = request.url.path.removeprefix("/x/")
        if route.startswith(BY_NAME):
            params["username"], route = route.rpartition("/")[2], BY_NAME
        if x.before:
            x.before.pop(0)()
        x.calls.append((route, params))
        fault = x.network.fault(route)
        if x.says:
            return x.says.pop(0)
        if fault is not None and fault.mode is FaultMode.STATUS:
            return httpx.Response(fault.status, html="<html>Sorry</html>")
        token = request.headers["Authorization"].removeprefix("Bearer ")
        made = limited(fault) if fault else answer(x.server, route, token, params)
        told = format_datetime((x.now + x.skew).replace(microsecond=0), usegmt=True)
        headers = {**made.headers, "Date": told}
        return httpx.Response(made.status_code, headers=headers, content=made.body)


def _nobody(request: httpx.Request) -> httpx.Response:
    raise AssertionError(f"nobody pushes to {request.url}")
