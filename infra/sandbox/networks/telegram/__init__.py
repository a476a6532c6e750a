"""Telegram's fake: the Bot API under /telegram, public previews under /tme.

`api` answers methods out of `inbox` (a bot's updates) and `shapes` (their JSON),
`webhook` pushes, `preview` shows channels. MTProto has no fake on the wire: it is cut
at the connector's port.
"""

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse

from infra.sandbox.networks.context import FakeNetwork, NetworkContext
from infra.sandbox.networks.telegram import api, preview
from infra.sandbox.networks.telegram.server import Server
from infra.sandbox.networks.telegram.site import spot_of
from infra.sandbox.stage.plans import Fault

CHANGED_MARKUP = 200
"""The `code` of a `limit` fault that shows a preview in a markup nobody knows."""


def routes(network: NetworkContext) -> APIRouter:
    """Serve one bot, made a member of everything, and every channel's preview."""
    server = Server(network)
    network.tokens.issue("bot", value="800:sandbox-bot")
    router = APIRouter()
    api.add_routes(router, server)
    preview.add_routes(router, server)
    network.on_tick(server.deliver)
    return router


async def route_name(request: Request) -> str:
    """Call a request by the Bot API's method, or "preview"."""
    head, _, rest = request.url.path.strip("/").partition("/")
    return "preview" if head == "tme" else rest.rpartition("/")[2]


def limited(fault: Fault) -> Response:
    """Refuse as the Bot API does; `code` 409 says that another program polls."""
    if fault.code == CHANGED_MARKUP:
        return HTMLResponse("<html><body><main id='app'></main></body></html>")
    if fault.code == api.CONFLICT:
        return api.refused(api.CONFLICT, api.OTHER_POLLER)
    wait = 1 if fault.retry_after is None else fault.retry_after
    refusal = api.too_many(wait)
    return refusal if isinstance(refusal, JSONResponse) else Response(status_code=429)


FAKE = FakeNetwork(
    "telegram",
    ("/telegram", "/tme"),
    routes,
    route_name,
    limited,
    site="t.me",
    spot_of=spot_of,
)
