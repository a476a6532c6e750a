"""Videos and comments in TikTok's words; only the fields that were asked for."""

from typing import Any

from infra.sandbox.networks.context import skew
from infra.sandbox.networks.tiktok.server import Server
from infra.sandbox.networks.tiktok.text import hashtags_of
from infra.sandbox.stage import Item


def video(server: Server, item: Item, fields: set[str]) -> dict[str, Any]:
    """Write a video; ids are numbers, beyond what a float can tell apart."""
    page = server.stage.page(item.page)
    told = {
        "id": server.id_of(item),
        "video_description": item.text,
        "create_time": _seconds(item),
        "region_code": "RU",
        "username": page.screen_name,
        "like_count": item.counters.likes,
        "comment_count": item.counters.comments,
        "share_count": item.counters.reposts,
        "view_count": item.counters.views,
        "hashtag_names": hashtags_of(item.text),
        "voice_to_text": "",
    }
    return _kept(told, item, fields)


def comment(
    server: Server, item: Item, root: Item, replies: int, fields: set[str]
) -> dict[str, Any]:
    """Write a comment: nobody is told who wrote it."""
    above = server.stage.item(item.page, first_above(server, item) or root.id)
    told = {
        "id": server.id_of(item),
        "video_id": server.id_of(root),
        "text": item.text,
        "like_count": item.counters.likes,
        "reply_count": replies,
        "parent_comment_id": server.id_of(above),
        "create_time": _seconds(item),
    }
    return _kept(told, item, fields)


def first_above(server: Server, item: Item) -> int | None:
    """Give the comment of the first level an item is a reply to, at any depth."""
    parent = item.parent
    if parent is None or parent == item.root:
        return None
    above = server.stage.item(item.page, parent)
    return first_above(server, above) or above.id


def _seconds(item: Item) -> int:
    return int((item.created_at + skew.get()).timestamp())


def _kept(told: dict[str, Any], item: Item, fields: set[str]) -> dict[str, Any]:
    """Leave out what was not asked for; what only a test knows comes always."""
    kept = {name: each for name, each in told.items() if name in fields}
    return kept | dict(item.extra)
