"""The sandbox's TikTok on a stage of our own, as the sources' tests need it."""

import json
from datetime import timedelta
from urllib.parse import parse_qs

import httpx

from infra.sandbox.networks.tiktok.api import (
    TOKEN,
    answer,
    granted,
    issue_tokens,
    limited,
)
from infra.sandbox.networks.tiktok.server import CLIENT_KEY, CLIENT_SECRET, Server
from infra.sandbox.stage import Counters, Item, StagePage
from infra.sandbox.stage.plans import Fault, FaultMode
from services.ingest.domain.posts import Network
from services.ingest.sources.connector import Place, Token
from tests.services.ingest.sources.staged import StagedNetwork

PAGE = StagePage(
    "tt-test", 900_000_001, "test.oblast", "Тестовая область", True, None, members=5210
)
OTHER = StagePage(
    "tt-other", 900_000_002, "other.city", "Другой город", False, None, members=77
)
SECRETS = {"client_key": CLIENT_KEY, "client_secret": CLIENT_SECRET}
CLIENT = Token("token-client", "client", SECRETS)
ACCOUNT = Place(
    Network.TIKTOK, "account", "test.oblast", "https://www.tiktok.com/@test.oblast"
)
TAG = Place(Network.TIKTOK, "tag", "ямы", "https://www.tiktok.com/tag/ямы", "#ямы")
WIDE = {"requests_a_day": 10**6, "records_a_day": 10**7, "calls_a_minute": 590}


class TikTokServer(StagedNetwork):
    """The fake; `says` is what it answers next instead of what it should."""

    counters = Counters(likes=10, reposts=1, views=900)
    posts_by_page = True

    def __init__(self) -> None:
        super().__init__("tiktok", [PAGE, OTHER])
        self.says: list[httpx.Response] = []
        issue_tokens(self.network)
        self.server = Server(self.network)

    def token(self) -> Token:
        return CLIENT

    # What happens

    def publish_back(
        self, number: int, *, every: timedelta = timedelta(minutes=1)
    ) -> list[Item]:
        """Publish that many videos with the tag, the newest first and just now."""
        return [
            self.publish(f"Яма {count} #ямы", at=self.now - every * count)
            for count in range(number)
        ]

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

    async def answer(self, request: httpx.Request) -> httpx.Response:
        route = request.url.path.removeprefix("/tiktok/").rstrip("/")
        form = {n: v[0] for n, v in parse_qs(request.content.decode()).items()}
        body = form if route == TOKEN else json.loads(request.content)
        if route != TOKEN:
            self.happen()
        self.calls.append((route, body))
        fault = self.network.fault(route)
        if self.says and route != TOKEN:
            return self.says.pop(0)
        if fault is not None:
            made = limited(fault)
        elif route == TOKEN:
            made = granted(self.server, form)
        else:
            token = request.headers["Authorization"].removeprefix("Bearer ")
            fields = request.url.params.get("fields", "")
            made = answer(self.server, route, token, fields, request.content)
        headers = {**made.headers, "Date": self.date()}
        return httpx.Response(made.status_code, headers=headers, content=made.body)
