"""The methods of the Bot API that Otklik calls, and their refusals."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from infra.sandbox.networks.context import ResponseLost
from infra.sandbox.networks.telegram import shapes
from infra.sandbox.networks.telegram.server import BotState, Server
from infra.sandbox.stage import Item, StagePage
from infra.sandbox.stage.plans import WriteMode
from infra.sandbox.stage.tokens import Token, TokenState
from infra.sandbox.world import Kind

UNAUTHORIZED: Final = 401
FORBIDDEN: Final = 403
CONFLICT: Final = 409
BAD_REQUEST: Final = 400
TOO_MANY: Final = 429
OTHER_POLLER: Final = (
    "Conflict: terminated by other getUpdates request; make sure that only one bot "
    "instance is running"
)
_HOOKED: Final = (
    "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook "
    "to delete the webhook first"
)
_CALLS_PER_SECOND: Final = 30
_MOST: Final = 100
_LONGEST_TEXT: Final = 4096
_LOOK_EVERY: Final = 0.05
_LONGEST_POLL: Final = 50.0

Json = Mapping[str, Any]
Method = Callable[[Server, Token, Json], Awaitable[Response]]


def add_routes(router: APIRouter, server: Server) -> None:
    """Answer POST and GET as the Bot API does."""

    @router.api_route("/telegram/bot{token}/{method}", methods=["GET", "POST"])
    async def call(token: str, method: str, request: Request) -> Response:
        network = server.network
        found = network.tokens.find(token)
        if network.tokens.state(token, network.now()) is not TokenState.VALID:
            network.meter.admit(token, network.now())
            network.meter.died(token)
            return refused(UNAUTHORIZED, "Unauthorized")
        if found is None or method not in METHODS:
            return refused(404, "Not Found")
        if not network.meter.admit(token, network.now(), limit=_CALLS_PER_SECOND):
            return too_many(1)
        return await METHODS[method](server, found, await _params(request))


async def _params(request: Request) -> Json:
    body = await request.body()
    given: dict[str, Any] = dict(request.query_params)
    if body:
        given |= await request.json()
    return given


def fine(result: object) -> JSONResponse:
    return JSONResponse({"ok": True, "result": result})


def refused(code: int, description: str, **parameters: int) -> JSONResponse:
    body: dict[str, Any] = {
        "ok": False,
        "error_code": code,
        "description": description,
    }
    if parameters:
        body["parameters"] = parameters
    return JSONResponse(body, code)


def too_many(seconds: int) -> JSONResponse:
    text = f"Too Many Requests: retry after {seconds}"
    answer = refused(TOO_MANY, text, retry_after=seconds)
    answer.headers["Retry-After"] = str(seconds)
    return answer


async def _get_updates(server: Server, token: Token, params: Json) -> Response:
    bot = server.bot(token)
    if bot.hook is not None:
        return refused(CONFLICT, _HOOKED)
    bot.poll += 1
    mine = bot.poll
    bot.inbox.allowed = params.get("allowed_updates") or bot.inbox.allowed
    bot.inbox.collect()
    bot.inbox.forget_before(int(params.get("offset") or 0))
    left = min(float(params.get("timeout") or 0), _LONGEST_POLL)
    while not bot.inbox.waiting and left > 0:
        await asyncio.sleep(_LOOK_EVERY)
        left -= _LOOK_EVERY
        if bot.poll != mine:
            return refused(CONFLICT, OTHER_POLLER)
        bot.inbox.collect()
    most = min(int(params.get("limit") or _MOST), _MOST)
    return fine([update.json for update in bot.inbox.waiting[:most]])


async def _get_me(server: Server, token: Token, _: Json) -> Response:
    number = token.value.partition(":")[0]
    return fine(
        {
            "id": int(number) if number.isdecimal() else 800,
            "is_bot": True,
            **_named(server, token),
            "can_join_groups": True,
            "can_read_all_group_messages": True,
            "supports_inline_queries": False,
        }
    )


def _named(server: Server, token: Token) -> dict[str, str]:
    """Name a bot: the one of all channels, or one that is in a single channel."""
    if token.owner is None:
        return {
            "first_name": "Официальный ответ",
            "username": "vetlogorsk_answer_bot",
        }
    page = server.network.stage.page(token.owner)
    return {"first_name": page.name, "username": f"{page.screen_name}_bot"}


async def _get_chat(server: Server, token: Token, params: Json) -> Response:
    page = server.page_of(params.get("chat_id"))
    problem = _no_access(server, page, token, params.get("chat_id"))
    if page is None or problem is not None:
        return problem or refused(BAD_REQUEST, "Bad Request: chat not found")
    is_group = str(params["chat_id"]) == str(shapes.group_id(page))
    own, other = shapes.channel(page), shapes.group(page)
    chat, linked = (other, own) if is_group else (own, other)
    gifts = dict.fromkeys(
        (
            "unlimited_gifts",
            "limited_gifts",
            "unique_gifts",
            "premium_subscription",
            "gifts_from_channels",
        ),
        False,
    )
    more = {
        "accent_color_id": 0,
        "max_reaction_count": 11,
        "accepted_gift_types": gifts,
        "linked_chat_id": linked["id"],
    }
    return fine({**chat, **more})


async def _get_member_count(server: Server, token: Token, params: Json) -> Response:
    page = server.page_of(params.get("chat_id"))
    problem = _no_access(server, page, token, params.get("chat_id"))
    if page is None or problem is not None:
        return problem or refused(BAD_REQUEST, "Bad Request: chat not found")
    return fine(page.members)


def _no_access(
    server: Server, page: StagePage | None, token: Token, chat: object
) -> Response | None:
    moved = server.migrated(chat)
    if moved is not None:
        return refused(
            BAD_REQUEST,
            "Bad Request: group chat was upgraded to a supergroup chat",
            migrate_to_chat_id=shapes.group_id(moved),
        )
    if page is None:
        return refused(BAD_REQUEST, "Bad Request: chat not found")
    if page.is_banned or token.owner not in {None, page.code}:
        return refused(FORBIDDEN, "Forbidden: bot was kicked from the supergroup chat")
    return None


async def _send_message(server: Server, token: Token, params: Json) -> Response:
    chat = params.get("chat_id")
    page = server.page_of(chat)
    problem = _no_access(server, page, token, chat)
    if page is None or problem is not None:
        return problem or refused(BAD_REQUEST, "Bad Request: chat not found")
    if len(str(params.get("text") or "")) > _LONGEST_TEXT:
        return refused(BAD_REQUEST, "Bad Request: message is too long")
    target = _target(server, page, params)
    if target is None or target.is_deleted:
        return _no_target()
    if not server.may_send(shapes.group_id(page)):
        server.network.meter.over_limit(token.value)
        return too_many(37)
    return _publish(server, token, target, str(params.get("text") or ""))


def _publish(server: Server, token: Token, target: Item, text: str) -> Response:
    network, page = server.network, server.network.stage.page(target.page)
    went = network.publish(page.code, target.id, text, token=token, guid=None)
    if went.mode is WriteMode.LIMITED:
        return too_many(37)
    if went.mode is WriteMode.DELETED_TARGET:
        return _no_target()
    if went.item is None:
        return refused(
            BAD_REQUEST, "Bad Request: not enough rights to send text messages"
        )
    server.own.add((page.code, went.item.id))
    if went.mode is WriteMode.LOST:
        raise ResponseLost
    return fine(_sent(page, went.item, network.timestamp()))


def _no_target() -> JSONResponse:
    return refused(BAD_REQUEST, "Bad Request: message to be replied not found")


def _target(server: Server, page: StagePage, params: Json) -> Item | None:
    """Find what is answered: a comment, or the group's copy of a post."""
    reply = params.get("reply_parameters")
    number = reply.get("message_id") if isinstance(reply, dict) else None
    if not isinstance(number, int):
        return None
    item = server.network.stage.find(page.code, shapes.item_of(number))
    is_copy = number % 2 == 0
    if item is None or (item.kind is Kind.POST) is not is_copy:
        return None
    return item


