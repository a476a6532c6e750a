"""The paths of the fake TikTok, its client, and its errors on demand."""

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from fastapi import APIRouter, Request
from fastapi.responses import Response

from infra.sandbox.networks.context import NetworkContext
from infra.sandbox.networks.tiktok import methods
from infra.sandbox.networks.tiktok.errors import LOG_ID, TikTokError, error
from infra.sandbox.networks.tiktok.server import CLIENT, CLIENT_KEY, LIFE, Server
from infra.sandbox.stage.plans import Fault

TOKEN: Final = "v2/oauth/token"  # noqa: S105 -- a path
VIDEOS: Final = "v2/research/video/query"
COMMENTS: Final = "v2/research/video/comment/list"
USER: Final = "v2/research/user/info"
Method = Callable[[Server, Mapping[str, Any], set[str]], dict[str, Any]]
_METHODS: Final[Mapping[str, Method]] = {
    VIDEOS: methods.videos,
    COMMENTS: methods.comments,
    USER: methods.user,
}

_LISTS: Final = ("videos", "comments")


async def route_of(request: Request) -> str:
    """Call a request by its path, without the slash at its end."""
    return request.url.path.strip("/").partition("/")[2]


def limited(fault: Fault) -> Response:
    """Refuse with an error of TikTok: too many requests unless asked for another."""
    return _refused(TikTokError(429 if fault.code is None else fault.code))


def routes(network: NetworkContext) -> APIRouter:
    """Register the client, and serve."""
    issue_tokens(network)
    return router_of(Server(network))


def issue_tokens(network: NetworkContext) -> None:
    """Know one research client; access tokens are got for its secret."""
    network.tokens.issue(CLIENT, value=CLIENT_KEY)


def router_of(server: Server) -> APIRouter:
    router = APIRouter(prefix="/tiktok", include_in_schema=False)

    @router.post(f"/{TOKEN}/")
    async def grant(request: Request) -> Response:
        form = await request.form()
        return granted(server, {name: str(each) for name, each in form.items()})

    @router.post("/v2/research/{path:path}")
    async def research(request: Request, path: str) -> Response:
        route = f"v2/research/{path}".rstrip("/")
        fields = request.query_params.get("fields", "")
        scheme, _, value = request.headers.get("Authorization", "").partition(" ")
        token = value if scheme.lower() == "bearer" else ""
        return answer(server, route, token, fields, await request.body())

    return router


def granted(server: Server, form: Mapping[str, str]) -> Response:
    """Give an access token for the client's key and secret."""
    if form.get("grant_type") != "client_credentials":
        return _oauth_error("invalid_request", 400)
    value = server.grant(form.get("client_key", ""), form.get("client_secret", ""))
    if value is None:
        return _oauth_error("invalid_client", 401)
    life = int(LIFE.total_seconds())
    body = {"access_token": value, "expires_in": life, "token_type": "Bearer"}
    return _json(body, 200)


def answer(
    server: Server, route: str, token: str, fields: str, body: bytes
) -> Response:
    """Serve one request: the token, the quota, the method."""
    server.follow()
    try:
        client = server.admit(token)
        data = _method(route)(server, _object(body), set(fields.split(",")) - {""})
        server.pay(client, sum(len(data.get(name, ())) for name in _LISTS))
    except TikTokError as refusal:
        return _refused(refusal)
    return _json({"data": data, "error": error()}, 200)


def _method(route: str) -> Method:
    if route not in _METHODS:
        raise TikTokError(400, f"there is no {route}")
    return _METHODS[route]


def _object(body: bytes) -> dict[str, Any]:
    try:
        told = json.loads(body)
    except ValueError:
        raise TikTokError(400, "the body is no JSON") from None
    if not isinstance(told, dict):
        raise TikTokError(400, "the body is no object")
    return told


def _refused(refusal: TikTokError) -> Response:
    return _json(refusal.body(), refusal.status)


def _oauth_error(code: str, status: int) -> Response:
    told = {"error": code, "error_description": code.replace("_", " ")}
    return _json({**told, "log_id": LOG_ID}, status)


def _json(body: dict[str, Any], status: int) -> Response:
    text = json.dumps(body, ensure_ascii=False)
    return Response(text, status, media_type="application/json; charset=utf-8")
