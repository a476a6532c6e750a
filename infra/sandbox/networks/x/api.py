"""The paths of the fake X, its tokens, and its errors on demand."""

import json
from collections.abc import Mapping
from typing import Any, Final

from fastapi import APIRouter, Request
from fastapi.responses import Response

from infra.sandbox.networks.context import NetworkContext
from infra.sandbox.networks.x import methods
from infra.sandbox.networks.x.problems import XProblem
from infra.sandbox.networks.x.server import (
    APP,
    BY_NAME,
    LOOKUP,
    SEARCH,
    USER,
    Server,
    account_id,
)
from infra.sandbox.stage.plans import Fault

_TOO_MANY: Final = 429


async def route_of(request: Request) -> str:
    """Call a request by its path, without the name of an account."""
    path = request.url.path.strip("/").partition("/")[2]
    return BY_NAME if path.startswith(f"{BY_NAME}/") else path


def limited(fault: Fault) -> Response:
    """Refuse with a problem of X: 429 unless the code asks for another."""
    problem = XProblem(_TOO_MANY if fault.code is None else fault.code)
    headers = {}
    if problem.status == _TOO_MANY and fault.retry_after is not None:
        headers = {"x-rate-limit-reset": str(fault.retry_after)}
    return _refused(problem, headers)


def routes(network: NetworkContext) -> APIRouter:
    """Issue tokens, and serve."""
    issue_tokens(network)
    return router_of(Server(network))


def issue_tokens(network: NetworkContext) -> None:
    """Give out the app's bearer token, and for each account that of its user."""
    network.tokens.issue(APP, value="x-app")
    for page in network.stage.pages:
        value = f"x-user-{account_id(page)}"
        network.tokens.issue(USER, owner=page.code, value=value)


def router_of(server: Server) -> APIRouter:
    router = APIRouter(prefix="/x", include_in_schema=False)

    @router.get("/2/tweets/search/recent")
    async def search(request: Request) -> Response:
        return answer(server, SEARCH, _token(request), request.query_params)

    @router.get("/2/tweets")
    async def lookup(request: Request) -> Response:
        return answer(server, LOOKUP, _token(request), request.query_params)

    @router.get("/2/users/by/username/{name}")
    async def by_name(request: Request, name: str) -> Response:
        params = {**request.query_params, "username": name}
        return answer(server, BY_NAME, _token(request), params)

    return router


def answer(
    server: Server, route: str, token: str, params: Mapping[str, str]
) -> Response:
    """Serve one request: the token, the rate, the method."""
    server.posts.follow()
    headers: Mapping[str, str] = {}
    try:
        headers = server.admit(token, route)
        return _json(_method(server, route, params), 200, headers)
    except XProblem as problem:
        return _refused(problem, getattr(problem, "headers", headers))


def _method(server: Server, route: str, params: Mapping[str, str]) -> dict[str, Any]:
    match route:
        case "2/tweets/search/recent":
            return methods.search(server, params)
        case "2/tweets":
            return methods.lookup(server, params)
    return methods.by_name(server, params["username"], params)


def _token(request: Request) -> str:
    scheme, _, value = request.headers.get("Authorization", "").partition(" ")
    return value if scheme.lower() == "bearer" else ""


def _refused(problem: XProblem, headers: Mapping[str, str]) -> Response:
    kind = "application/problem+json"
    return _json(problem.body(), problem.status, headers, kind)


def _json(
    body: dict[str, Any],
    status: int,
    headers: Mapping[str, str],
    kind: str = "application/json; charset=utf-8",
) -> Response:
    text = json.dumps(body, ensure_ascii=False)
    return Response(text, status, dict(headers), media_type=kind)
