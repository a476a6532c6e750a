"""The sandbox's OK on a stage of our own, as the sources' tests need it."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import httpx
from fastapi import FastAPI

from infra.sandbox.networks.context import NetworkContext, ResponseLost
from infra.sandbox.networks.ok.api import issue_tokens, limited, router_of
from infra.sandbox.networks.ok.call import Server
from infra.sandbox.networks.ok.gate import APPLICATION_KEY, APPLICATION_SECRET
from infra.sandbox.networks.ok.ids import comment_id, group_id, topic_id
from infra.sandbox.stage import AuthorKind, Counters, Item, Stage, StagePage, Writer
from infra.sandbox.stage.ledger import Ledger
from infra.sandbox.stage.plans import Fault, FaultMode
from infra.sandbox.stage.tokens import TokenBook
from services.ingest.domain.posts import Network
from services.ingest.sources.connector import Access, Place, Token
from shared.networks.budget import LocalBudget
from tests.factories import NOW

PAGE = StagePage(
    "ok-test", 900_000_001, "test_roads", "Тестовый район", True, None, members=5210
)
OTHER = StagePage(
    "ok-other", 900_000_002, "other_roads", "Другой район", False, None, members=77
)
GROUP = group_id(PAGE)
OTHER_GROUP = group_id(OTHER)
RESIDENT = Writer(AuthorKind.USER, 700_000_012, "Ирина Тестова")
PLACE = Place(Network.OK, "group", GROUP, f"https://ok.ru/group/{GROUP}")
_LISTINGS = {
    "group.getStatTopics",
    "mediatopic.getTopics",
    "stream.get",
    "search.tagContents",
}


@dataclass
class OkServer:
    """The fake, its clock, and what happens before its next calls."""

    now: datetime = NOW
    calls: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    before: list[Callable[[], None]] = field(default_factory=list)
    skew: timedelta = timedelta()
    says: dict[str, object] = field(default_factory=dict)
    """What a method answers instead of what it should."""

    def __post_init__(self) -> None:
        self.stage = Stage("ok", [PAGE, OTHER])
        http = httpx.AsyncClient(transport=httpx.MockTransport(_nobody))
        self.network = NetworkContext(
            "ok", self.stage, lambda: self.now, http, Ledger(), TokenBook("ok")
        )
        issue_tokens(self.network)
        self.server = Server(self.network)
        self._app = FastAPI()
        self._app.include_router(router_of(self.server))

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
        views: int | None = 10,
        **extra: Any,  # noqa: ANN401 -- any JSON
    ) -> Item:
        return self.stage.publish(
            page.code,
            text,
            at=at or self.now,
            writer=None if by_page else RESIDENT,
            counters=Counters(likes=2, reposts=1, views=views),
            extra=extra,
        )

    def comment(
        self,
        above: Item,
        text: str,
        *,
        at: datetime | None = None,
        by_page: bool = False,
        **extra: Any,  # noqa: ANN401 -- any JSON
    ) -> Item:
        return self.stage.publish(
            above.page,
            text,
            at=at or self.now,
            writer=None if by_page else RESIDENT,
            parent=above.id,
            extra=extra,
        )

    def edit(self, item: Item, text: str) -> None:
        self.stage.edit(item.page, item.id, text, at=self.now)

    def delete(self, item: Item, *, without_trace: bool = False) -> None:
        if without_trace:
            self.server.vanished.add((item.page, item.id))
        self.stage.delete(item.page, item.id, at=self.now)

    def restore(self, item: Item) -> None:
        self.server.vanished.discard((item.page, item.id))
        self.stage.restore(item.page, item.id, at=self.now)

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

    def called(self, method: str) -> list[dict[str, str]]:
        return [params for name, params in self.calls if name == method]

    # How it is reached

    def access(self, *tokens: Token, **options: Any) -> Access:  # noqa: ANN401 -- JSON
        async def sleep(seconds: float) -> None:
            self.now += timedelta(seconds=seconds)

        return Access(
            http=httpx.AsyncClient(transport=_Watched(self, self._app)),
            budget=LocalBudget(lambda: self.now, sleep),
            clock=lambda: self.now,
            tokens=tokens or (admin(),),
            base="http://sandbox.invalid/ok",
            options=options,
        )


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


class _Watched(httpx.AsyncBaseTransport):
    """Carries calls to the app; notes them, and strikes them with planned faults."""

    def __init__(self, ok: OkServer, app: FastAPI) -> None:
        self._ok = ok
        self._app = httpx.ASGITransport(app=app)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        ok = self._ok
        params = dict(httpx.QueryParams(request.content.decode()))
        method = params.get("method", "none")
        ok.calls.append((method, params))
        if ok.before and method in _LISTINGS:
            ok.before.pop(0)()
        if (fault := ok.network.fault(method)) is not None:
            answer = limited(fault)
            return httpx.Response(200, content=bytes(answer.body))
        if method in ok.says:
            return httpx.Response(200, text=json.dumps(ok.says[method]))
        try:
            response = await self._app.handle_async_request(request)
        except ResponseLost:
            raise httpx.ReadError("the line went dead") from None
        response.headers["Date"] = f"{ok.now + ok.skew:%a, %d %b %Y %H:%M:%S GMT}"
        return response


def _nobody(_: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("nobody listens")


__all__ = [
    "GROUP",
    "OTHER",
    "OTHER_GROUP",
    "PAGE",
    "PLACE",
    "RESIDENT",
    "OkServer",
    "admin",
    "application",
    "user",
]
