"""The example's network, with its traps, and how a test acts in it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import httpx

from services.ingest.sources.base import Evidence, Source
from services.ingest.sources.connector import Access, Token
from shared.networks.budget import LocalBudget
from tests.factories import NOW
from tests.services.ingest.sources.contract import Can, World
from tests.services.ingest.sources.example.api import APP, RATE
from tests.services.ingest.sources.example.connector import ExampleConnector

PAGE = 100
LINK = "https://example.invalid/roads"
AUTHOR = {"id": 700_000_051, "name": "Вера Придуманная"}


@dataclass
class ExampleServer:
    """A page of the network; it counts calls, and those that come too fast."""

    now: datetime = field(default_factory=lambda: NOW.replace(microsecond=0))
    posts: list[dict[str, Any]] = field(default_factory=list)
    calls: list[datetime] = field(default_factory=list)
    too_fast: int = 0
    is_refusing: bool = False
    is_deaf: bool = False
    """Shows the first page whatever is asked for."""
    before: list[Callable[[], None]] = field(default_factory=list)
    fault: httpx.Response | None = None

    def handle(self, request: httpx.Request) -> httpx.Response:
        """Answer one call."""
        if self.before:
            self.before.pop(0)()
        self.calls.append(self.now)
        recent = [
            at for at in self.calls[-RATE.calls - 1 :] if self.now - at < RATE.per
        ]
        if len(recent) > RATE.calls:
            self.too_fast += 1
            return httpx.Response(429, json={"error": "too_fast"})
        if self.fault is not None:
            fault, self.fault = self.fault, None
            return fault
        if self.is_refusing or request.headers["Authorization"] != "Bearer token-1":
            return httpx.Response(401, json={"error": "bad_token"})
        return self._answer(request)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path.removeprefix("/v1/pages/roads")
        if path == "":
            return httpx.Response(200, json={"title": "Дороги", "followers": 1200})
        if path != "/posts":
            return httpx.Response(404, json={"error": "no_page"})
        end = len(self.posts) + 1
        before = end if self.is_deaf else int(request.url.params.get("before", end))
        # Numbers are given one after another from 1.
        shown = self.posts[max(0, before - 1 - PAGE) : before - 1][::-1]
        more = before - 1 > PAGE
        return httpx.Response(200, json={"posts": shown, "more": more})

    def publish(self, text: str, **more: object) -> dict[str, Any]:
        """Publish a post now."""
        made = {
            "id": len(self.posts) + 1,
            "created": int(self.now.timestamp()),
            "text": text,
            "author": AUTHOR,
            **more,
        }
        self.posts.append(made)
        return made


class ExampleWorld(World):
    """It has no comments and no events, and hides nothing."""

    can = frozenset(Can) - {Can.COMMENT, Can.EVENT, Can.ABSENT}
    people = (str(AUTHOR["id"]), str(AUTHOR["name"]))

    def __init__(self) -> None:
        self.server = ExampleServer()
        self._connector = ExampleConnector()
        self._budget = LocalBudget(lambda: self.now, self._sleep)

    async def _sleep(self, seconds: float) -> None:
        self.forward(seconds=seconds)

    @property
    def now(self) -> datetime:
        return self.server.now

    def forward(self, **by: float) -> None:
        self.server.now += timedelta(**by)

    def access(self) -> Access:
        """Give what the connector is opened with; one budget for all of a test."""
        transport = httpx.MockTransport(self.server.handle)
        return Access(
            http=httpx.AsyncClient(transport=transport),
            budget=self._budget,
            clock=lambda: self.now,
            tokens=(Token("t1", APP, {"token": "token-1"}),),
        )

    def source(self) -> Source:
        place = self._connector.recognise(LINK)
        assert place is not None
        return self._connector.open(place, self.access())

    def standing(self) -> dict[str, str]:
        return {
            f"post:{each['id']}": each["text"]
            for each in self.server.posts
            if not each.get("deleted")
        }

    def publish(self, text: str) -> str:
        self.forward(seconds=1)
        return f"post:{self.server.publish(text)['id']}"

    def publish_many(self, count: int) -> None:
        for number in range(count):
            self.server.publish(f"Яма номер {number}")

    def publish_strange(self) -> str:
        self.server.publish("С вложением", attachment="hologram")
        return "attachment: hologram"

    def edit(self, key: str, text: str) -> None:
        self._post(key).update(text=text, edited=int(self.now.timestamp()))

    def delete(self, key: str, evidence: Evidence) -> None:
        assert evidence is Evidence.FLAG
        self._post(key)["deleted"] = True

    def restore(self, key: str) -> None:
        self._post(key)["deleted"] = False

    def _post(self, key: str) -> dict[str, Any]:
        return self.server.posts[int(key.removeprefix("post:")) - 1]

    def while_reading(self, *, publish: int = 0, delete: int = 0) -> None:
        def happen() -> None:
            for number in range(publish):
                self.publish(f"Тем временем {number}")
            for each in self.server.posts[len(self.server.posts) - delete :]:
                each["deleted"] = True

        self.server.before.append(happen)

    def refuse_tokens(self) -> None:
        self.server.is_refusing = True

    def fail_once(self) -> None:
        """Refuse the next call, in passing."""
        self.server.fault = httpx.Response(502, text="<h1>Bad gateway</h1>")

    def calls(self) -> int:
        return len(self.server.calls)

    def calls_too_many(self) -> int:
        return self.server.too_fast
