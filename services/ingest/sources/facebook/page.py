"""A page of Facebook: which it is, and the edges where its posts are had."""

from collections.abc import Mapping
from typing import Any, Final

from services.ingest.sources.base import ErrorKind, SourceError
from services.ingest.sources.connector import Access, Place
from services.ingest.sources.facebook.parse import (
    COMMENT_FIELDS,
    POST_FIELDS,
    WORDS,
    comment_of,
    post_of,
)
from services.ingest.sources.meta.items import HEAD_EVERY, Edges, Item, Listing, Unknown
from services.ingest.sources.meta.state import GraphState
from services.ingest.sources.meta.watch import Open
from shared.networks.failures import NetworkError
from shared.networks.meta import Graph
from shared.networks.meta.edges import is_id
from shared.networks.meta.errors import INVALID_PARAMETER, code_of

PAGE_SIZE: Final = 100
FEED: Final = "feed"
LANES: Final = (FEED, "visitor_posts", "tagged")

_CARD: Final = "id,name,username,followers_count,fan_count"


class PageEdges:
    """The edges of one page. `tagged` lists what others wrote on pages of their own."""

    words = WORDS
    lanes: tuple[str, ...] = LANES
    strange = frozenset({"tagged"})
    fleeting: frozenset[str] = frozenset()
    every = HEAD_EVERY

    def __init__(self, graph: Graph, account: str) -> None:
        self.graph = graph
        self.account = account
        wanted = int(graph.access.options.get("page_size", PAGE_SIZE))
        self._size = min(max(wanted, 1), PAGE_SIZE)

    async def posts(self, lane: str, after: str | None, unknown: Unknown) -> Listing:
        page = await self.graph.page(
            f"{self.account}/{lane}", after=after, limit=self._size, fields=POST_FIELDS
        )
        found = (post_of(each, unknown, page=self.account) for each in page.data)
        return Listing(tuple(item for item in found if item is not None), page.after)

    async def comments(
        self,
        above: str,
        after: str | None,
        post: str,
        url: str | None,
        unknown: Unknown,
    ) -> Listing:
        page = await self.graph.page(
            f"{above}/comments",
            after=after,
            limit=self._size,
            filter="stream",
            order="reverse_chronological",
            fields=COMMENT_FIELDS,
        )
        found = (
            comment_of(each, unknown, post=post, page=self.account, url=url)
            for each in page.data
        )
        return Listing(tuple(item for item in found if item is not None), page.after)

    async def again(self, name: str, url: str | None, unknown: Unknown) -> Item | None:
        post, _, comment = name.partition("/")
        if not comment:
            data = await self.graph.get(post, fields=POST_FIELDS)
            return post_of(data, unknown, page=self.account)
        data = await self.graph.get(comment, fields=COMMENT_FIELDS)
        return comment_of(data, unknown, post=post, page=self.account, url=url)


def opener(place: Place) -> Open:
    """Make what opens the edges of a place's page."""

    async def make(access: Access, state: GraphState) -> Edges:
        graph = Graph(access, WORDS.network.value, about=state.account)
        if not state.account:
            state.account = str((await card_of(place, graph))["id"])
        return PageEdges(graph, state.account)

    return make


async def card_of(place: Place, graph: Graph) -> Mapping[str, Any]:
    """Ask for the page's card; raises `SourceError`, also for what is no page.

    A person has no such fields: no person is an object of search (Conduct 1).
    """
    asked = page_in(place).removeprefix("@")
    try:
        card = await graph.get(asked, fields=_CARD)
    except NetworkError as error:
        is_no_page = error.kind is ErrorKind.SKIP_ITEM
        if not is_no_page and code_of(error) != INVALID_PARAMETER:
            raise
        raise SourceError(
            f"Facebook shows us no page {asked}", ErrorKind.DISABLE, code=error.code
        ) from error
    if not is_id(card.get("id")):
        raise SourceError(f"Facebook shows us no page {asked}", ErrorKind.DISABLE)
    return card


def page_in(place: Place) -> str:
    """Give the page's number or `@name`, of a place that is a page or a post of it."""
    return place.native.rpartition("_")[0] if place.kind == "post" else place.native


def post_in(place: Place) -> str | None:
    """Give the number of the post within its page, where a place is one post."""
    return place.native.rpartition("_")[2] if place.kind == "post" else None
