"""The fake networks of the lag bench, a process of its own: `--port P` on 127.0.0.1.

Five hundred quiet pages, and a writer who publishes on all of them by the real clock.
Limits and errors are those of the sandbox's fakes.
"""

import argparse
import asyncio
import hashlib
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from typing import Any, Final
from urllib.parse import parse_qs
from xml.sax.saxutils import escape

import httpx
import uvicorn
from fastapi import FastAPI, Request, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from infra.sandbox.networks import FakeNetwork, NetworkContext
from infra.sandbox.networks.ok import FAKE as OK
from infra.sandbox.networks.telegram import FAKE as TELEGRAM
from infra.sandbox.networks.vk import FAKE as VK
from infra.sandbox.networks.vk.call import SERVICE
from infra.sandbox.stage import AuthorKind, Stage, StagePage, Writer
from infra.sandbox.stage.ledger import Ledger
from infra.sandbox.stage.tokens import TokenBook
from shared.clock import utc_now
from tests.bench.lag_plan import BOTS, Place, bot_of, bot_token, places
from tests.bench.lag_writer import Writing, writing

_FEED: Final = "application/atom+xml; charset=utf-8"
_ENTRIES: Final = 100
_TICK: Final = 0.05
_PAGES_FROM: Final = 900_000_001
_PATIENCE: Final = 30.0


def stage_of(network: str, chosen: list[Place]) -> Stage:
    """Make a stage with a page for each place, numbered as the sandbox numbers."""
    pages = (
        StagePage(
            code=place.code,
            number=_PAGES_FROM + place.number,
            screen_name=place.code,
            name=f"Лента {place.code}",
            official=False,
            municipality=None,
            members=1_000,
        )
        for place in chosen
    )
    return Stage(network, pages)


@dataclass
class Town:
    """All stages of the bench, and who writes on them."""

    http: httpx.AsyncClient
    apps: dict[str, ASGIApp] = field(default_factory=dict)
    stages: dict[str, Stage] = field(default_factory=dict)
    contexts: list[NetworkContext] = field(default_factory=list)
    bots: dict[str, ASGIApp] = field(default_factory=dict)
    calls: Counter[str] = field(default_factory=Counter)
    writing: Writing = field(default_factory=lambda: writing(places()))

    def open(self, *, vk_keys: int, ok_users: int) -> None:
        """Make the networks; a bot has a network of its own, with its channels."""
        every = places()
        vk = self._network(VK, "vk", [p for p in every if p.network == "vk"])
        for number in range(vk_keys):
            vk.tokens.issue(SERVICE, value=f"vk-service-{number}")
        ok = self._network(OK, "ok", [p for p in every if p.network == "ok"])
        for number in range(ok_users):
            ok.tokens.issue("reader", value=f"ok-reader-{number}")
        for bot in range(BOTS):
            chosen = [p for p in every if p.network == "telegram" and bot_of(p) == bot]
            context = self._network(TELEGRAM, f"telegram-{bot}", chosen)
            context.tokens.issue("bot", value=bot_token(bot))
            self.bots[bot_token(bot)] = self.apps[f"telegram-{bot}"]
            self.bots |= {p.code: self.apps[f"telegram-{bot}"] for p in chosen}
        feeds = [p for p in every if p.network == "rss"]
        self.stages |= dict.fromkeys((p.code for p in feeds), stage_of("rss", feeds))

    def _network(
        self, fake: FakeNetwork, name: str, chosen: list[Place]
    ) -> NetworkContext:
        stage, tokens = stage_of(fake.code, chosen), TokenBook(fake.code)
        context = NetworkContext(fake.code, stage, utc_now, self.http, Ledger(), tokens)
        app = FastAPI()
        app.include_router(fake.routes(context))
        self.apps[name] = app
        self.stages |= {place.code: stage for place in chosen}
        self.contexts.append(context)
        return context

    async def count_delivery(self, answer: httpx.Response) -> None:
        """Count what our side answered to a delivery."""
        self.calls[f"delivered {answer.status_code}"] += 1

    async def push_for_ever(self) -> None:
        """Let every network deliver what is due, beside the others."""
        await asyncio.gather(*(self._push(one) for one in self.contexts))

    @staticmethod
    async def _push(context: NetworkContext) -> None:
        while True:
            for tick in context.ticks:
                await tick()
            await asyncio.sleep(_TICK)

    async def write_for_ever(self) -> None:
        """Publish what is due, twenty times a second."""
        while True:
            for post in self.writing.due(utc_now()):
                item = self.stages[post.place.code].publish(
                    post.place.code,
                    post.text,
                    at=utc_now(),
                    writer=Writer(AuthorKind.USER, post.author, "Житель Придуманный"),
                    parent=post.parent,
                )
                self.writing.wrote(post, item.id, item.created_at)
            await asyncio.sleep(_TICK)

    def app_of(self, path: str) -> ASGIApp | None:
        """Find who serves a path; None: it is ours."""
        head, _, rest = path.strip("/").partition("/")
        if head in {"vk", "ok"}:
            return self.apps[head]
        if head == "telegram":
            return self.bots.get(rest.partition("/")[0].removeprefix("bot"))
        if head == "tme":
            return self.bots.get(rest.removeprefix("s/"))
        return None

    def feed(self, code: str) -> tuple[bytes, str]:
        """Write a feed and its ETag."""
        posts = self.stages[code].posts(code)[:_ENTRIES]
        body = "".join(_feed(code, ((p.id, p.created_at, p.text) for p in posts)))
        return body.encode(), f'"{hashlib.sha256(body.encode()).hexdigest()[:32]}"'

    def report(self) -> dict[str, Any]:
        """What was published, and how the caller behaved."""
        meters = [each.meter.report() for each in self.contexts]
        names = ("requests", "over_limit", "after_fatal", "unapproved_writes")
        return {
            "complaints": self.writing.complaints,
            "published": self.writing.published,
            "late_s": self.writing.late_s,
            "calls": dict(self.calls.most_common()),
            **{name: sum(each[name] for each in meters) for name in names},
        }


