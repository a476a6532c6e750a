"""The fake of what services/ingest answers about sources and their tokens."""

from collections.abc import Callable
from typing import Any, Protocol

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from tests.web import fake_data as data

Json = dict[str, Any]
SECRET = "whsec_0LrQu9GO0YfQu9GO0YfQu9GO0Yc="
NETWORKS: list[Json] = [
    {"network": "vk", "token_kinds": ["service", "community"], "pushes": True},
    {"network": "telegram", "token_kinds": ["bot"], "pushes": True},
]


def options() -> list[Json]:
    """Make one option of each type."""
    return [
        {
            "name": "push",
            "type": "choice",
            "usual": "polls",
            "values": [
                {"value": "polls", "said": {"ru": "Опрос", "en": "Polls"}},
                {"value": "long_poll", "said": {"ru": "События", "en": "Events"}},
            ],
            "said": _said("Как узнаём о новом", "How news reaches us"),
        },
        {
            "name": "history_days",
            "type": "whole",
            "usual": 7,
            "least": 1,
            "most": 365,
            "said": _said("Глубина чтения", "How far back"),
        },
        {
            "name": "activity",
            "type": "switch",
            "usual": True,
            "said": _said("Спрашивать о темах", "Ask about topics", "Нужны права."),
        },
        {
            "name": "regions",
            "type": "text",
            "usual": "",
            "most": 100,
            "said": _said("Страны", "Countries"),
        },
    ]


def _said(ru: str, en: str, hint: str = "") -> Json:
    return {"ru": {"title": ru, "hint": hint}, "en": {"title": en, "hint": ""}}


class Held(Protocol):
    """Who keeps the sources and tokens."""

    sources: list[Json]
    credentials: list[Json]


class FakeWatching:
    """Sources and credentials in memory."""

    def __init__(self, held: Held, problem: Callable[[int], Response]) -> None:
        self._held = held
        self._problem = problem
        self.recognised: Json = {}
        self.tested = data.tested()
        self.options = options()
        self.turn = 0

    @property
    def sources(self) -> list[Json]:
        """The sources there are now."""
        return self._held.sources

    @property
    def credentials(self) -> list[Json]:
        """The tokens there are now."""
        return self._held.credentials

    def routes(self) -> list[tuple[str, Any, list[str]]]:
        """Name the addresses and what answers there."""
        one = "/ingest/sources/{id}"
        return [
            ("/ingest/sources", self._all, ["GET", "POST"]),
            ("/ingest/sources/recognise", self._recognise, ["POST"]),
            ("/ingest/sources/test", self._test, ["POST"]),
            (one, self._source, ["GET", "PATCH"]),
            (f"{one}/figures", self._figures, ["GET"]),
            (f"{one}/options", self._options, ["GET"]),
            (f"{one}/hook", self._hook, ["GET", "POST"]),
            (f"{one}/secret", self._secret, ["POST"]),
            (f"{one}/test", self._test, ["POST"]),
            (f"{one}/{{verb}}", self._step, ["POST"]),
            ("/ingest/credentials", self._credentials, ["GET", "POST"]),
            ("/ingest/credentials/{id}", self._credential, ["PUT", "DELETE"]),
        ]

    async def _all(self, request: Request, sent: Json) -> Response:
        if request.method == "GET":
            return JSONResponse({"items": [data.watched(s) for s in self.sources]})
        told = {"name": "Заозёрск", "kind": "page"} if "link" in sent else {}
        self.sources.append({"id": f"new-{len(self.sources)}", **told, **sent})
        secret = SECRET if sent.get("kind") == "webhook" else None
        return JSONResponse({**self.sources[-1], "secret": secret}, status_code=201)

    async def _recognise(self, _: Request, sent: Json) -> Response:
        found = data.recognised(sent["link"]) | {"options": self.options}
        return JSONResponse(found | self.recognised)

    async def _test(self, _: Request, _sent: Json) -> Response:
        return JSONResponse(self.tested)

    async def _source(self, request: Request, sent: Json) -> Response:
        one = found(self.sources, request)
        if one is None:
            return self._problem(404)
        if request.method == "PATCH":
            one |= sent
        return JSONResponse(data.watched(one))

    async def _figures(self, _: Request, _asked: Json) -> Response:
        return JSONResponse({"items": data.figures()})

    async def _options(self, request: Request, _: Json) -> Response:
        one = found(self.sources, request)
        is_page = one is not None and one["kind"] == "page"
        return JSONResponse({"items": self.options if is_page else []})

    async def _hook(self, request: Request, _: Json) -> Response:
        one = found(self.sources, request)
        if one is None:
            return self._problem(404)
        self.turn += request.method == "POST"
        return JSONResponse({"path": f"/api/v1/ingest/hooks/x/key{self.turn}"})

    async def _secret(self, _: Request, _sent: Json) -> Response:
        return JSONResponse({"secret": SECRET})

    async def _step(self, request: Request, _: Json) -> Response:
        one, verb = found(self.sources, request), request.path_params["verb"]
        if one is None:
            return self._problem(404)
        one["state"] = "paused" if verb == "pause" else "active"
        return JSONResponse(data.watched(one))

    async def _credentials(self, request: Request, sent: Json) -> Response:
        if request.method == "GET":
            told = {"items": self.credentials, "networks": NETWORKS}
            return JSONResponse(told)
        kept = {name: sent[name] for name in ("network", "kind", "label")}
        self.credentials.append({"id": "k-new", **kept})
        return JSONResponse(self.credentials[-1], status_code=201)

    async def _credential(self, request: Request, _: Json) -> Response:
        one = found(self.credentials, request)
        if one is None:
            return self._problem(404)
        if request.method == "PUT":
            one["state"] = "ok"
            return JSONResponse(one)
        self.credentials.remove(one)
        return Response(status_code=204)


def found(items: list[Json], request: Request) -> Json | None:
    """Find the thing a path names."""
    return next((one for one in items if one["id"] == request.path_params["id"]), None)
