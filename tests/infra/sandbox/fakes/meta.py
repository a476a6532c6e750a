"""A caller of the fakes of Meta's, and a desk that hears their webhooks."""

import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
from fastapi import FastAPI

from infra.sandbox.graph.call import APP_ID, APP_SECRET
from infra.sandbox.networks import NetworkContext
from infra.sandbox.networks.context import FakeNetwork
from infra.sandbox.stage import AuthorKind, Item, Stage, StagePage, Writer
from infra.sandbox.stage.ledger import Ledger
from infra.sandbox.stage.plans import (
    Delivery,
    DeliveryMode,
    Fault,
    FaultMode,
    Write,
    WriteMode,
)
from infra.sandbox.stage.tokens import TokenBook
from tests.infra.sandbox.networks import Wall

APP = f"{APP_ID}|{APP_SECRET}"
RESIDENT = Writer(AuthorKind.USER, 700_000_011, "Ирина Т.")
URL = "https://desk.example/meta"
WORD = "our-word"

Receiver = Callable[[httpx.Request], httpx.Response]


@dataclass
class Desk:
    """Takes webhooks as a watching program does; `broken` deliveries fail first."""

    word: str = WORD
    broken: int = 0
    bodies: list[dict[str, Any]] = field(default_factory=list)
    forged: int = 0

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.method == "GET":
            asked = request.url.params
            is_ours = asked["hub.verify_token"] == self.word
            return httpx.Response(200 if is_ours else 403, text=asked["hub.challenge"])
        body = request.content
        digest = hmac.new(APP_SECRET.encode(), body, hashlib.sha256).hexdigest()
        if request.headers["X-Hub-Signature-256"] != f"sha256={digest}":
            self.forged += 1
            return httpx.Response(403)
        if self.broken:
            self.broken -= 1
            return httpx.Response(500)
        self.bodies.append(json.loads(body))
        return httpx.Response(200)

    @property
    def changes(self) -> list[tuple[str, str, dict[str, Any]]]:
        """Give what came: whose it is, the field, the value."""
        return [
            (entry["id"], change["field"], change["value"])
            for body in self.bodies
            for entry in body["entry"]
            for change in entry["changes"]
        ]


@dataclass
class Caller:
    """A fake of Meta's on a silent stage; `page` is the code of the first of its."""

    http: httpx.AsyncClient
    network: NetworkContext
    wall: Wall
    page: str
    token: str

    @property
    def stage(self) -> Stage:
        return self.network.stage

    async def raw(
        self,
        path: str,
        *,
        token: str | None = None,
        method: str = "GET",
        **params: object,
    ) -> httpx.Response:
        value = self.token if token is None else token
        sent = {name: str(each) for name, each in params.items()}
        return await self.http.request(
            method,
            f"/{self.network.code}/v25.0/{path}",
            params=sent if method == "GET" else None,
            data=sent if method == "POST" else None,
            headers={"Authorization": f"Bearer {value}"},
        )

    async def ask(self, path: str, **params: Any) -> Any:  # noqa: ANN401 -- any JSON
        answer = await self.raw(path, **params)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def error(self, path: str, **params: Any) -> tuple[int, int | None]:  # noqa: ANN401
        """Give code and subcode of the error that this call must end in."""
        answer = await self.raw(path, **params)
        assert answer.status_code >= 400, answer.text
        error = answer.json()["error"]
        assert {"message", "type", "code", "fbtrace_id"} <= error.keys()
        return error["code"], error.get("error_subcode")

    def fault(self, **told: Any) -> None:  # noqa: ANN401 -- of a `Fault`
        self.network.faults.add(Fault(mode=FaultMode.LIMIT, **told))

    def write(self, mode: str) -> None:
        self.network.writes.add(Write(mode=WriteMode(mode)))

    def delivery(self, mode: str, **told: Any) -> None:  # noqa: ANN401 -- of a `Delivery`
        self.network.deliveries.add(Delivery(mode=DeliveryMode(mode), **told))

    @property
    def counters(self) -> dict[str, Any]:
        return self.network.meter.report()

    async def subscribe(self, subject: str, path: str, fields: str) -> None:
        """Register the desk, and let the app hear of the page."""
        made = await self.raw(
            f"{APP_ID}/subscriptions",
            token=APP,
            method="POST",
            object=subject,
            callback_url=URL,
            verify_token=WORD,
            fields=fields,
        )
        assert made.json() == {"success": True}
        wanted = await self.raw(
            f"{path}/subscribed_apps", method="POST", subscribed_fields=fields
        )
        assert wanted.json() == {"success": True}

    async def deliver(self, *, seconds: int = 0) -> None:
        """Send what is due now, and second by second for so long."""
        (tick,) = self.network.ticks
        await tick()
        for _ in range(seconds):
            self.wall.pass_by(seconds=1)
            await tick()

    def post(self, text: str = "Яма на Садовой", **more: Any) -> Item:  # noqa: ANN401
        """Publish a second later than what was before."""
        self.wall.pass_by(seconds=1)
        given = {"writer": RESIDENT, **more}
        page = given.pop("page", self.page)
        return self.stage.publish(page, text, at=self.network.clock(), **given)


def calling(
    fake: FakeNetwork, pages: list[StagePage], token: str, receiver: Receiver | None
) -> Caller:
    """Run one fake on a stage of its own; what it pushes goes to `receiver`."""
    wall = Wall()
    pushes = httpx.AsyncClient(transport=httpx.MockTransport(receiver or _nobody))
    network = NetworkContext(
        fake.code,
        Stage(fake.code, pages),
        wall,
        pushes,
        Ledger(),
        TokenBook(fake.code),
    )
    app = FastAPI()
    app.include_router(fake.routes(network))
    http = httpx.AsyncClient(
        transport=_Faulty(network, fake, app), base_url="http://sandbox.invalid"
    )
    return Caller(http, network, wall, pages[0].code, token)


class _Faulty(httpx.AsyncBaseTransport):
    """Carries requests to the fake, or refuses them as planned."""

    def __init__(
        self, network: NetworkContext, fake: FakeNetwork, app: FastAPI
    ) -> None:
        self._network = network
        self._fake = fake
        self._app = httpx.ASGITransport(app=app)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        route = request.url.path.strip("/").split("/", 2)[-1]
        fault = self._network.fault(route)
        if fault is None:
            return await self._app.handle_async_request(request)
        refused = self._fake.limited(fault)
        return httpx.Response(
            refused.status_code,
            content=bytes(refused.body),
            headers=dict(refused.headers),
        )


def _nobody(_: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("nobody listens")