def _feed(code: str, posts: Iterator[tuple[int, datetime, str]]) -> Iterator[str]:
    yield '<?xml version="1.0" encoding="utf-8"?>'
    yield '<feed xmlns="http://www.w3.org/2005/Atom">'
    yield f"<id>urn:bench:{code}</id><title>{code}</title>"
    for number, at, text in posts:
        yield f"<entry><id>urn:bench:{code}:{number}</id><title/>"
        yield f"<published>{at.isoformat()}</published>"
        yield f"<updated>{at.isoformat()}</updated>"
        yield f'<link rel="alternate" href="https://feeds.example/{code}/{number}"/>'
        yield f'<content type="text">{escape(text)}</content></entry>'
    yield "</feed>"


def control(town: Town) -> FastAPI:
    """Serve the feeds, and the bench's own orders."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        tasks = [
            asyncio.create_task(town.push_for_ever()),
            asyncio.create_task(town.write_for_ever()),
        ]
        yield
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await town.http.aclose()

    app = FastAPI(lifespan=lifespan)

    @app.get("/feeds/{code}.xml")
    async def feed(code: str, request: Request) -> Response:
        body, etag = town.feed(code)
        headers = {"ETag": etag, "Date": format_datetime(utc_now(), usegmt=True)}
        if request.headers.get("If-None-Match") == etag:
            return Response(status_code=304, headers=headers)
        return Response(body, media_type=_FEED, headers=headers)

    @app.post("/bench/rate")
    async def rate(per_second: float) -> None:
        town.writing.set_rate(per_second, utc_now())

    @app.get("/bench/report")
    async def report() -> dict[str, Any]:
        return town.report()

    return app


class Front:
    """Passes each path on to the network it belongs to."""

    def __init__(self, town: Town, own: ASGIApp) -> None:
        self._town = town
        self._own = own

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request on."""
        found = self._town.app_of(scope["path"]) if scope["type"] == "http" else None
        if found:
            receive = self._counted(scope["path"], receive)
        await (found or self._own)(scope, receive, send)

    def _counted(self, path: str, receive: Receive) -> Receive:
        """Count a call by its method, which OK's calls name in their bodies."""
        network, _, method = path.strip("/").partition("/")

        async def read() -> Message:
            message = await receive()
            body = message.get("body", b"")
            if body and not message.get("more_body"):
                named = parse_qs(body.decode()).get("method", [method])
                self._town.calls[f"{network} {named[0].rpartition('/')[2]}"] += 1
            return message

        return read


def main(announce: Callable[[str], None] = print) -> None:
    """Serve until SIGTERM."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--port", type=int, required=True)
    reader.add_argument("--vk-keys", type=int, required=True)
    reader.add_argument("--ok-users", type=int, required=True)
    options = reader.parse_args()
    town = Town(httpx.AsyncClient(timeout=_PATIENCE, trust_env=False))
    town.http.event_hooks["response"].append(town.count_delivery)
    town.open(vk_keys=options.vk_keys, ok_users=options.ok_users)
    announce(f"{len(town.stages)} pages")
    uvicorn.run(
        Front(town, control(town)),
        port=options.port,
        lifespan="on",
        log_config=None,
        access_log=False,
    )


if __name__ == "__main__":
    main()
