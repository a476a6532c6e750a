"""The edges of a page, of a post, of a comment."""

from datetime import datetime, timedelta
from typing import Any, Final

from infra.sandbox.graph.call import Call, written_time
from infra.sandbox.graph.errors import GraphError
from infra.sandbox.graph.fields import select
from infra.sandbox.graph.paging import Place, newest_first, oldest_first, places_of
from infra.sandbox.networks.facebook.objects import (
    USUAL_COMMENT,
    USUAL_POST,
    children,
    comment_node,
    post_node,
    visible_comments,
)
from infra.sandbox.stage import AuthorKind, Item, StagePage

METRICS: Final = (
    "page_daily_follows_unique",
    "page_daily_unfollows_unique",
    "page_follows",
    "page_media_view",
    "page_post_engagements",
    "page_total_media_view_unique",
    "page_views_total",
)
_INVALID_METRIC: Final = "(#100) The value must be a valid insights metric"
_DAY_ENDS_AT: Final = 8
"""Midnight in California, by UTC in winter."""


def posts(call: Call, page: StagePage, lane: str) -> dict[str, Any]:
    """List posts, newest first; a page is cut before what is deleted is left out."""
    if lane != "feed":
        call.check_rights(page)
    part = newest_first(_places(call, page, lane), call.after, call.limit)
    found = [call.stage.item(code, number) for _, code, number in part.places]
    return call.shown(
        part,
        [
            select(post_node(call, item), call.fields, USUAL_POST)
            for item in found
            if call.server.is_visible(item)
        ],
    )


def _places(call: Call, page: StagePage, lane: str) -> list[Place]:
    if lane == "feed":
        return call.server.roots(page.code)
    if lane == "visitor_posts":
        return call.server.roots(page.code, by=AuthorKind.USER)
    tag = f"@{page.screen_name}"
    return places_of(
        item
        for item in call.stage.items()
        if item.root is None and item.page != page.code and tag in item.text
    )


def comments(call: Call, above: Item) -> dict[str, Any]:
    """List comments: a stream of all, or the first level; from either end."""
    is_stream = call.params.get("filter") == "stream" and above.root is None
    found = visible_comments(call, above) if is_stream else children(call, above)
    since = call.params.get("since", "")
    if since.isdecimal():
        found = [item for item in found if item.created_at.timestamp() >= int(since)]
    order = call.params.get("order", "chronological")
    if order not in {"chronological", "reverse_chronological"}:
        raise GraphError(100, "(#100) order")
    cut = oldest_first if order == "chronological" else newest_first
    part = cut(places_of(found), call.after, call.limit)
    shown = [call.stage.item(code, number) for _, code, number in part.places]
    data = [
        select(comment_node(call, each), call.fields, USUAL_COMMENT) for each in shown
    ]
    return call.shown(part, data)


def insights(call: Call, page: StagePage, metric: str) -> dict[str, Any]:
    """Give the last two days of metrics; one that is unknown spoils the whole call."""
    call.check_rights(page)
    wanted = (metric or call.params.get("metric", "")).split(",")
    if not all(each in METRICS for each in wanted):
        raise GraphError(100, _INVALID_METRIC)
    if call.params.get("period", "day") != "day":
        raise GraphError(100, "(#100) period")
    now = call.server.network.now()
    ended = now.replace(hour=_DAY_ENDS_AT, minute=0, second=0, microsecond=0)
    ended -= timedelta(days=1) if ended > now else timedelta()
    return {"data": [_metric(call, page, each, ended) for each in wanted]}


def _metric(call: Call, page: StagePage, name: str, ended: datetime) -> dict[str, Any]:
    days = (ended - timedelta(days=1), ended)
    return {
        "name": name,
        "period": "day",
        "values": [
            {"value": _value(call, page, name, day), "end_time": written_time(day)}
            for day in days
        ],
        "id": f"{page.number}/insights/{name}/day",
    }


def _value(call: Call, page: StagePage, name: str, ended: datetime) -> int:
    """Count a day's figure from what stands on the stage."""
    if name == "page_follows":
        return page.members
    items = [
        item
        for item in call.stage.items(page.code)
        if ended - timedelta(days=1) <= item.created_at < ended
    ]
    views = sum(item.counters.views or 0 for item in items)
    likes = sum(item.counters.likes or 0 for item in items)
    figures = {
        "page_media_view": views,
        "page_total_media_view_unique": views * 7 // 10,
        "page_post_engagements": likes + sum(item.root is not None for item in items),
        "page_views_total": views // 10,
        "page_daily_follows_unique": len(items),
    }
    return figures.get(name, 0)
