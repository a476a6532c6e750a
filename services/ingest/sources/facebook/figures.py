"""Figures of a page: followers for all to see, statistics with the right to them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from services.ingest.sources.connector import Figure
from services.ingest.sources.meta.figures import INSIGHTS, renamed
from services.ingest.sources.meta.figures import insights_of as asked
from services.ingest.sources.meta.items import number_in
from shared.networks.meta import Graph

CARD: Final = "page"

# What Meta calls it since 2025-11-15, and our name.
_OF_A_DAY: Final = {
    "page_total_media_view_unique": "day_reach",
    "page_media_view": "day_views",
    "page_views_total": "day_visitors",
    "page_post_engagements": "day_engagement",
    "page_daily_follows_unique": "day_subscribed",
    "page_daily_unfollows_unique": "day_unsubscribed",
}
_OF_THE_CARD: Final = {"followers_count": "followers", "fan_count": "fans"}


async def figures_of(
    graph: Graph, card: Mapping[str, Any], *, now: datetime
) -> tuple[Figure, ...]:
    """Followers and fans now, and the statistics of the last whole day.

    What Facebook does not tell us has no figure.
    """
    counted = [
        Figure(ours, value, now, CARD)
        for theirs, ours in _OF_THE_CARD.items()
        if (value := number_in(card, theirs)) is not None
    ]
    return (*counted, *await insights_of(graph, str(card["id"]), now=now))


async def insights_of(graph: Graph, page: str, *, now: datetime) -> tuple[Figure, ...]:
    """Statistics of the last whole day; none without the right to see them."""
    metrics = renamed(graph.access.options.get(INSIGHTS), _OF_A_DAY)
    return await asked(graph, page, metrics, now=now)
