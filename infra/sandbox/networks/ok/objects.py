"""Topics and comments in OK's words."""

from typing import Any

from infra.sandbox.networks.ok.call import GROUP_TOPIC, Server
from infra.sandbox.networks.ok.ids import (
    comment_id,
    group_id,
    topic_id,
    writer_id,
    writer_ref,
)
from infra.sandbox.networks.ok.times import moscow, unix_ms
from infra.sandbox.stage import AuthorKind, Item


def topic(server: Server, item: Item, media_limit: int = 3) -> dict[str, Any]:
    """Write a topic; `extra` of the item adds media and what only OK knows."""
    page = server.stage.page(item.page)
    number = topic_id(page, item.id)
    extra = dict(item.extra)
    media = [_text_block(item.text), *extra.pop("media", [])]
    return {
        "id": number,
        "created_ms": unix_ms(item.created_at),
        "author_ref": writer_ref(item.writer),
        "owner_ref": f"group:{group_id(page)}",
        "media": media[:media_limit],
        "discussion_summary": {
            "comments_count": item.counters.comments or 0,
            "discussion_type": GROUP_TOPIC,
            "discussion_id": number,
        },
        "like_summary": {"count": item.counters.likes or 0, "self": False},
        "reshare_summary": {"count": item.counters.reposts or 0},
    } | extra


def comment(server: Server, item: Item, root: str) -> dict[str, Any]:
    """Write a comment under the topic `root`.

    Its date is Moscow's, without a zone; those of every other minute have milliseconds,
    too. A removed one keeps its place and loses its text.
    """
    told: dict[str, Any] = {
        "id": comment_id(item, root),
        "author_id": writer_id(item.writer),
        "author_ref": writer_ref(item.writer),
        "text": item.text,
        "date": moscow(item.created_at),
        "type": "ACTIVE_MESSAGE",
        "like_count": item.counters.likes or 0,
        "liked_it": False,
    }
    if item.created_at.minute % 2:
        told["date_ms"] = unix_ms(item.created_at)
    if item.writer.kind is AuthorKind.USER:
        told["author_name"] = item.writer.name
    if item.parent is not None and item.parent != item.root:
        above = server.stage.item(item.page, item.parent)
        told["reply_to_comment_id"] = comment_id(above, root)
        told["reply_to_id"] = writer_id(above.writer)
        told["reply_to_name"] = above.writer.name
    if item.is_deleted:
        return told | {"text": "", "removed": True}
    return told | dict(item.extra)


def old_comment(server: Server, item: Item, root: str) -> dict[str, Any]:
    """Write a comment as the older method does, with much less in it."""
    told = comment(server, item, root)
    kept = ("id", "author_id", "text", "date", "reply_to_comment_id")
    return {name: told[name] for name in kept if name in told}


def _text_block(text: str) -> dict[str, Any]:
    token = {"type": "TEXT", "text": text}
    return {"type": "text", "text": text, "text_tokens": [token]}
