"""What a bot may write: a comment under a channel's post, a message in a chat."""

from typing import Any, Final

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from infra.sandbox.networks.context import ResponseLost
from infra.sandbox.networks.max import shapes
from infra.sandbox.networks.max.api import seen
from infra.sandbox.networks.max.errors import (
    BAD_REQUEST,
    FORBIDDEN,
    NOT_FOUND,
    refused,
    too_many,
)
from infra.sandbox.networks.max.server import Server, guarded
from infra.sandbox.stage import AuthorKind, Item, StagePage, Writer
from infra.sandbox.stage.plans import WriteMode
from infra.sandbox.stage.tokens import Token

_LONGEST: Final = 4_000
_SENDS_PER_SECOND: Final = 2
_BOT: Final = Writer(AuthorKind.USER, shapes.BOT_ID, "Официальный ответ")


def add_routes(router: APIRouter, server: Server) -> None:
    """Add the writing routes."""
    comment, message = guarded(server, _comment), guarded(server, _message)
    router.add_api_route("/messages/{message}/comments", comment, methods=["POST"])
    router.add_api_route("/messages", message, methods=["POST"])


async def _comment(server: Server, token: Token, request: Request) -> Response:
    post = seen(server, token, request.path_params["message"])
    if post is None or not shapes.is_channel(post[0]):
        return refused(NOT_FOUND, "message.not.found")
    if post[0].code in server.comments_off or post[1].comments_closed:
        return refused(FORBIDDEN, "comments.denied", "Comments are switched off")
    return await _write(server, token, post, request)


async def _message(server: Server, token: Token, request: Request) -> Response:
    chat = request.query_params.get("chat_id", "")
    is_number = chat.removeprefix("-").isdecimal()
    page = shapes.page_at(server.network.stage, int(chat) if is_number else 0)
    if page is None or not server.may_see(token, page) or shapes.is_channel(page):
        return refused(FORBIDDEN)
    return await _write(server, token, (page, None), request)


async def _write(
    server: Server,
    token: Token,
    place: tuple[StagePage, Item | None],
    request: Request,
) -> Response:
    page, post = place
    body: dict[str, Any] = await request.json()
    text, link = str(body.get("text") or ""), body.get("link")
    if not text or len(text) > _LONGEST:
        return refused(BAD_REQUEST, message="text: size must be between 1 and 4000")
    target = post
    if isinstance(link, dict):
        linked = seen(server, token, str(link.get("mid")))
        target = linked[1] if linked and linked[0] == page else None
    if target is None:
        return refused(NOT_FOUND, "message.not.found")
    if not server.is_within(token, f"send/{page.code}", _SENDS_PER_SECOND):
        return too_many(1)
    return _published(server, token, target, text)


def _published(server: Server, token: Token, target: Item, text: str) -> Response:
    """Publish: a channel answers as itself, in a chat it is the bot who speaks."""
    network, page = server.network, server.network.stage.page(target.page)
    writer = None if shapes.is_channel(page) else _BOT
    went = network.publish(
        page.code, target.id, text, token=token, guid=None, writer=writer
    )
    if went.mode is WriteMode.LIMITED:
        return too_many(1)
    if went.mode is WriteMode.DELETED_TARGET:
        return refused(NOT_FOUND, "message.not.found")
    if went.item is None:
        return refused(went.code or FORBIDDEN)
    server.own.add((page.code, went.item.id))
    if went.mode is WriteMode.LOST:
        raise ResponseLost
    shown = shapes.message(page, went.item, network.stage)
    return JSONResponse({"message": shown})
