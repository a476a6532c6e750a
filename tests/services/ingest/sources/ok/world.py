"""The sandbox's OK on a stage of our own, as the sources' tests need it."""

import json
from datetime import datetime

import httpx
from fastapi import FastAPI

from infra.sandbox.networks.ok.api import issue_tokens, limited, router_of
from infra.sandbox.networks.ok.call import Server
from infra.sandbox.networks.ok.gate import APPLICATION_KEY, APPLICATION_SECRET
from infra.sandbox.networks.ok.ids import comment_id, group_id, topic_id
from infra.sandbox.stage import Item, StagePage
from infra.sandbox.stage.plans import Fault, FaultMode
from services.ingest.domain.posts import Network
from services.ingest.sources.connector import Place, Token
from tests.factories import NOW
from tests.services.ingest.sources.staged import StagedNetwork

PAGE = StagePage(
    "ok-test", 900_000_001, "test_roads", "Тестовый район", True, None, members=5210
)
OTHER = StagePage(
    "ok-other", 900_000_002, "other_roads", "Другой район", False, None, members=77
)
GROUP = group_id(PAGE)
OTHER_GROUP = group_id(OTHER)
PLACE = Place(Network.OK, "group", GROUP, f"https://ok.ru/group/{GROUP}")
_LISTINGS = {
    "group.getStatTopics",
    "mediatopic.getTopics",
    "stream.get",
    "search.tagContents",
}


class OkServer(StagedNetwork):
    """The fake; `says` is what a method answers instead of what it should."""

    def __init__(self, now: datetime = NOW) -> None:
        super().__init__("ok", [PAGE, OTHER], now)
        self.says: dict[str, object] = {}
        issue_tokens(self.network)
        self.server = Server(self.network)
        app = FastAPI()
        app.include_router(router_of(self.server))
        self._app = httpx.ASGITransport(app=app)

    def token(self) -> Token:
        return admin()

    # What happens

    def delete(self, item: Item, *, without_trace: bool = False) -> None:
        if without_trace:
            self.server.vanished.add((item.page, item.id))
        super().delete(item)

    def restore(self, item: Item) -> None:
        self.server.vanished.discard((item.page, item.id))
        super().restore(item)

    def fail(self, method: str, code: int | None, *, times: int = 1) -> None:
        """Answer the next calls of a method with an error code; 0 is `null`."""
        fault = Fault(mode=FaultMode.LIMIT, route=method, code=code, times=times)
        self.network.faults.add(fault)

    # What is seen of it

    def key(self, item: Item) -> str:
        """Name an item as the connector does."""
        page = self.stage.page(item.page)
        if item.root is None:
            return f"topic:{topic_id(page, item.id)}"
        root = topic_id(page, item.root)
        return f"GROUP_TOPIC:{root}:{comment_id(item, root)}"

    def number(self, item: Item) -> str:
        return topic_id(self.stage.page(item.page), item.id)

    def name(self, comment: Item) -> str:
        return self.key(comment).rpartition(":")[2]

    def standing(self, page: StagePage = PAGE) -> dict[str, str]:
        """Give the texts a perfect archive would hold."""
        items = self.stage.items(page.code)
        gone = {item.id for item in items if item.is_deleted}
        return {
            self.key(item): item.text
            for item in items
            if item.id not in gone and item.root not in gone
        }

    async def answer(self, request: httpx.Request) -> httpx.Response:
        params = dict(httpx.QueryParams(request.content.decode()))
        method = params.get("method", "none")
        self.calls.append((method, params))
        if method in _LISTINGS:
            self.happen()
        if (fault := self.network.fault(method)) is not None:
            answer = limited(fault)
            return httpx.Response(200, content=bytes(answer.body))
        if method in self.says:
            return httpx.Response(200, text=json.dumps(self.says[method]))
        return await self.served(self._app, request)


def admin(group: str = GROUP) -> Token:
    return user(f"ok-admin-{group}", group=group)


def user(value: str, **more: str) -> Token:
    secrets = {
        "application_key": APPLICATION_KEY,
        "application_secret_key": APPLICATION_SECRET,
        "access_token": value,
    }
    return Token(f"token-{value}", "user", {**secrets, **more})


def application() -> Token:
    secrets = {
        "application_key": APPLICATION_KEY,
        "application_secret_key": APPLICATION_SECRET,
    }
    return Token("app", "application", secrets)


__all__ = [
    "GROUP",
    "OTHER",
    "OTHER_GROUP",
    "PAGE",
    "PLACE",
    "OkServer",
    "admin",
    "application",
    "user",
]
