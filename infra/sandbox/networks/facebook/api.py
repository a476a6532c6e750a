"""The paths of the fake Facebook, its tokens, and its errors on demand."""

from typing import Any, Final

from fastapi import APIRouter, Request
from fastapi.responses import Response

from infra.sandbox.graph import gate
from infra.sandbox.graph.call import APP, APP_ID, APP_SECRET, PAGE, READER, Call, Server
from infra.sandbox.graph.errors import GraphError, gone
from infra.sandbox.graph.fields import select
from infra.sandbox.graph.hooks import Hooks
from infra.sandbox.graph.usage import Usage
from infra.sandbox.graph.writing import publish
from infra.sandbox.networks.context import NetworkContext
from infra.sandbox.networks.facebook import edges
from infra.sandbox.networks.facebook.events import events_of
from infra.sandbox.networks.facebook.ids import (
    comment_id,
    find_item,
    find_page,
    page_id,
)
from infra.sandbox.networks.facebook.objects import (
    USUAL_COMMENT,
    USUAL_POST,
    comment_node,
    page_node,
    post_node,
)
from infra.sandbox.stage import Item, StagePage
from infra.sandbox.stage.plans import Fault

LIMIT: Final = 80_001
_LANES: Final = frozenset({"feed", "posts", "visitor_posts", "tagged"})


def limited(fault: Fault) -> Response:
    """Refuse with any code; 80001 without one."""
    return gate.limited(fault, LIMIT)


def routes(network: NetworkContext) -> APIRouter:
    """Issue tokens, serve, and push."""
    issue_tokens(network)
    server = Server(network, Usage("pages"))
    hooks = Hooks(network, "page", page_id, events_of(network.stage))
    network.on_tick(hooks.deliver_due)
    return router_of(server, hooks)


def issue_tokens(network: NetworkContext) -> None:
    """Give out the app's own token, a reader's, and each page's."""
    network.tokens.issue(APP, value=f"{APP_ID}|{APP_SECRET}")
    network.tokens.issue(READER, value="fb-reader")
    for page in network.stage.pages:
        network.tokens.issue(PAGE, owner=page.code, value=f"fb-page-{page_id(page)}")


def router_of(server: Server, hooks: Hooks) -> APIRouter:
    """Serve every version under the same paths."""
    router = APIRouter(prefix="/facebook", include_in_schema=False)
    facebook = gate.Gate(server, _Facebook(hooks).handle, LIMIT)

    @router.api_route("/{version}/{path:path}", methods=["GET", "POST"])
    async def graph(request: Request, version: str, path: str) -> Response:
        return await facebook.answer(request, version, path)

    return router


class _Facebook:
    def __init__(self, hooks: Hooks) -> None:
        self._hooks = hooks

    async def handle(self, call: Call, path: str, method: str) -> dict[str, Any]:
        """Find what is meant: a page, a post or a comment; then its edge."""
        name, _, edge = path.strip("/").partition("/")
        if name == APP_ID and edge == "subscriptions" and method == "POST":
            return await self._hooks.subscribe(call)
        page = call.own_page() if name == "me" else find_page(call.stage, name)
        if page is not None and not page.is_banned:
            return self._of_page(call, page, edge, method)
        item = find_item(call.stage, name)
        if item is None or not call.server.is_visible(item):
            raise gone(name)
        return _of_item(call, item, edge, method)

    def _of_page(
        self, call: Call, page: StagePage, edge: str, method: str
    ) -> dict[str, Any]:
        if edge == "subscribed_apps" and method == "POST":
            return self._hooks.add_page(call, page)
        if not edge:
            return select(page_node(page), call.fields, "name")
        if edge in _LANES:
            return edges.posts(call, page, "feed" if edge == "posts" else edge)
        name, _, metric = edge.partition("/")
        if name == "insights":
            return edges.insights(call, page, metric)
        raise GraphError(100, f"(#100) Tried accessing nonexisting field ({edge})")


def _of_item(call: Call, item: Item, edge: str, method: str) -> dict[str, Any]:
    if edge == "comments" and method == "POST":
        call.check_rights(call.stage.page(item.page))
        made = publish(call, item, limit_code=LIMIT)
        return {"id": comment_id(call.stage.page(made.page), made)}
    if edge == "comments":
        return edges.comments(call, item)
    if edge:
        raise GraphError(100, f"(#100) Tried accessing nonexisting field ({edge})")
    if item.root is None:
        return select(post_node(call, item), call.fields, USUAL_POST)
    return select(comment_node(call, item), call.fields, USUAL_COMMENT)