def _sent(page: StagePage, item: Item, now: int) -> dict[str, Any]:
    return {
        "message_id": shapes.comment_id(item.id),
        "message_thread_id": shapes.copy_id(item.root or 0),
        "from": {"id": 800, "is_bot": True, "first_name": "Официальный ответ"},
        "chat": shapes.group(page),
        "date": now,
        "text": item.text,
    }


async def _set_webhook(server: Server, token: Token, params: Json) -> Response:
    url, secret = str(params.get("url") or ""), str(params.get("secret_token") or "")
    server.hook(token, url, secret, params.get("allowed_updates") or [])
    return fine(result=True)


async def _delete_webhook(server: Server, token: Token, _: Json) -> Response:
    server.hook(token, "", "", [])
    return fine(result=True)


async def _get_webhook_info(server: Server, token: Token, _: Json) -> Response:
    bot = server.bot(token)
    return fine(_info(bot))


def _info(bot: BotState) -> dict[str, Any]:
    if bot.hook is None:
        waiting, url, error = len(bot.inbox.waiting), "", None
    else:
        hook = bot.hook
        waiting, url, error = len(hook.line.waiting), hook.url, hook.last_error
    info = {
        "url": url,
        "has_custom_certificate": False,
        "pending_update_count": waiting,
    }
    return info if error is None else {**info, "last_error_message": error}


METHODS: Final[Mapping[str, Method]] = {
    "getUpdates": _get_updates,
    "getMe": _get_me,
    "getChat": _get_chat,
    "getChatMemberCount": _get_member_count,
    "sendMessage": _send_message,
    "setWebhook": _set_webhook,
    "deleteWebhook": _delete_webhook,
    "getWebhookInfo": _get_webhook_info,
}
