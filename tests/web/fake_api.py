"""A small fake of the services' REST API with invented data.

It keeps the state a page can see: decisions take a candidate out of the queue, steps
move an incident on. `refuse` makes the next matching call fail with a problem.
"""

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.web import fake_data as data
from tests.web import fake_rules
from tests.web.fake_official import FakeOfficial
from tests.web.fake_openapi import openapi
from tests.web.fake_watching import FakeWatching

Json = dict[str, Any]
_NEXT_STATUS = {
    "assign": "assigned",
    "draft": "drafting",
    "submit": "awaiting_approval",
    "return": "returned",
    "approve": "approved",
    "publish": "published",
    "close": "closed",
    "reopen": "assigned",
    "found": "published",
    "send-again": "publishing",
    "take-back": "approved",
    "withdraw": "withdrawn",
}


@dataclass
class Refusal:
    """Which calls are refused, and how."""

    fits: Callable[[str, str], bool]
    status: int
    errors: list[Json]


@dataclass
class FakeApi:
    """The three services in memory."""

    candidates: list[Json] = field(default_factory=data.candidates)
    incidents: list[Json] = field(default_factory=data.incidents)
    posts: list[Json] = field(default_factory=data.archive)
    sources: list[Json] = field(default_factory=data.sources)
    rules: list[Json] = field(default_factory=fake_rules.rules)
    rule_quality: Json = field(default_factory=fake_rules.rule_quality)
    dry_run: Json = field(default_factory=fake_rules.dry_run)
    credentials: list[Json] = field(default_factory=data.credentials)
    kpi: Json = field(default_factory=data.kpi)
    preview: Json = field(default_factory=data.preview)
    import_state: Json = field(
        default_factory=lambda: {
            "id": "im-1",
            "state": "running",
            "total": 1204,
            "taken": 493,
            "accepted": 480,
            "duplicates": 12,
            "rejected": [{"line": 17, "reason": "no text"}],
        }
    )
    calls: list[tuple[str, str, Json]] = field(default_factory=list)
    corrections: dict[str, str] = field(default_factory=dict)
    kpi_before: Json | None = field(default_factory=data.kpi)
    refusals: list[Refusal] = field(default_factory=list)
    page_size: int = 50
    official: FakeOfficial = field(default_factory=FakeOfficial)
    watching: FakeWatching = field(init=False)

    def __post_init__(self) -> None:
        self.watching = FakeWatching(self, problem)

    def refuse(
        self, path_part: str, status: int, errors: list[Json] | None = None
    ) -> None:
        """Answer every call whose path has this part with a problem."""
        self.refusals.append(
            Refusal(lambda _, path: path_part in path, status, errors or [])
        )

    def refuse_posts(
        self, path_part: str, status: int, errors: list[Json] | None = None
    ) -> None:
        """Answer only what would change something with a problem."""
        self.refusals.append(
            Refusal(
                lambda method, path: method == "POST" and path_part in path,
                status,
                errors or [],
            )
        )

    def refuse_changes(
        self, path_part: str, status: int, errors: list[Json] | None = None
    ) -> None:
        """Answer whatever is not a read with a problem."""
        self.refusals.append(
            Refusal(
                lambda method, path: method != "GET" and path_part in path,
                status,
                errors or [],
            )
        )

    def refuse_exactly(
        self, wanted: str, status: int, errors: list[Json] | None = None
    ) -> None:
        """Answer one path with a problem, and not those below it."""
        refusal = Refusal(lambda _, path: path == wanted, status, errors or [])
        self.refusals.append(refusal)

    def last(self, method: str) -> tuple[str, Json]:
        """Tell path and content of the last call of a method."""
        return next((p, c) for m, p, c in reversed(self.calls) if m == method)

    def app(self) -> Starlette:
        """Build the ASGI app."""
        get, post = ["GET"], ["POST"]
        routes = (
            ("/{service}/openapi.json", self._openapi, get),
            ("/triage/candidates", self._candidates, get),
            ("/triage/candidates/{id}", self._candidate, get),
            ("/triage/candidates/{id}/decision", self._decide, post),
            ("/triage/incidents", self._incidents, get),
            ("/triage/incidents/{id}", self._incident, get),
            ("/triage/incidents/{id}/{step}", self._step, post),
            *self.official.routes(),
            ("/triage/{kind:str}", self._reference, get),
            ("/archive/posts", self._archive, get),
            ("/ingest/imports", self._preview, post),
            ("/ingest/imports/{id}/commit", self._commit, post),
            ("/ingest/imports/{id}", self._import, get),
            *self.watching.routes(),
            ("/ingest/rules", self._rules, ["GET", "POST"]),
            ("/ingest/rules/dry-runs", self._start_dry_run, post),
            ("/ingest/rules/dry-runs/{id}", self._dry_run, get),
            ("/ingest/rules/try", self._try, post),
            ("/ingest/posts/{id}/address", self._address, ["POST"]),
            ("/ingest/rules/language", _answering(fake_rules.language), get),
            ("/ingest/rules/{id}", self._rule, ["GET", "PATCH"]),
            ("/ingest/rules/{id}/versions", _answering(fake_rules.versions), get),
            ("/ingest/rules/{id}/matches", _answering(fake_rules.hits), get),
            ("/ingest/rules/{id}/quality", self._quality, get),
            ("/reports/kpi", self._kpi, get),
            ("/reports/kpi.csv", self._csv, get),
            ("/reports/definitions", self._definitions, get),
        )
        return Starlette(
            routes=[
                Route(f"/api/v1{path}", self._guarded(handler), methods=methods)
                for path, handler, methods in routes
            ]
        )

    def _guarded(self, handler: Any) -> Any:  # noqa: ANN401 -- a Starlette endpoint
        async def endpoint(request: Request) -> Response:
            path = request.url.path.removeprefix("/api/v1")
            content: Json = dict(request.query_params)
            if request.headers.get("content-type") == "application/json":
                content = json.loads(await request.body())
            if "if-match" in request.headers:
                content["if-match"] = request.headers["if-match"]
            self.calls.append((request.method, path, content))
            is_open = path.endswith("openapi.json")
            if not is_open and not request.headers.get("authorization", "").startswith(
                "Bearer "
            ):
                return problem(401)
            for refusal in self.refusals:
                if refusal.fits(request.method, path):
                    return problem(refusal.status, refusal.errors)
            answer: Response = await handler(request, content)
            return answer

        return endpoint

    async def _candidates(self, _: Request, asked: Json) -> Response:
        waiting = [one for one in self.candidates if one["status"] == "new"]
        shown = [one for one in waiting if _fits(one, asked)]
        if asked.get("sort") == "newest":
            shown = sorted(shown, key=lambda one: one["received_at"], reverse=True)
        counts = {
            "new": len(waiting),
            "urgent": sum(one["urgency"] == "high" for one in waiting),
            "overdue": sum((one["remaining_minutes"] or 0) < 0 for one in waiting),
        }
        return self._page(shown, asked, counts=counts)

    async def _candidate(self, request: Request, _: Json) -> Response:
        one = _find(self.candidates, request)
        if one is None:
            return problem(404)
        similar = data.SIMILAR if one["id"] == "c-1" else []
        return JSONResponse({**one, "similar_incidents": similar})

    async def _decide(self, request: Request, sent: Json) -> Response:
        one = _find(self.candidates, request)
        if one is None:
            return problem(404)
        if one["status"] != "new":
            return problem(409)
        one |= {"status": "decided", "decision": sent["decision"]}
        incident = None
        if sent["decision"] in {"open", "join"}:
            incident = self.incidents[0]
            one["incident_id"] = incident["id"]
        return JSONResponse({"candidate": one, "incident": incident})

    async def _incidents(self, _: Request, asked: Json) -> Response:
        shown = [
            one
            for one in self.incidents
            if asked.get("status") in {None, one["status"]}
            and asked.get("q", "").lower() in one["title"].lower()
            and (not asked.get("overdue") or (one["remaining_minutes"] or 0) < 0)
        ]
        counts = dict(Counter(one["status"] for one in self.incidents))
        counts["overdue"] = sum(
            (o["remaining_minutes"] or 0) < 0 for o in self.incidents
        )
        return self._page(shown, asked, counts=counts)

    async def _incident(self, request: Request, _: Json) -> Response:
        one = _find(self.incidents, request)
        return JSONResponse(one) if one else problem(404)

    async def _step(self, request: Request, sent: Json) -> Response:
        one, step = _find(self.incidents, request), request.path_params["step"]
        if one is None:
            return problem(404)
        if step.replace("-", "_") not in one["allowed"]:
            return problem(409)
        one["status"] = _NEXT_STATUS[step]
        one["allowed"] = data.ALLOWED[one["status"]]
        one["version"] += 1
        if step == "assign":
            one["authority"] = data.named(data.AUTHORITIES, sent["authority"])
        return JSONResponse(one)

    async def _reference(self, request: Request, _: Json) -> Response:
        lists = {
            "topics": data.TOPICS,
            "authorities": data.AUTHORITIES,
            "municipalities": data.PLACES,
        }
        found = lists.get(request.path_params["kind"])
        return JSONResponse({"items": found}) if found else problem(404)

    async def _address(self, request: Request, _: Json) -> Response:
        return JSONResponse({"url": f"https://vk.com/{request.path_params['id']}"})

    async def _archive(self, _: Request, asked: Json) -> Response:
        shown = [
            one
            for one in self.posts
            if asked.get("q", "").lower() in one["text"].lower()
            and asked.get("network") in {None, one["network"]}
        ]
        total = 11500 if len(shown) == len(self.posts) and shown else len(shown)
        facets = data.FACETS if shown else {}
        return self._page(
            shown,
            asked,
            facets=facets,
            estimated_total=total,
            corrections=self.corrections,
        )

    async def _preview(self, request: Request, _: Json) -> Response:
        form = await request.form()
        file = form["file"]
        name = "" if isinstance(file, str) else file.filename
        self.calls.append(("UPLOAD", str(name), {"profile": form.get("profile")}))
        await form.close()
        return JSONResponse(self.preview)

    async def _commit(self, _: Request, _sent: Json) -> Response:
        return JSONResponse(self.import_state, status_code=202)

    async def _import(self, request: Request, _: Json) -> Response:
        found = request.path_params["id"] == self.import_state["id"]
        return JSONResponse(self.import_state) if found else problem(404)

    async def _rules(self, request: Request, sent: Json) -> Response:
        if request.method == "GET":
            return JSONResponse({"items": self.rules})
        self.rules.append({**self.rules[0], "id": "saved", "version": 1, **sent})
        return JSONResponse(self.rules[-1], status_code=201)

    async def _rule(self, request: Request, sent: Json) -> Response:
        one = _find(self.rules, request)
        if one is None:
            return problem(404)
        if request.method == "PATCH":
            one |= sent
        return JSONResponse(one)

    async def _quality(self, _: Request, _asked: Json) -> Response:
        return JSONResponse(self.rule_quality)

    async def _start_dry_run(self, _: Request, _sent: Json) -> Response:
        return JSONResponse({"id": "d-1", "state": "running"}, status_code=202)

    async def _dry_run(self, request: Request, _: Json) -> Response:
        found = request.path_params["id"] == self.dry_run["id"]
        return JSONResponse(self.dry_run) if found else problem(404)

    async def _try(self, _: Request, sent: Json) -> Response:
        at = sent["text"].lower().find(sent["query"])
        spans = [[at, at + len(sent["query"])]] if at >= 0 else []
        others = [{"rule_id": "r-1", "name": "Горячая вода"}] if spans else []
        return JSONResponse(
            {"is_caught": bool(spans), "positions": spans, "others": others}
        )

    async def _kpi(self, _: Request, asked: Json) -> Response:
        is_before = any(
            call["to"] > asked["to"]
            for _, path, call in self.calls
            if path == "/reports/kpi"
        )
        answer = self.kpi_before if is_before else self.kpi
        return problem(503) if answer is None else JSONResponse(answer)

    async def _definitions(self, _: Request, _asked: Json) -> Response:
        return JSONResponse(data.definitions())

    async def _csv(self, _: Request, _asked: Json) -> Response:
        return Response("\ufeffДень;Жалобы\r\n2026-11-20;214\r\n".encode())

    async def _openapi(self, request: Request, _: Json) -> Response:
        return JSONResponse(openapi(request.path_params["service"]))

    def _page(self, items: list[Json], asked: Json, **more: object) -> Response:
        start = int(asked.get("cursor") or 0)
        size = min(int(asked.get("limit") or 50), self.page_size)
        rest = len(items) > start + size
        return JSONResponse(
            {
                "items": items[start : start + size],
                "next_cursor": str(start + size) if rest else None,
                **more,
            }
        )


def _answering(items: Callable[[], list[Json]]) -> Any:  # noqa: ANN401 -- an endpoint
    async def endpoint(_: Request, _asked: Json) -> Response:
        return JSONResponse({"items": items()})

    return endpoint


def problem(status: int, errors: list[Json] | None = None) -> Response:
    """Answer with problem details, as the services do."""
    return JSONResponse(
        {
            "type": f"urn:otklik:problem:{status}",
            "title": "Refused",
            "status": status,
            "detail": f"The fake refuses with {status}.",
            "errors": errors or [],
        },
        status_code=status,
        media_type="application/problem+json",
    )


def _find(items: list[Json], request: Request) -> Json | None:
    return next((one for one in items if one["id"] == request.path_params["id"]), None)


def _fits(one: Json, asked: Json) -> bool:
    topic = (one["topic"] or {}).get("code")
    place = (one["municipality"] or {}).get("code")
    return (
        asked.get("urgency") in {None, one["urgency"]}
        and (not asked.get("overdue") or (one["remaining_minutes"] or 0) < 0)
        and asked.get("network") in {None, one["network"]}
        and asked.get("topic") in {None, topic}
        and asked.get("municipality") in {None, place}
        and asked.get("q", "").lower() in one["text"].lower()
    )
