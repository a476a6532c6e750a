"""What stands on the stage, in the words of the Bot API.

A channel and its discussion group number their messages apart: a comment has twice
its number on the stage plus one in the group, the group's copy of a post twice.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from infra.sandbox.stage import Action, AuthorKind, Happening, Item, Stage, StagePage
from infra.sandbox.world import Kind

_SUPERGROUP: Final = 10**12
_GROUPS_FROM: Final = 50_000_000
_BASIC_GROUPS_FROM: Final = 4_000_000
_ANONYMOUS: Final = {
    "id": 1087968824,
    "is_bot": True,
    "first_name": "Group",
    "username": "GroupAnonymousBot",
}
_CHANNEL_BOT: Final = {
    "id": 136817688,
    "is_bot": True,
    "first_name": "Channel",
    "username": "Channel_Bot",
}
_TELEGRAM: Final = {"id": 777000, "is_bot": False, "first_name": "Telegram"}
_SIZES: Final = ((90, 67), (1280, 960))

Json = dict[str, Any]


def channel_id(page: StagePage) -> int:
    return -_SUPERGROUP - page.number


def group_number(page: StagePage) -> int:
    return page.number + _GROUPS_FROM


def group_id(page: StagePage) -> int:
    return -_SUPERGROUP - group_number(page)


def basic_group_id(page: StagePage) -> int:
    """What the group was called before it became a supergroup."""
    return -(page.number % _BASIC_GROUPS_FROM + _BASIC_GROUPS_FROM)


def comment_id(number: int) -> int:
    return number * 2 + 1


def copy_id(number: int) -> int:
    return number * 2


def item_of(group_message: int) -> int:
    """Give the number on the stage of a message of the group."""
    return group_message // 2


def channel(page: StagePage) -> Json:
    return {
        "id": channel_id(page),
        "title": page.name,
        "username": page.screen_name,
        "type": "channel",
    }


def group(page: StagePage) -> Json:
    return {"id": group_id(page), "title": f"{page.name}: чат", "type": "supergroup"}


def updates_of(line: Happening, stage: Stage) -> Iterator[tuple[str, Json]]:
    """Give the updates a bot gets of a happening: kind and message.

    There is none for a deletion, nor for a restored item.
    """
    if line.item is None or line.action not in {Action.PUBLISH, Action.EDIT}:
        return
    item, page = line.item, stage.page(line.page)
    edited = "edited_" if line.action is Action.EDIT else ""
    if item.kind is Kind.COMMENT:
        yield f"{edited}message", comment(page, item, stage)
        return
    yield f"{edited}channel_post", post(page, item)
    if not edited and "service" not in item.extra:
        yield "message", copy_of(page, item)


def post(page: StagePage, item: Item) -> Json:
    chat = channel(page)
    return {
        "message_id": item.id,
        "sender_chat": chat,
        "chat": chat,
        "date": int(item.created_at.timestamp()),
        **_edited(item),
        **_content(item),
    }


def copy_of(page: StagePage, item: Item) -> Json:
    """Show the post as Telegram forwards it into the discussion group."""
    return {
        "message_id": copy_id(item.id),
        "from": _TELEGRAM,
        "sender_chat": channel(page),
        "chat": group(page),
        "date": int(item.created_at.timestamp()) + 1,
        "forward_origin": {
            "type": "channel",
            "chat": channel(page),
            "message_id": item.id,
            "date": int(item.created_at.timestamp()),
        },
        "is_automatic_forward": True,
        **_content(item),
    }


def comment(page: StagePage, item: Item, stage: Stage) -> Json:
    """Show a comment; `extra.bare` leaves out what it answers, as in a long thread."""
    answered = stage.item(page.code, item.parent or 0)
    above: Json = {}
    if answered.kind is Kind.POST and "bare" not in item.extra:
        above = {"reply_to_message": copy_of(page, answered)}
    elif answered.kind is Kind.COMMENT:
        shown = _comment_alone(page, answered)
        above = {"reply_to_message": shown}
    return {**_comment_alone(page, item), **above}


def _comment_alone(page: StagePage, item: Item) -> Json:
    return {
        "message_id": comment_id(item.id),
        "message_thread_id": copy_id(item.root or 0),
        **_sender(page, item),
        "chat": group(page),
        "date": int(item.created_at.timestamp()),
        **_edited(item),
        **_content(item),
    }


def _sender(page: StagePage, item: Item) -> Json:
    if item.extra.get("sender") == "channel":
        chat = {"id": -_SUPERGROUP - item.writer.id, "title": item.writer.name}
        return {"from": _CHANNEL_BOT, "sender_chat": {**chat, "type": "channel"}}
    if item.writer.kind is AuthorKind.GROUP:
        return {"from": _ANONYMOUS, "sender_chat": group(page)}
    name = item.writer.name or "Некто"
    return {"from": {"id": item.writer.id, "is_bot": False, "first_name": name}}


def _edited(item: Item) -> Json:
    edited_at = item.edited_at
    return {} if edited_at is None else {"edit_date": int(edited_at.timestamp())}


def _content(item: Item) -> Json:
    extra = item.extra
    if "service" in extra:
        return dict(extra["service"])
    if extra.get("rich"):
        return {"rich_message": {"blocks": list(_blocks(item.text))}}
    marks = extra.get("entities")
    if "album" in extra or extra.get("photo"):
        group = {"media_group_id": str(extra["album"])} if "album" in extra else {}
        caption = {"caption": item.text} if item.text else {}
        styled = {"caption_entities": marks} if marks else {}
        return {**group, "photo": _photo(item), **caption, **styled}
    return {"text": item.text, **({"entities": marks} if marks else {})}


def _blocks(text: str) -> Iterator[Json]:
    for line in text.splitlines():
        yield {"type": "paragraph", "text": line}


def _photo(item: Item) -> list[Mapping[str, Any]]:
    return [
        {
            "file_id": f"AgAC-{item.page}-{item.id}-{width}",
            "file_unique_id": f"{item.page}-{item.id}-{width}",
            "width": width,
            "height": height,
        }
        for width, height in _SIZES
    ]
