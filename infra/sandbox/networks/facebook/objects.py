"""Pages, posts and comments in Graph's words."""

from collections.abc import Callable
from typing import Any, Final

from infra.sandbox.graph.call import READER, Call, written_time
from infra.sandbox.graph.fields import Field, Node
from infra.sandbox.networks.facebook.ids import (
    comment_id,
    page_id,
    post_id,
    writer_id,
)
from infra.sandbox.stage import AuthorKind, Item, StagePage

PAGE_FIELDS: Final = frozenset(
    {"id", "name", "username", "link", "followers_count", "fan_count"}
)
POST_FIELDS: Final = frozenset(
    {
        "attachments",
        "comments",
        "created_time",
        "from",
        "id",
        "is_hidden",
        "message",
        "message_tags",
        "permalink_url",
        "reactions",
        "shares",
        "status_type",
        "story",
        "updated_time",
    }
)
COMMENT_FIELDS: Final = frozenset(
    {
        "attachment",
        "can_reply_privately",
        "comment_count",
        "created_time",
        "from",
        "id",
        "is_hidden",
        "like_count",
        "message",
        "message_tags",
        "parent",
        "permalink_url",
    }
)
USUAL_POST: Final = "created_time,message"
USUAL_COMMENT: Final = "created_time,from,message"


def page_node(page: StagePage) -> Node:
    number = page_id(page)
    shown = {
        "id": number,
        "name": page.name,
        "username": page.screen_name,
        "link": f"https://www.facebook.com/{page.screen_name}",
        "followers_count": page.members,
        "fan_count": page.members * 9 // 10,
    }
    return Node("Page", shown, PAGE_FIELDS)


def post_node(call: Call, item: Item) -> Node:
    """Write a post; `extra` of the item adds or changes fields."""
    page = call.stage.page(item.page)
    number = post_id(page, item.id)
    shown: dict[str, Any] = {
        "id": number,
        "message": item.text or None,
        "created_time": written_time(item.created_at),
        "updated_time": written_time(_updated(call, item)),
        "from": _from(call, item),
        "permalink_url": f"https://www.facebook.com/{number.replace('_', '/posts/')}",
        "shares": {"count": item.counters.reposts} if item.counters.reposts else None,
        "is_hidden": False,
        "reactions": _reactions(item),
        "comments": _comments(call, item),
        **item.extra,
    }
    return Node("Post", shown, POST_FIELDS)


def comment_node(call: Call, item: Item) -> Node:
    """Write a comment; one that answers another names it as its parent."""
    page = call.stage.page(item.page)
    number = comment_id(page, item)
    shown: dict[str, Any] = {
        "id": number,
        "message": item.text,
        "created_time": written_time(item.created_at),
        "from": _from(call, item),
        "like_count": item.counters.likes or 0,
        "comment_count": len(children(call, item)),
        "is_hidden": False,
        **item.extra,
    }
    if item.parent is not None and item.parent != item.root:
        above = call.stage.item(item.page, item.parent)
        shown["parent"] = {"id": comment_id(page, above), "message": above.text}
    return Node("Comment", shown, COMMENT_FIELDS)


def visible_comments(call: Call, root: Item) -> list[Item]:
    """Give the comments under a post that this token may see, oldest first."""
    found = call.stage.comments(root.page, root.id)
    return [item for item in found if _is_shown(call, item)]


def children(call: Call, item: Item) -> list[Item]:
    """Give the answers to a comment, or the first level under a post."""
    found = call.stage.comments(item.page, item.root or item.id)
    return [each for each in found if each.parent == item.id and _is_shown(call, each)]


def _is_shown(call: Call, item: Item) -> bool:
    """Say whether a list has a comment in it; hidden ones are for the page alone."""
    is_hidden = item.extra.get("is_hidden", False)
    page = call.stage.page(item.page)
    return call.server.is_visible(item) and (not is_hidden or call.speaks_for(page))


def _from(call: Call, item: Item) -> dict[str, str] | None:
    """Name the author; without the right to see people only pages have a name."""
    if call.token.kind == READER and item.writer.kind is AuthorKind.USER:
        return None
    return {"name": item.writer.name, "id": writer_id(item.writer)}


def _updated(call: Call, item: Item) -> Any:  # noqa: ANN401 -- a datetime
    """Say when a post last changed: its text, or what stands under it."""
    below = call.stage.comments(item.page, item.id)
    moments = [item.edited_at or item.created_at, *(each.created_at for each in below)]
    return max(moments)


def _reactions(item: Item) -> Callable[[Field], Any]:
    def wished(_: Field) -> dict[str, Any]:
        total = item.counters.likes or 0
        return {"data": [], "summary": {"total_count": total}}

    return wished


def _comments(call: Call, item: Item) -> Callable[[Field], Any]:
    def wished(one: Field) -> dict[str, Any]:
        is_stream = one.modifiers.get("filter") == "stream"
        told = visible_comments(call, item) if is_stream else children(call, item)
        return {"data": [], "summary": {"total_count": len(told)}}

    return wished
