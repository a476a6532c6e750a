"""Telethon's objects as ours: names cut out of texts, times in UTC."""

import json
from collections.abc import Mapping
from typing import Any, Final

from shared.networks.mentions import SOMEBODY, without_mentions
from shared.networks.telegram.history import HistoryMessage

_PARTS: Final = ("title", "text", "items", "rows", "cells", "blocks", "caption")
_MENTIONS: Final = frozenset({"MessageEntityMentionName"})


def message_of(
    message: Any,  # noqa: ANN401 -- a library's object, which may be absent
    *,
    ours: frozenset[int] = frozenset(),
) -> HistoryMessage | None:
    """Read a message; None for a service message or one that is gone."""
    if type(message).__name__ != "Message":
        return None
    chat = int(message.peer_id.channel_id)
    edited_at = None if message.edit_hide else message.edit_date
    replies = message.replies
    return HistoryMessage(
        id=int(message.id),
        chat=chat,
        written_at=message.date,
        text=_text(message),
        edited_at=edited_at,
        album=message.grouped_id,
        thread=_thread(message.reply_to),
        answers=getattr(message.reply_to, "reply_to_msg_id", None),
        copy_of=_copy_of(message.fwd_from),
        by_page=_is_by_page(message, chat, ours),
        views=message.views,
        forwards=message.forwards,
        replies=replies.replies if replies is not None and replies.comments else None,
        reactions=_reactions(message.reactions),
        unknown=_unknown(message),
        raw=_raw(message),
    )


def _text(message: Any) -> str:  # noqa: ANN401 -- the same
    if not message.message and getattr(message, "rich_message", None):
        return "\n".join(filter(None, map(_rich, message.rich_message.blocks))).strip()
    spans = [
        (entity.offset, entity.length)
        for entity in message.entities or ()
        if type(entity).__name__ in _MENTIONS
    ]
    return without_mentions(message.message or "", spans).strip()


def _rich(block: Any) -> str:  # noqa: ANN401 -- the same
    """Words of a block or of a styled text inside one, in reading order."""
    if isinstance(block, str):
        return block
    if isinstance(block, list):
        return "\n".join(filter(None, map(_rich, block)))
    kind = type(block).__name__
    if kind == "TextMentionName":
        return SOMEBODY
    if kind == "TextConcat":
        return "".join(map(_rich, block.texts))
    parts = (getattr(block, name, None) for name in _PARTS)
    return "\n".join(filter(None, (_rich(part) for part in parts if part)))


def _unknown(message: Any) -> str | None:  # noqa: ANN401 -- the same
    """Name a shape that this version of the library can not read."""
    kind = type(message.media).__name__
    return f"media: {kind}" if kind == "MessageMediaUnsupported" else None


def _thread(reply: Any) -> int | None:  # noqa: ANN401 -- the same
    """Give the copy of the post: an answer to it names it, one below its top."""
    if reply is None or getattr(reply, "forum_topic", None):
        return None
    return getattr(reply, "reply_to_top_id", None) or getattr(
        reply, "reply_to_msg_id", None
    )


def _copy_of(forward: Any) -> tuple[int, int] | None:  # noqa: ANN401 -- the same
    """Say which post Telegram has copied into the group, if it has."""
    if forward is None or forward.saved_from_peer is None:
        return None
    channel = getattr(forward.from_id, "channel_id", None)
    post = forward.channel_post
    return None if channel is None or post is None else (int(channel), int(post))


def _is_by_page(message: Any, chat: int, ours: frozenset[int]) -> bool:  # noqa: ANN401 -- the same
    """Say whether the channel, the group as such, our account or bot wrote it."""
    if message.post or message.out or message.from_id is None:
        return True
    if getattr(message.from_id, "user_id", None) in ours:
        return True
    return bool(getattr(message.from_id, "channel_id", None) == chat)


def _reactions(reactions: Any) -> int | None:  # noqa: ANN401 -- the same
    if reactions is None:
        return None
    return sum(int(each.count) for each in reactions.results)


def _raw(message: Any) -> Mapping[str, Any]:  # noqa: ANN401 -- the same
    data: dict[str, Any] = json.loads(message.to_json())
    return data
