"""The paths of the fake VK: methods, Long Poll, stream, and refreshing of tokens."""

from datetime import timedelta
from typing import Any, Final

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from infra.sandbox.networks.context import NetworkContext
from infra.sandbox.networks.vk import streaming
from infra.sandbox.networks.vk.call import GROUP, SERVICE, USER
from infra.sandbox.networks.vk.callback import Sender
from infra.sandbox.networks.vk.errors import VkError
from infra.sandbox.networks.vk.gate import Asked, Gate
from infra.sandbox.networks.vk.longpoll import Poll
from infra.sandbox.networks.vk.servers import Servers
from infra.sandbox.networks.vk.stream_rules import StreamRules
from infra.sandbox.stage.plans import Fault

USER_LIFE: Final = timedelta(hours=1)
_REFRESH: Final = "refresh"
_A_CHECK: Final = "a_check"
_TOO_MANY: Final = 6


async def method_of(request: Request) -> str:
    """Call a request by its method; the Long Poll is `a_check`.

    The rules of the stream are `streaming.rules`, a connection `streaming.stream`.
    """
    path = request.url.path.removeprefix("/vk/")
    if path.startswith("streaming/"):
        return streaming.RULES
    return _A_CHECK if path.startswith("lp/") else path.removeprefix("method/")


def limited(fault: Fault) -> Response:
    """Refuse with a code of VK; the Long Poll refuses with `failed`."""
    if fault.route == _A_CHECK:
        return JSONResponse({"failed": fault.code or 3})
    if fault.route == streaming.RULES:
        return streaming.limited(fault)
    return _json(VkError(fault.code or _TOO_MANY).body({"method": fault.route}))


def routes(network: NetworkContext) -> APIRouter:
    """Issue tokens, begin to push, and serve."""
    _issue_tokens(network)
    servers = Servers(network)
    network.on_tick(Sender(network, servers).deliver_due)
    router = APIRouter(prefix="/vk", include_in_schema=False)
    rules = StreamRules(network)
    _methods(router, Gate(network, servers, streaming.methods(rules)))
    streaming.routes(router, network, rules)
    _long_poll(router, network, Poll(network, servers))
    _refreshing(router, network)
    return router


def _issue_tokens(network: NetworkContext) -> None:
    """Give out a service key, and for each page its own key and its administrator's."""
    network.tokens.issue(SERVICE, value="vk-service")
    for page in network.stage.pages:
        owner, number = page.code, page.number
        network.tokens.issue(GROUP, owner=owner, value=f"vk-group-{number}")
        network.tokens.issue(_REFRESH, owner=owner, value=f"vk-refresh-{number}")
        network.tokens.issue(
            USER,
            owner=owner,
            value=f"vk-user-{number}",
            now=network.clock(),
            lifetime=USER_LIFE,
        )


def _methods(router: APIRouter, gate: Gate) -> None:
    @router.api_route("/method/{method}", methods=["GET", "POST"])
    async def call(request: Request, method: str) -> Response:
        params = await _params(request)
        bearer = request.headers.get("Authorization", "").removeprefix("Bearer ")
        token = params.pop("access_token", "") or bearer
        base_url = str(request.base_url).rstrip("/")
        return _json(gate.answer(Asked(method, params, token, base_url)))


def _long_poll(router: APIRouter, network: NetworkContext, poll: Poll) -> None:
    @router.get("/lp/{group}")
    async def check(request: Request, group: int) -> Response:
        page = network.stage.find_page(group)
        asked = request.query_params
        if page is None or asked.get("act") != _A_CHECK:
            return JSONResponse({"failed": 2})
        key, ts, wait = asked.get("key", ""), asked.get("ts", ""), asked.get("wait", "")
        seconds = int(wait) if wait.isdecimal() else 0
        return _json(await poll.check(page, key=key, ts=ts, wait=seconds))


def _refreshing(router: APIRouter, network: NetworkContext) -> None:
    @router.post("/oauth2/auth")
    async def refresh(request: Request) -> Response:
        """Change a refresh token, once, for an hour of a user's rights."""
        asked = await _params(request)
        book = network.tokens
        old = book.find(asked.get("refresh_token"))
        if asked.get("grant_type") != "refresh_token":
            return _json({"error": "invalid_request"}, 400)
        if old is None or old.kind != _REFRESH or old.is_revoked:
            return _json({"error": "invalid_grant"}, 400)
        book.revoke(old.value)
        now = network.clock()
        user = book.issue(USER, owner=old.owner, now=now, lifetime=USER_LIFE)
        made = book.issue(_REFRESH, owner=old.owner)
        return _json(
            {
                "access_token": user.value,
                "refresh_token": made.value,
                "token_type": "Bearer",
                "expires_in": int(USER_LIFE.total_seconds()),
                "user_id": 700_000_000,
                "state": asked.get("state", ""),
                "scope": "wall groups stats",
            }
        )


async def _params(request: Request) -> dict[str, str]:
    """Read the query and the form; a JSON body says nothing to VK."""
    form = await request.form()
    fields = {name: str(value) for name, value in form.items()}
    return {**request.query_params, **fields}


def _json(body: dict[str, Any], status: int = 200) -> Response:
    return JSONResponse(
        body, status, headers={"Content-Type": "application/json; charset=utf-8"}
    )
