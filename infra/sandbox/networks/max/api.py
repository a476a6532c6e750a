"""What MAX's bot API lets a bot read: itself, chats, messages, comments."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from infra.sandbox.networks.max import shapes
from infra.sandbox.networks.max.errors import FORBIDDEN, NOT_FOUND, refused
from infra.sandbox.networks.max.server import Answer, Server, guarded
from infra.sandbox.stage import Item, StagePage
from infra.sandbox.stage.tokens import Token
from infra.sandbox.world import Kind

_MOST: Final = 100
_USUAL: Final = 50
_RIGHTS: Final = ("read_all_messages", "write", "edit", "delete", "view_stats")


def add_routes(router: APIRouter, server: Server) -> None:
    """Add the reading routes."""
    for path, answer in _ROUTES.items():
        router.add_api_route(path, guarded(server, answer), methods=["GET"])


async def _me(_: Server, __: Token, ___: Request) -> Response:
    return JSONResponse(shapes.bot())


async def _chat(server: Server, token: Token, request: Request) -> Response:
    page = _named(server, request.path_params["chat"])
    if page is None or token.owner not in {None, page.code}:
        return refused(NOT_FOUND, "chat.not.found")
    status = "removed" if page.is_banned else "active"
    return JSONResponse(shapes.chat(page, status))


async def _membership(server: Server, token: Token, request: Request) -> Response:
    page = _named(server, request.path_params["chat"])
    if page is None or not server.may_see(token, page):
        return refused(FORBIDDEN)
    rights = [each for each in _RIGHTS if each not in server.rights_taken]
    member = {"is_owner": False, "is_admin": True, "permissions": rights}
    return JSONResponse({**shapes.bot(), **member})


async def _messages(server: Server, token: Token, request: Request) -> Response:
    names = request.query_params.get("message_ids")
    if names is None:
        return _history(server, token, request)
    found = (seen(server, token, name) for name in names.split(","))
    stage = server.network.stage
    shown = [shapes.message(*each, stage, listed=True) for each in found if each]
    return JSONResponse({"messages": shown})


async def _message(server: Server, token: Token, request: Request) -> Response:
    found = seen(server, token, request.path_params["message"])
    if found is None or shapes.is_comment(*found):
        return refused(NOT_FOUND, "message.not.found")
    return JSONResponse(shapes.message(*found, server.network.stage))


async def _comments(server: Server, token: Token, request: Request) -> Response:
    found = seen(server, token, request.path_params["message"])
    if found is None or not shapes.is_channel(found[0]):
        return refused(NOT_FOUND, "message.not.found")
    page, post = found
    if page.code in server.comments_off:
        return refused(FORBIDDEN, "comments.denied", "Comments are switched off")
    under = server.network.stage.comments(page.code, post.id)
    return _page(server, page, reversed(under), request, ("before", "after"))


async def _comment(server: Server, token: Token, request: Request) -> Response:
    post = seen(server, token, request.path_params["message"])
    found = seen(server, token, request.path_params["comment"])
    if post is None or found is None or found[1].root != post[1].id:
        return refused(NOT_FOUND, "message.not.found")
    return JSONResponse(shapes.message(*found, server.network.stage))


_ROUTES: Final[Mapping[str, Answer]] = {
    "/me": _me,
    "/chats/{chat}": _chat,
    "/chats/{chat}/members/me": _membership,
    "/messages": _messages,
    "/messages/{message}": _message,
    "/messages/{message}/comments": _comments,
    "/messages/{message}/comments/{comment}": _comment,
}


def seen(server: Server, token: Token, name: str) -> tuple[StagePage, Item] | None:
    """Find what stands under a `mid` where this bot may look."""
    stage = server.network.stage
    found = server.index.find(name)
    if found is None or not server.may_see(token, found[0]):
        return None
    is_there = shapes.is_shown(stage, found[1])
    key = (found[1].page, found[1].id)
    return found if is_there and key not in server.vanished else None


def _named(server: Server, name: str) -> StagePage | None:
    if name.removeprefix("-").isdecimal():
        return shapes.page_at(server.network.stage, int(name))
    page = server.network.stage.find_page(name.removeprefix("@"))
    return page if page is not None and shapes.is_channel(page) else None


def _history(server: Server, token: Token, request: Request) -> Response:
    chat = _whole(request.query_params.get("chat_id"))
    page = shapes.page_at(server.network.stage, chat or 0)
    if page is None or not server.may_see(token, page):
        return refused(FORBIDDEN)
    newest = _whole(request.query_params.get("from"))
    found = server.index.messages(page, newest)
    return _page(server, page, found, request, ("from", "to"))


def _page(
    server: Server,
    page: StagePage,
    items: Iterable[Item],
    request: Request,
    names: tuple[str, str],
) -> Response:
    """Show a page, newest first: from one moment down to another, both included."""
    stage, asked = server.network.stage, request.query_params
    newest, oldest = (_whole(asked.get(name)) for name in names)
    most = min(max(_whole(asked.get("count")) or _USUAL, 1), _MOST)
    shown: list[dict[str, Any]] = []
    for item in items:
        at = shapes.milliseconds(item.created_at)
        if len(shown) >= most or (oldest is not None and at < oldest):
            break
        is_out = (item.page, item.id) in server.vanished
        is_out = is_out or not shapes.is_shown(stage, item)
        if is_out or (newest is not None and at > newest):
            continue
        is_listed = item.kind is Kind.POST
        shown.append(shapes.message(page, item, stage, listed=is_listed))
    return JSONResponse({"messages": shown})


def _whole(value: str | None) -> int | None:
    is_number = value is not None and value.removeprefix("-").isdecimal()
    return int(value) if value is not None and is_number else None
