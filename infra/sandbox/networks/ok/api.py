"""The paths of the fake OK, its tokens, and its errors on demand."""

import json
from typing import Any, Final

from fastapi import APIRouter, Request
from fastapi.responses import Response

from infra.sandbox.networks.context import NetworkContext
from infra.sandbox.networks.ok.call import ADMIN, READER, Server
from infra.sandbox.networks.ok.errors import OkError
from infra.sandbox.networks.ok.gate import Gate
from infra.sandbox.networks.ok.ids import group_id
from infra.sandbox.stage.plans import Fault

NULL: Final = 0
"""The `code` of a `limit` fault that answers `null`, as OK does now and then."""

_LIMIT_REACHED: Final = 11


async def method_of(request: Request) -> str:
    """Call a request by its method, wherever it stands."""
    path = request.url.path.removeprefix("/ok/")
    if path.startswith("api/"):
        return path.removeprefix("api/").replace("/", ".")
    return (await _params(request)).get("method", "none")


def limited(fault: Fault) -> Response:
    """Refuse with a code of OK under HTTP 200, or answer `null`."""
    code = _LIMIT_REACHED if fault.code is None else fault.code
    return _json(None if code == NULL else OkError(code).body())


def routes(network: NetworkContext) -> APIRouter:
    """Issue tokens, and serve."""
    issue_tokens(network)
    return router_of(Server(network))


def issue_tokens(network: NetworkContext) -> None:
    """Give out a reader's token, and for each group that of its administrator.

    They do not run out, as the permanent ones of OK's application settings; others are
    issued by the control API.
    """
    network.tokens.issue(READER, value="ok-reader")
    for page in network.stage.pages:
        value = f"ok-admin-{group_id(page)}"
        network.tokens.issue(ADMIN, owner=page.code, value=value)


def router_of(server: Server) -> APIRouter:
    """Serve both forms of address."""
    router = APIRouter(prefix="/ok", include_in_schema=False)
    gate = Gate(server)

    @router.api_route("/fb.do", methods=["GET", "POST"])
    async def fb(request: Request) -> Response:
        params = await _params(request)
        return _json(gate.answer(params.get("method", ""), params))

    @router.api_route("/api/{group}/{method}", methods=["GET", "POST"])
    async def api(request: Request, group: str, method: str) -> Response:
        return _json(gate.answer(f"{group}.{method}", await _params(request)))

    return router


async def _params(request: Request) -> dict[str, str]:
    form = await request.form()
    fields = {name: str(value) for name, value in form.items()}
    return {**request.query_params, **fields}


def _json(body: Any) -> Response:  # noqa: ANN401 -- any JSON
    """Write JSON under 200: OK has no other status for what it refuses."""
    text = json.dumps(body, ensure_ascii=False)
    return Response(text, media_type="application/json;charset=utf-8")
