"""How a bot hears of things: by long poll, or by a webhook, never both."""

import asyncio
from itertools import islice
from typing import Any, Final

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from infra.sandbox.networks.max.errors import NOT_ALLOWED, refused, too_many
from infra.sandbox.networks.max.server import BotState, Server, Webhook, guarded
from infra.sandbox.stage.push import PushLine
from infra.sandbox.stage.tokens import Token

_POLLS_PER_SECOND: Final = 2
_MOST: Final = 100
_LONGEST_POLL: Final = 30.0
_USUAL_POLL: Final = "30"
_LOOK_EVERY: Final = 0.05


def add_routes(router: APIRouter, server: Server) -> None:
    """Add the routes of updates and subscriptions."""
    for method, path, answer in (
        ("GET", "/updates", _poll),
        ("GET", "/subscriptions", _subscriptions),
        ("POST", "/subscriptions", _subscribe),
        ("DELETE", "/subscriptions", _unsubscribe),
    ):
        router.add_api_route(path, guarded(server, answer), methods=[method])


async def _poll(server: Server, token: Token, request: Request) -> Response:
    bot = server.bot(token)
    if bot.hook is not None:
        return refused(NOT_ALLOWED)
    if not server.is_within(token, "updates", _POLLS_PER_SECOND):
        return too_many(1)
    return await _updates(server, bot, dict(request.query_params))


async def _subscriptions(server: Server, token: Token, _: Request) -> Response:
    hook = server.bot(token).hook
    listed = [] if hook is None else [{"url": hook.url, "time": 0}]
    return JSONResponse({"subscriptions": listed})


async def _subscribe(server: Server, token: Token, request: Request) -> Response:
    body: dict[str, Any] = await request.json()
    bot = server.bot(token)
    bot.inbox.types = body.get("update_types") or ()
    line = PushLine(server.network.deliveries, server.network.clock)
    bot.hook = Webhook(str(body["url"]), str(body.get("secret") or ""), line)
    return JSONResponse({"success": True})


async def _unsubscribe(server: Server, token: Token, _: Request) -> Response:
    server.bot(token).hook = None
    return JSONResponse({"success": True})


async def _updates(server: Server, bot: BotState, params: dict[str, str]) -> Response:
    bot.inbox.types = tuple(filter(None, params.get("types", "").split(",")))
    bot.inbox.collect()
    if params.get("marker", "").isdecimal():
        bot.inbox.commit(int(params["marker"]))
    left = min(float(params.get("timeout", _USUAL_POLL)), _LONGEST_POLL)
    while not bot.inbox.waiting and left > 0:
        await asyncio.sleep(_LOOK_EVERY)
        left -= _LOOK_EVERY
        server.network.catch_up()
        bot.inbox.collect()
    most = min(int(params.get("limit", _MOST)), _MOST)
    told = list(islice(bot.inbox.waiting, most))
    marker = told[-1].number + 1 if told else bot.inbox.marker
    return JSONResponse({"updates": [each.json for each in told], "marker": marker})
