"""Figures of an account: followers and media, statistics as far as we may see them."""

from datetime import datetime
from typing import Final

from services.ingest.sources.connector import Figure
from services.ingest.sources.meta.figures import INSIGHTS, renamed
from services.ingest.sources.meta.figures import insights_of as asked
from services.ingest.sources.meta.items import Json, number_in
from shared.networks.meta import Graph

CARD: Final = "account"
FIELDS: Final = "id,username,name,followers_count,media_count"

_OF_THE_CARD: Final = {"followers_count": "followers", "media_count": "posts"}
_OF_A_DAY: Final = {
    "reach": "day_reach",
    "views": "day_views",
    "total_interactions": "day_engagement",
    "accounts_engaged": "day_engaged",
}


async def figures_of(
    graph: Graph, account: str, *, now: datetime
) -> tuple[Figure, ...]:
    """Followers and media now, and the statistics of the last day.

    What Instagram does not tell us has no figure: small accounts have no statistics.
    """
    card = await card_of(graph, account)
    counted = [
        Figure(ours, value, now, CARD)
        for theirs, ours in _OF_THE_CARD.items()
        if (value := number_in(card, theirs)) is not None
    ]
    return (*counted, *await insights_of(graph, account, now=now))


async def card_of(graph: Graph, account: str) -> Json:
    return await graph.get(account, fields=FIELDS)


async def insights_of(
    graph: Graph, account: str, *, now: datetime
) -> tuple[Figure, ...]:
    """Statistics of the last day; none without the right to see them."""
    metrics = renamed(graph.access.options.get(INSIGHTS), _OF_A_DAY)
    return await asked(graph, account, metrics, now=now, metric_type="total_value")
