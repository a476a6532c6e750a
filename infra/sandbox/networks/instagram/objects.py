"""Accounts, publications and comments in Graph's words."""

from collections.abc import Callable
from typing import Any, Final

from infra.sandbox.graph.call import Call, written_time
from infra.sandbox.graph.fields import Field, Node, select
from infra.sandbox.graph.paging import limit_of, oldest_first, places_of
from infra.sandbox.networks.instagram.ids import (
    account_id,
    object_id,
    shortcode,
    username,
    writer_id,
)
from infra.sandbox.stage import AuthorKind, Item, StagePage

MEDIA_FIELDS: Final = frozenset(
    {
        "caption",
        "comments_count",
        "id",
        "like_count",
        "media_product_type",
        "media_type",
        "media_url",
        "permalink",
        "shortcode",
        "timestamp",
        "username",
    }
)
COMMENT_FIELDS: Final = frozenset(
    {
        "from",
        "hidden",
        "id",
        "like_count",
        "media",
        "parent_id",
        "replies",
        "text",
        "timestamp",
        "user",
        "username",
    }
)
USUAL_MEDIA: Final = "id"
USUAL_COMMENT: Final = "timestamp,text"
USUAL_REPLIES: Final = "25"


def is_own(item: Item) -> bool:
    """Say whether the account published it; others only tagged it there."""
    return item.writer.kind is AuthorKind.GROUP


def media_node(call: Call, item: Item, *, has_author: bool = True) -> Node:
    """Write a publication; `extra` of the item adds or changes fields."""
    page = call.stage.page(item.page)
    number = object_id(page, item.id)
    shown: dict[str, Any] = {
        "id": number,
        "caption": item.text or None,
        "media_type": "IMAGE",
        "media_product_type": "FEED",
        "permalink": permalink(page, item),
        "timestamp": written_time(item.created_at),
        "comments_count": len(visible_comments(call, item)),
        "like_count": item.counters.likes or 0,
        "username": username(page, item.writer) if has_author else None,
        **item.extra,
    }
    return Node("IGMedia", shown, MEDIA_FIELDS)


def comment_node(call: Call, item: Item) -> Node:
    """Write a comment; answers to an answer stand under the same first one."""
    page = call.stage.page(item.page)
    root = call.stage.item(item.page, item.root or 0)
    top = top_of(call, item)
    shown: dict[str, Any] = {
        "id": object_id(page, item.id),
        "text": item.text,
        "timestamp": written_time(item.created_at),
        "username": username(page, item.writer),
        "from": {
            "id": writer_id(item.writer),
            "username": username(page, item.writer),
        },
        "like_count": item.counters.likes or 0,
        "hidden": False,
        "media": {"id": object_id(page, root.id), "permalink": permalink(page, root)},
        "parent_id": None if top.id == item.id else object_id(page, top.id),
        "replies": _replies(call, item),
        **item.extra,
    }
    return Node("IGComment", shown, COMMENT_FIELDS)


def permalink(page: StagePage, item: Item) -> str:
    code = shortcode(object_id(page, item.id))
    return f"https://www.instagram.com/p/{code}/"


def top_of(call: Call, item: Item) -> Item:
    """Give the comment of the first level that an item belongs to."""
    above = item
    while above.parent not in {None, above.root}:
        above = call.stage.item(item.page, above.parent or 0)
    return above


def visible_comments(call: Call, root: Item) -> list[Item]:
    """Give all comments under a publication, oldest first."""
    found = call.stage.comments(root.page, root.id)
    return [item for item in found if call.server.is_visible(item)]


def replies_to(call: Call, top: Item) -> list[Item]:
    """Give what stands under a comment of the first level, at any depth."""
    root = call.stage.item(top.page, top.root or 0)
    found = visible_comments(call, root)
    return [item for item in found if item.id != top.id and top_of(call, item) == top]


def linked_account(page: StagePage) -> dict[str, str]:
    return {"id": account_id(page), "username": page.screen_name}


def _replies(call: Call, item: Item) -> Callable[[Field], Any]:
    def wished(one: Field) -> dict[str, Any] | None:
        found = replies_to(call, item) if top_of(call, item) == item else []
        limit = limit_of(one.modifiers.get("limit", USUAL_REPLIES))
        part = oldest_first(places_of(found), "", limit)
        shown = [call.stage.item(code, number) for _, code, number in part.places]
        if not shown:
            return None
        data = [
            select(comment_node(call, each), one.inside, USUAL_COMMENT)
            for each in shown
        ]
        return {"data": data, **part.paging(call.address)}

    return wished
