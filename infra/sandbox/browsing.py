"""The pages a person opens in a browser: the world, and what stands on the fakes."""

from http import HTTPStatus
from typing import Final

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from infra.sandbox.network import Network
from infra.sandbox.pages.views import Pages, PostView
from infra.sandbox.staged import Staged
from infra.sandbox.world import Page
from shared.errors import NotFound

_ON_A_PAGE: Final = 30
_POLICY: Final = "default-src 'none'; style-src 'self'; base-uri 'none'"


def routes(network: Network, staged: Staged) -> APIRouter:
    """Lists of pages, pages, single posts, permalinks of the fake networks."""
    router = APIRouter(default_response_class=HTMLResponse)
    pages = Pages(network.world.region)
    _lists(router, network, staged, pages)
    _posts(router, network, staged, pages)
    return router


def _lists(router: APIRouter, network: Network, staged: Staged, pages: Pages) -> None:
    @router.get("/", include_in_schema=False)
    async def root() -> Response:
        return RedirectResponse("/pages")

    @router.get("/pages")
    async def index() -> Response:
        return _html(pages.index())

    @router.get("/pages/{page}")
    async def page_of(page: str) -> Response:
        try:
            found = network.page(page)
        except NotFound:
            return _html(pages.missing(), HTTPStatus.NOT_FOUND)
        if staged.has(found):
            return _html(pages.page(found, staged.posts(pages, found)))
        posts = network.world.recent(found, network.clock(), _ON_A_PAGE)
        views = [network.view(pages, post, with_comments=False) for post in posts]
        return _html(pages.page(found, views))


def _posts(router: APIRouter, network: Network, staged: Staged, pages: Pages) -> None:
    @router.get("/pages/{page}/posts/{post_id}")
    async def post_of(page: str, post_id: str) -> Response:
        try:
            found = network.page(page)
            view = _shown(network, staged, pages, found, post_id)
        except NotFound:
            return _html(pages.missing(), HTTPStatus.NOT_FOUND)
        return _html(pages.post(found, view))

    @router.get("/site/{host}/{path:path}")
    async def site(request: Request, host: str, path: str) -> Response:
        """Open a permalink of a fake network."""
        asked = path.strip("/")
        query = request.url.query
        address = staged.address(host, f"{asked}?{query}" if query else asked)
        if address is None:
            return _html(pages.missing(), HTTPStatus.NOT_FOUND)
        return RedirectResponse(address)


def _shown(
    network: Network, staged: Staged, pages: Pages, page: Page, post_id: str
) -> PostView:
    """Give a post of a fake network by its number there, else one of the world."""
    if staged.has(page) and post_id.isdecimal():
        view = staged.post(pages, page, post_id)
        if view is None:
            raise NotFound("post", post_id)
        return view
    post = network.thread(page, network.post(page, post_id))
    return network.view(pages, post, with_comments=True)


def _html(text: str, status: HTTPStatus = HTTPStatus.OK) -> Response:
    return HTMLResponse(text, status, {"Content-Security-Policy": _POLICY})
