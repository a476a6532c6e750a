"""Instagram as a network that can be watched."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from services.ingest.domain.posts import Network
from services.ingest.sources.base import Source
from services.ingest.sources.connector import Access, Checked, Figure, Place
from services.ingest.sources.instagram import account, hashtag
from services.ingest.sources.instagram.budget import claim
from services.ingest.sources.instagram.figures import card_of, figures_of, insights_of
from services.ingest.sources.instagram.links import recognise
from services.ingest.sources.instagram.owner import account_of
from services.ingest.sources.meta.items import number_in
from services.ingest.sources.meta.watch import GraphSource
from shared.networks.calls import is_skewed
from shared.networks.meta import Graph
from shared.networks.meta.client import APP, PAGE_TOKEN

_BY_HAND: Final = "answers are copied and pasted by hand"
_NO_ANSWERS: Final = "Instagram lets nobody comment on what a hashtag finds"
_NO_STATISTICS: Final = "statistics need instagram_manage_insights"


class InstagramConnector:
    """Professional accounts of our own, single publications of them, hashtags.

    Options of a source: `history_days`, `calls_per_poll`, `per_second` (1 to 20),
    `version` (of Graph), `insights` (our names of metrics by Meta's).
    """

    network = Network.INSTAGRAM
    token_kinds: tuple[str, ...] = (PAGE_TOKEN, APP)
    off_by_default = True

    def recognise(self, link: str) -> Place | None:
        """Say what a link leads to; whether an account is ours only Meta knows."""
        return recognise(link)

    def open(self, place: Place, access: Access) -> Source:
        """Make the source that polls a place."""
        opener = hashtag.opener if place.kind == "tag" else account.opener
        return GraphSource(access, opener(place))

    async def check(self, place: Place, access: Access) -> Checked:
        """Ask Instagram about a place once; raises `SourceError`.

        A test of a hashtag counts it among the thirty of a week.
        """
        ours = await account_of(place, access)
        graph = Graph(access, self.network.value, about=ours.id)
        if place.kind == "tag":
            await claim(access.budget, ours.id, place.native, access.clock())
            await hashtag.number_of(graph, ours.id, place.native)
            title = place.name or place.native
            return Checked(title, place.native, can=("read",), warnings=(_NO_ANSWERS,))
        card = await card_of(graph, ours.id)
        has_statistics = bool(await insights_of(graph, ours.id, now=access.clock()))
        return Checked(
            title=str(card.get("name") or ours.name),
            native=place.native if place.kind == account.MEDIA else ours.id,
            followers=number_in(card, "followers_count"),
            can=("read", "comments", *(("statistics",) if has_statistics else ())),
            warnings=tuple(_warnings(graph, has_statistics=has_statistics)),
        )

    async def figures(
        self, place: Place, access: Access, *, now: datetime
    ) -> tuple[Figure, ...]:
        """Figures of an account; a publication and a hashtag have none."""
        if place.kind != "account":
            return ()
        ours = await account_of(place, access)
        graph = Graph(access, self.network.value, about=ours.id)
        return await figures_of(graph, ours.id, now=now)


def _warnings(graph: Graph, *, has_statistics: bool) -> Iterator[str]:
    yield _BY_HAND
    if not has_statistics:
        yield _NO_STATISTICS
    if graph.skew is not None and is_skewed(graph.skew):
        seconds = int(abs(graph.skew.total_seconds()))
        yield f"Meta's clock and ours differ by {seconds} s"
