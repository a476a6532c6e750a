"""The paths of the fake Instagram, its tokens, and its errors on demand."""

from typing import Any, Final

from fastapi import APIRouter, Request
from fastapi.responses import Response

from infra.sandbox.graph import gate
from infra.sandbox.graph.call import APP, APP_ID, APP_SECRET, PAGE, Call, Server
from infra.sandbox.graph.errors import GraphError, gone
from infra.sandbox.graph.fields import Node, select
from infra.sandbox.graph.hooks import Hooks
from infra.sandbox.graph.usage import Usage
from infra.sandbox.graph.writing import publish
from infra.sandbox.networks.context import NetworkContext
from infra.sandbox.networks.instagram import edges
from infra.sandbox.networks.instagram.events import events_of
from infra.sandbox.networks.instagram.hashtags import Hashtags
from infra.sandbox.networks.instagram.ids import (
    account_id,
    find_account,
    find_item,
    object_id,
)
from infra.sandbox.networks.instagram.objects import (
    USUAL_COMMENT,
    USUAL_MEDIA,
    comment_node,
    is_own,
    linked_account,
    media_node,
)
from infra.sandbox.stage import Item, StagePage
from infra.sandbox.stage.plans import Fault

LIMIT: Final = 80_002
_PAGE_FIELDS: Final = frozenset({"id", "name", "instagram_business_account"})


def limited(fault: Fault) -> Response:
    """Refuse with any code; 80002 without one."""
    return gate.limited(fault, LIMIT)


def routes(network: NetworkContext) -> APIRouter:
    """Issue tokens, serve, and push."""
    issue_tokens(network)
    server = Server(network, Usage("instagram"))
    hooks = Hooks(network, "instagram", account_id, events_of(network.stage))
    network.on_tick(hooks.deliver_due)
    return router_of(server, hooks)


def issue_tokens(network: NetworkContext) -> None:
    """Give out the app's own token, and that of the page each account is linked to."""
    network.tokens.issue(APP, value=f"{APP_ID}|{APP_SECRET}")
    for page in network.stage.pages:
        network.tokens.issue(PAGE, owner=page.code, value=f"ig-page-{account_id(page)}")


def router_of(server: Server, hooks: Hooks) -> APIRouter:
    """Serve every version under the same paths."""
    router = APIRouter(prefix="/instagram", include_in_schema=False)
    instagram = gate.Gate(server, _Instagram(hooks, Hashtags()).handle, LIMIT)

    @router.api_route("/{version}/{path:path}", methods=["GET", "POST"])
    async def graph(request: Request, version: str, path: str) -> Response:
        return await instagram.answer(request, version, path)

    return router


class _Instagram:
    def __init__(self, hooks: Hooks, hashtags: Hashtags) -> None:
        self._hooks = hooks
        self._hashtags = hashtags

    async def handle(self, call: Call, path: str, method: str) -> dict[str, Any]:
        """Find what is meant: an account, a hashtag, a publication or a comment."""
        name, _, edge = path.strip("/").partition("/")
        if name == APP_ID and edge == "subscriptions" and method == "POST":
            return await self._hooks.subscribe(call)
        if name == "me":
            return self._of_page(call, edge)
        if name == "ig_hashtag_search":
            return self._hashtags.search(call)
        if self._hashtags.knows(name) and edge == "recent_media":
            return self._hashtags.recent_media(call, name)
        page = find_account(call.stage, name)
        if page is not None:
            return self._of_account(call, page, edge, method)
        return _of_item(call, _item(call, name), edge, method)

    def _of_page(self, call: Call, edge: str) -> dict[str, Any]:
        """Show the page of the token, and which account is linked to it."""
        page = call.own_page()
        if page is None:
            raise GraphError(10)
        if edge == "subscribed_apps":
            return self._hooks.add_page(call, page)
        shown = {
            "id": str(page.number),
            "name": page.name,
            "instagram_business_account": linked_account(page),
        }
        return select(Node("Page", shown, _PAGE_FIELDS), call.fields, "name")

    def _of_account(
        self, call: Call, page: StagePage, edge: str, method: str
    ) -> dict[str, Any]:
        """Show our own account alone: others look as if they did not exist."""
        if not call.speaks_for(page) or page.is_banned:
            raise gone(account_id(page))
        if not edge:
            return select(edges.account_node(call, page), call.fields, "id")
        if edge in {"media", "tags"}:
            return edges.media(call, page, edge)
        if edge == "insights":
            return edges.insights(call, page)
        if edge == "recently_searched_hashtags":
            return self._hashtags.recently_searched(call, page)
        if edge == "mentions" and method == "POST":
            return _answer_mention(call, page)
        raise GraphError(100, f"(#100) Tried accessing nonexisting field ({edge})")


def _item(call: Call, name: str) -> Item:
    """Find a publication of our own, or a comment below one."""
    item = find_item(call.stage, name)
    if item is None or not call.server.is_visible(item):
        raise gone(name)
    root = item if item.root is None else call.stage.item(item.page, item.root)
    if not is_own(root) or not call.speaks_for(call.stage.page(item.page)):
        raise gone(name)
    return item


def _of_item(call: Call, item: Item, edge: str, method: str) -> dict[str, Any]:
    below = "comments" if item.root is None else "replies"
    if edge == below and method == "POST":
        return _published(call, item)
    if edge == below:
        is_root = item.root is None
        return edges.comments(call, item) if is_root else edges.replies(call, item)
    if edge:
        raise GraphError(100, f"(#100) Tried accessing nonexisting field ({edge})")
    if item.root is None:
        return select(media_node(call, item), call.fields, USUAL_MEDIA)
    return select(comment_node(call, item), call.fields, USUAL_COMMENT)


def _published(call: Call, above: Item) -> dict[str, Any]:
    made = publish(call, above, limit_code=LIMIT)
    return {"id": object_id(call.stage.page(made.page), made.id)}


def _answer_mention(call: Call, page: StagePage) -> dict[str, Any]:
    """Answer where somebody named the account, on its behalf."""
    name = call.params.get("comment_id") or call.params.get("media_id", "")
    item = find_item(call.stage, name)
    named = f"@{page.screen_name}"
    if item is None or not call.server.is_visible(item) or named not in item.text:
        raise gone(name)
    return _published(call, item)
