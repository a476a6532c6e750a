"""The edges of an account, of a publication, of a comment."""

from typing import Any, Final

from infra.sandbox.graph.call import Call
from infra.sandbox.graph.errors import GraphError, gone
from infra.sandbox.graph.fields import Field, Node, select
from infra.sandbox.graph.paging import newest_first, oldest_first, places_of
from infra.sandbox.networks.instagram.ids import account_id, find_item
from infra.sandbox.networks.instagram.objects import (
    USUAL_COMMENT,
    USUAL_MEDIA,
    comment_node,
    is_own,
    media_node,
    replies_to,
    top_of,
    visible_comments,
)
from infra.sandbox.stage import AuthorKind, Item, StagePage

METRICS: Final = frozenset({"accounts_engaged", "reach", "total_interactions", "views"})
_ACCOUNT_FIELDS: Final = frozenset(
    {
        "followers_count",
        "id",
        "media_count",
        "mentioned_comment",
        "mentioned_media",
        "name",
        "username",
    }
)


def account_node(call: Call, page: StagePage) -> Node:
    """Write an account; what mentions it elsewhere is had as a field of it."""
    own = [item for item in call.stage.posts(page.code) if is_own(item)]
    shown = {
        "id": account_id(page),
        "username": page.screen_name,
        "name": page.name,
        "followers_count": page.members,
        "media_count": len(own),
        "mentioned_comment": lambda one: _mentioned(call, page, one, "comment_id"),
        "mentioned_media": lambda one: _mentioned(call, page, one, "media_id"),
    }
    return Node("IGUser", shown, _ACCOUNT_FIELDS)


def _mentioned(call: Call, page: StagePage, one: Field, name: str) -> dict[str, Any]:
    """Give what names the account; gone is what was deleted, or never named it."""
    number = one.modifiers.get(name, "")
    item = find_item(call.stage, number)
    is_comment = name == "comment_id"
    if (
        item is None
        or (item.root is not None) != is_comment
        or not call.server.is_visible(item)
        or f"@{page.screen_name}" not in item.text
    ):
        raise gone(number)
    if is_comment:
        return select(comment_node(call, item), one.inside, USUAL_COMMENT)
    return select(media_node(call, item), one.inside, USUAL_MEDIA)


def media(call: Call, page: StagePage, lane: str) -> dict[str, Any]:
    """List publications, newest first: our own, or those of others that tag us."""
    by = AuthorKind.GROUP if lane == "media" else AuthorKind.USER
    part = newest_first(call.server.roots(page.code, by=by), call.after, call.limit)
    found = [call.stage.item(code, number) for _, code, number in part.places]
    return call.shown(
        part,
        [
            select(media_node(call, item), call.fields, USUAL_MEDIA)
            for item in found
            if call.server.is_visible(item)
        ],
    )


def comments(call: Call, root: Item) -> dict[str, Any]:
    """List comments of the first level, newest first."""
    tops = [item for item in visible_comments(call, root) if top_of(call, item) == item]
    part = newest_first(places_of(tops), call.after, call.limit)
    found = [call.stage.item(code, number) for _, code, number in part.places]
    data = [
        select(comment_node(call, each), call.fields, USUAL_COMMENT) for each in found
    ]
    return call.shown(part, data)


def replies(call: Call, top: Item) -> dict[str, Any]:
    """List what stands under a comment, oldest first."""
    part = oldest_first(places_of(replies_to(call, top)), call.after, call.limit)
    found = [call.stage.item(code, number) for _, code, number in part.places]
    data = [
        select(comment_node(call, each), call.fields, USUAL_COMMENT) for each in found
    ]
    return call.shown(part, data)


def insights(call: Call, page: StagePage) -> dict[str, Any]:
    """Give totals of metrics; one that is unknown spoils the whole call."""
    wanted = call.params.get("metric", "").split(",")
    if not set(wanted) <= METRICS:
        raise GraphError(100, "(#100) metric must be one of the following values")
    if call.params.get("metric_type") != "total_value":
        detail = "(#100) should be specified with parameter metric_type=total_value"
        raise GraphError(100, detail)
    items = call.stage.items(page.code)
    views = sum(item.counters.views or 0 for item in items)
    likes = sum(item.counters.likes or 0 for item in items)
    figures = {
        "views": views,
        "reach": views * 7 // 10,
        "total_interactions": likes + sum(item.root is not None for item in items),
        "accounts_engaged": len({item.writer.id for item in items}),
    }
    return {
        "data": [
            {"name": name, "period": "day", "total_value": {"value": figures[name]}}
            for name in wanted
        ]
    }
