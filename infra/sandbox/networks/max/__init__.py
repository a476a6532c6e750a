"""MAX's fake: the bot API under /max.

`api` answers out of `shapes` (the JSON of chats, messages, comments), `inbox` keeps a
bot's updates, `server` the bots and their webhooks, `answers` publishes.
"""

from fastapi import APIRouter, Response

from infra.sandbox.networks.context import FakeNetwork, NetworkContext
from infra.sandbox.networks.max import answers, api, updates
from infra.sandbox.networks.max.errors import refused, too_many
from infra.sandbox.networks.max.server import Server
from infra.sandbox.stage.plans import Fault

TOKEN = "max-sandbox-bot"  # noqa: S105 -- the sandbox's, no secret


def routes(network: NetworkContext) -> APIRouter:
    """Serve one bot, made an administrator of every chat and channel."""
    network.tokens.issue("bot", value=TOKEN)
    return router_of(Server(network))


def router_of(server: Server) -> APIRouter:
    """Answer out of a server's state."""
    router = APIRouter(prefix="/max")
    api.add_routes(router, server)
    answers.add_routes(router, server)
    updates.add_routes(router, server)
    server.network.on_tick(server.deliver)
    return router


def limited(fault: Fault) -> Response:
    """Refuse in MAX's form; `code` is another status than 429."""
    if fault.code is None:
        return too_many(fault.retry_after)
    return refused(fault.code)


FAKE = FakeNetwork("max", ("/max",), routes, limited=limited)
