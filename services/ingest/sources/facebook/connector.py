"""Facebook as a network that can be watched."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from services.ingest.domain.posts import Network
from services.ingest.sources.base import ErrorKind, Source, SourceError
from services.ingest.sources.connector import Access, Checked, Figure, Place
from services.ingest.sources.facebook.figures import figures_of, insights_of
from services.ingest.sources.facebook.links import recognise
from services.ingest.sources.facebook.page import (
    FEED,
    card_of,
    opener,
    post_in,
)
from services.ingest.sources.meta.items import number_in
from services.ingest.sources.meta.watch import GraphSource
from shared.networks.calls import is_skewed
from shared.networks.meta import Graph
from shared.networks.meta.client import APP, PAGE_TOKEN

_NO_GROUPS: Final = "Meta has closed the interface of groups: only pages can be watched"
_BY_HAND: Final = "answers are copied and pasted by hand"
_NO_STATISTICS: Final = "statistics need a token of the page with read_insights"


class FacebookConnector:
    """Pages of Facebook, and single posts of them.

    Options of a source: `history_days`, `calls_per_poll`, `page_size`, `per_second`
    (1 to 20), `version` (of Graph), `insights` (our names of metrics by Meta's).
    """

    network = Network.FACEBOOK
    token_kinds: tuple[str, ...] = (PAGE_TOKEN, APP)
    off_by_default = True

    def recognise(self, link: str) -> Place | None:
        """Say what a link leads to; groups, too, in order to refuse them."""
        return recognise(link)

    def open(self, place: Place, access: Access) -> Source:
        """Make the source that polls a place; raises `SourceError` for a group."""
        _refuse_groups(place)
        post = post_in(place)
        only = None if post is None else (lambda page: f"{page}_{post}")
        return GraphSource(access, opener(place), only=only)

    async def check(self, place: Place, access: Access) -> Checked:
        """Ask Facebook about a place once; raises `SourceError`."""
        _refuse_groups(place)
        graph = Graph(access, self.network.value)
        card = await card_of(place, graph)
        page, post = str(card["id"]), post_in(place)
        graph = Graph(access, self.network.value, about=page)
        await graph.page(f"{page}/{FEED}", after=None, limit=1, fields="id")
        has_statistics = bool(await insights_of(graph, page, now=access.clock()))
        return Checked(
            title=str(card.get("name") or page),
            native=page if post is None else f"{page}_{post}",
            followers=number_in(card, "followers_count"),
            can=("read", "comments", *(("statistics",) if has_statistics else ())),
            warnings=tuple(_warnings(graph, has_statistics=has_statistics)),
        )

    async def figures(
        self, place: Place, access: Access, *, now: datetime
    ) -> tuple[Figure, ...]:
        """Figures of a page; a single post has none."""
        if place.kind != "page":
            return ()
        card = await card_of(place, Graph(access, self.network.value))
        graph = Graph(access, self.network.value, about=str(card["id"]))
        return await figures_of(graph, card, now=now)


def _refuse_groups(place: Place) -> None:
    if place.kind == "group":
        raise SourceError(_NO_GROUPS, ErrorKind.DISABLE)


def _warnings(graph: Graph, *, has_statistics: bool) -> Iterator[str]:
    yield _BY_HAND
    if not has_statistics:
        yield _NO_STATISTICS
    if graph.skew is not None and is_skewed(graph.skew):
        seconds = int(abs(graph.skew.total_seconds()))
        yield f"Meta's clock and ours differ by {seconds} s"
