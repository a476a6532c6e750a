"""The sandbox's X on a stage of our own, as the sources' tests need it."""

import httpx

from infra.sandbox.networks.x.api import answer, issue_tokens, limited
from infra.sandbox.networks.x.server import BY_NAME, Server, account_id
from infra.sandbox.stage import Counters, Item, StagePage
from infra.sandbox.stage.plans import Fault, FaultMode
from services.ingest.domain.posts import Network
from services.ingest.sources.connector import Place, Token
from tests.services.ingest.sources.staged import StagedNetwork

PAGE = StagePage(
    "x-test", 900_000_001, "TestOblast", "Тестовая область", True, None, members=4180
)
OTHER = StagePage(
    "x-other", 900_000_002, "OtherCity", "Другой город", False, None, members=77
)
SEARCH = Place(Network.X, "search", "яма", "https://x.com/search?q=яма", "яма")
ACCOUNT = Place(
    Network.X, "account", "testoblast", "https://x.com/testoblast", "@testoblast"
)
APP = Token("token-app", "app", {"token": "x-app"})
OURS = Token("token-app", "app", {"token": "x-app", "account_id": account_id(PAGE)})
ENDLESS = {"posts_a_day": 10**9, "money_a_month": 10**9}


class XServer(StagedNetwork):
    """The fake; `says` is what it answers next instead of what it should."""

    counters = Counters(likes=2, reposts=1, views=77)

    def __init__(self) -> None:
        super().__init__("x", [PAGE, OTHER])
        self.says: list[httpx.Response] = []
        issue_tokens(self.network)
        self.server = Server(self.network)

    def token(self) -> Token:
        return APP

    # What happens

    def restore(self, item: Item) -> None:
        self.server.locked.discard((item.page, item.id))
        super().restore(item)

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

    @property
    def paid(self) -> int:
        """Posts X would have charged for."""
        return sum(len(each) for each in self.server.paid.values())

    async def answer(self, request: httpx.Request) -> httpx.Response:
        params = dict(request.url.params)
        route = request.url.path.removeprefix("/x/")
        if route.startswith(BY_NAME):
            params["username"], route = route.rpartition("/")[2], BY_NAME
        self.happen()
        self.calls.append((route, params))
        fault = self.network.fault(route)
        if self.says:
            return self.says.pop(0)
        if fault is not None and fault.mode is FaultMode.STATUS:
            return httpx.Response(fault.status, html="<html>Sorry</html>")
        token = request.headers["Authorization"].removeprefix("Bearer ")
        made = limited(fault) if fault else answer(self.server, route, token, params)
        headers = {**made.headers, "Date": self.date()}
        return httpx.Response(made.status_code, headers=headers, content=made.body)
