"""The sandbox's TikTok on a stage of our own, as the sources' tests need it."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import format_datetime
from typing import Any
from urllib.parse import parse_qs

import httpx

from infra.sandbox.networks.context import NetworkContext
from infra.sandbox.networks.tiktok.api import (
    TOKEN,
    answer,
    granted,
    issue_tokens,
    limited,
)
from infra.sandbox.networks.tiktok.server import CLIENT_KEY, CLIENT_SECRET, Server
from infra.sandbox.stage import AuthorKind, Counters, Item, Stage, StagePage, Writer
from infra.sandbox.stage.ledger import Ledger
from infra.sandbox.stage.plans import Fault, FaultMode
from infra.sandbox.stage.tokens import TokenBook
from services.ingest.domain.posts import Network
from services.ingest.sources.connector import Access, Place, Token
from shared.networks.budget import LocalBudget
from tests.factories import NOW

PAGE = StagePage(
    "tt-test", 900_000_001, "test.oblast", "Тестовая область", True, None, members=5210
)
OTHER = StagePage(
    "tt-other", 900_000_002, "other.city", "Другой город", False, None, members=77
)
RESIDENT = Writer(AuthorKind.USER, 700_000_012, "Ирина Тестова")
SECRETS = {"client_key": CLIENT_KEY, "client_secret": CLIENT_SECRET}
CLIENT = Token("token-client", "client", SECRETS)
ACCOUNT = Place(
    Network.TIKTOK, "account", "test.oblast", "https://www.tiktok.com/@test.oblast"
)
TAG = Place(Network.TIKTOK, "tag", "ямы", "https://www.tiktok.com/tag/ямы", "#ямы")
WIDE = {"requests_a_day": 10**6, "records_a_day": 10**7, "calls_a_minute": 590}


@dataclass
class TikTokServer:
    """The fake, its clock, what it was asked, and what happens before its calls."""

    now: datetime = NOW
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    before: list[Callable[[], None]] = field(default_factory=list)
    skew: timedelta = timedelta()
    says: list[httpx.Response] = field(default_factory=list)
    """What is answered next instead of what should be."""

    def __post_init__(self) -> None:
        self.stage = Stage("tiktok", [PAGE, OTHER])
        http = httpx.AsyncClient(transport=httpx.MockTransport(_nobody))
        self.network = NetworkContext(
            "tiktok", self.stage, lambda: self.now, http, Ledger(), TokenBook("tiktok")
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
        **extra: Any,  # noqa: ANN401 -- any JSON
    ) -> Item:
        return self.stage.publish(
            page.code,
            text,
            at=at or self.now,
            counters=Counters(likes=10, reposts=1, views=900),
            extra=extra,
        )

    def publish_back(
        self, number: int, *, every: timedelta = timedelta(minutes=1)
    ) -> list[Item]:
        """Publish that many videos with the tag, the newest first and just now."""
        return [
            self.publish(f"Яма {count} #ямы", at=self.now - every * count)
            for count in range(number)
        ]

    def comment(
        self,
        above: Item,
        text: str,
        *,
        at: datetime | None = None,
        **extra: Any,  # noqa: ANN401 -- any JSON
    ) -> Item:
        return self.stage.publish(
            above.page,
            text,
            at=at or self.now,
            writer=RESIDENT,
            parent=above.id,
            extra=extra,
        )

    def edit(self, item: Item, text: str) -> None:
        self.stage.edit(item.page, item.id, text, at=self.now)

    def delete(self, item: Item) -> None:
        self.stage.delete(item.page, item.id, at=self.now)

    def restore(self, item: Item) -> None:
        if self.stage.item(item.page, item.id).is_deleted:
            self.stage.restore(item.page, item.id, at=self.now)

    def fail(self, code: int, *, times: int = 1, route: str = "*") -> None:
        fault = Fault(mode=FaultMode.LIMIT, route=route, code=code, times=times)
        self.network.faults.add(fault)

    # What is seen of it

    def key(self, item: Item) -> str:
        """Name an item as the connector does."""
        kind = "video" if item.root is None else "comment"
        return f"{kind}:{self.server.id_of(item)}"

    def standing(self, page: StagePage = PAGE) -> dict[str, str]:
        """Give the texts a perfect archive would hold."""
        items = self.stage.items(page.code)
        gone = {item.id for item in items if item.is_deleted}
        return {
            self.key(item): item.text
            for item in items
            if item.id not in gone
            and item.root not in gone
            and self._top(item) not in gone
        }

    def _top(self, item: Item) -> int | None:
        """Replies to a deleted comment can not be reached."""
        parent = item.parent
        if parent is None or parent == item.root:
            return None
        above = self.stage.item(item.page, parent)
        return self._top(above) or above.id

    def called(self, route: str) -> list[dict[str, Any]]:
        return [body for name, body in self.calls if name == route]

    def report(self) -> dict[str, Any]:
        return self.network.meter.report()

    # How it is reached

    def access(self, *tokens: Token, **options: Any) -> Access:  # noqa: ANN401 -- JSON
        return Access(
            http=httpx.AsyncClient(transport=_Watched(self)),
            budget=self.budget,
            clock=lambda: self.now,
            tokens=tokens or (CLIENT,),
            base="http://sandbox.invalid/tiktok",
            options=options,
        )

    async def _sleep(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


class _Watched(httpx.AsyncBaseTransport):
    """Carries calls to the fake; notes them, and strikes them with planned faults."""

    def __init__(self, tiktok: TikTokServer) -> None:
        self._tiktok = tiktok

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        tiktok = self._tiktok
        route = request.url.path.removeprefix("/tiktok/").rstrip("/")
        form = {n: v[0] for n, v in parse_qs(request.content.decode()).items()}
        body = form if route == TOKEN else json.loads(request.content)
        if tiktok.before and route != TOKEN:
            tiktok.before.pop(0)()
        tiktok.calls.append((route, body))
        fault = tiktok.network.fault(route)
        if tiktok.says and route != TOKEN:
            return tiktok.says.pop(0)
        if fault is not None:
            made = limited(fault)
        elif route == TOKEN:
            made = granted(tiktok.server, form)
        else:
            token = request.headers["Authorization"].removeprefix("Bearer ")
            fields = request.url.params.get("fields", "")
            made = answer(tiktok.server, route, token, fields, request.content)
        at = (tiktok.now + tiktok.skew).replace(microsecond=0)
        headers = {**made.headers, "Date": format_datetime(at, usegmt=True)}
        return httpx.Response(made.status_code, headers=headers, content=made.body)


def _nobody(request: httpx.Request) -> httpx.Response:
    raise AssertionError(f"nobody pushes to {request.url}")
