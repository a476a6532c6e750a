"""Messages of the Bot API: what they are, whose they are, what they stand under."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from services.ingest.sources.telegram.texts import words_of
from shared.networks.telegram.names import handle_of

NEW: Final = ("message", "channel_post")
EDITED: Final = ("edited_message", "edited_channel_post")
WATCHED: Final = (*NEW, *EDITED)
"""The updates we ask for: nothing private, no reactions (who reacted is a person)."""

# What a message can hold besides words: media, then what Telegram itself tells.
WORDLESS: Final = frozenset(
    {
        "animation",
        "audio",
        "checklist",
        "contact",
        "dice",
        "document",
        "game",
        "giveaway",
        "giveaway_winners",
        "invoice",
        "live_photo",
        "location",
        "paid_media",
        "photo",
        "poll",
        "sticker",
        "story",
        "venue",
        "video",
        "video_note",
        "voice",
    }
    | {
        "boost_added",
        "channel_chat_created",
        "chat_background_set",
        "chat_owner_changed",
        "chat_owner_left",
        "checklist_tasks_added",
        "checklist_tasks_done",
        "delete_chat_photo",
        "direct_message_price_changed",
        "forum_topic_closed",
        "forum_topic_created",
        "forum_topic_edited",
        "forum_topic_reopened",
        "general_forum_topic_hidden",
        "general_forum_topic_unhidden",
        "gift",
        "giveaway_completed",
        "giveaway_created",
        "group_chat_created",
        "left_chat_member",
        "message_auto_delete_timer_changed",
        "migrate_from_chat_id",
        "new_chat_members",
        "new_chat_photo",
        "new_chat_title",
        "paid_message_price_changed",
        "pinned_message",
        "supergroup_chat_created",
        "unique_gift",
        "video_chat_ended",
        "video_chat_participants_invited",
        "video_chat_scheduled",
        "video_chat_started",
        "web_app_data",
    }
)
# What every message has around that.
_FRAME: Final = frozenset(
    {
        "author_signature",
        "chat",
        "date",
        "edit_date",
        "effect_id",
        "forward_origin",
        "from",
        "has_protected_content",
        "is_automatic_forward",
        "is_from_offline",
        "is_topic_message",
        "media_group_id",
        "message_id",
        "message_thread_id",
        "reply_markup",
        "reply_to_message",
        "sender_boost_count",
        "sender_chat",
        "sender_tag",
        "via_bot",
    }
)

_PUBLIC: Final = frozenset({"channel", "supergroup", "group"})

# Telegram's own accounts: the forwarder of channel posts into their groups.
_TELEGRAM: Final = 777000


class What(Enum):
    """What a message is to us."""

    POST = "post"
    COMMENT = "comment"
    ROOT = "root"  # a channel's post, forwarded into its discussion group
    MOVED = "moved"  # the group became a supergroup
    WORDLESS = "wordless"  # a picture, a sticker, a service message
    PRIVATE = "private"  # no public chat, or a message that is only planned
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Heard:
    """An update's message; `number` is the update's."""

    number: int
    message: Mapping[str, Any]
    is_edit: bool = False

    @property
    def chat(self) -> str:
        return handle_of(self.message["chat"])

    @property
    def id(self) -> int:
        return int(self.message["message_id"])

    @property
    def album(self) -> str | None:
        """Name of the album the message is a part of."""
        group = self.message.get("media_group_id")
        return None if group is None else f"{self.chat}:{group}"

    @property
    def thread(self) -> int | None:
        """The group's copy of the post that is commented on; no topic of a forum."""
        thread = self.message.get("message_thread_id")
        is_topic = self.message.get("is_topic_message") is True
        return thread if isinstance(thread, int) and not is_topic else None


def heard(update: object) -> Heard | None:
    """Read an update; None where it has no message that we watch, or a broken one."""
    if not isinstance(update, Mapping) or not isinstance(update.get("update_id"), int):
        return None
    for name in WATCHED:
        message = update.get(name)
        if isinstance(message, Mapping) and _is_readable(message):
            return Heard(update["update_id"], message, name in EDITED)
    return None


def _is_readable(message: Mapping[str, Any]) -> bool:
    chat, number = message.get("chat"), message.get("message_id")
    return (
        isinstance(number, int)
        and isinstance(message.get("date"), int)
        and isinstance(chat, Mapping)
        and isinstance(chat.get("id"), int)
    )


def what_is(heard: Heard) -> What:
    """Say what a message is.

    1. Not public, or planned (`message_id` 0): private.
    2. Telegram's copy of a channel's post: root.
    3. A group that moved: moved.
    4. No words: wordless, unless there is nothing at all that we know.
    5. In a thread of a group, or answering something there: a comment.
    6. All else: a post.
    """
    message = heard.message
    if message["chat"].get("type") not in _PUBLIC or heard.id == 0:
        return What.PRIVATE
    if message.get("is_automatic_forward") is True:
        return What.ROOT if root_of(message) else What.UNKNOWN
    if isinstance(message.get("migrate_to_chat_id"), int):
        return What.MOVED
    if not words_of(message):
        return What.WORDLESS if wordless_part(message) else What.UNKNOWN
    is_under = heard.thread is not None or "reply_to_message" in message
    is_comment = is_under and message["chat"].get("type") != "channel"
    return What.COMMENT if is_comment else What.POST


def wordless_part(message: Mapping[str, Any]) -> str | None:
    """Name what a message without words holds; None if it is nothing we know."""
    return next((name for name in sorted(message) if name in WORDLESS), None)


def unknown_part(message: Mapping[str, Any]) -> str:
    """Name the part of a message that we do not know."""
    parts = sorted(message.keys() - _FRAME)
    return f"message: {parts[0][:40] if parts else 'empty'}"


def is_by_page(message: Mapping[str, Any], bot_id: int | None = None) -> bool:
    """Say whether the page itself speaks in its group: an answer, no complaint.

    As the group (an anonymous administrator), as the channel above, or by our bot. A
    resident may speak as a channel, too: only these two chats are the page's.
    """
    if message["chat"].get("type") == "channel":
        return False
    sender = message.get("sender_chat")
    if isinstance(sender, Mapping):
        return sender.get("id") in {message["chat"]["id"], _channel_of(message)}
    author = message.get("from")
    number = author.get("id") if isinstance(author, Mapping) else None
    return number is not None and number in {bot_id, _TELEGRAM}


def _channel_of(message: Mapping[str, Any]) -> int | None:
    """Give the channel under whose post a message stands, if it tells."""
    above = message.get("reply_to_message")
    origin = above.get("forward_origin") if isinstance(above, Mapping) else None
    chat = origin.get("chat") if isinstance(origin, Mapping) else None
    number = chat.get("id") if isinstance(chat, Mapping) else None
    return number if isinstance(number, int) else None


def root_of(message: Mapping[str, Any]) -> tuple[Mapping[str, Any], int] | None:
    """Give the channel and the number of the post that a message is the copy of."""
    origin = message.get("forward_origin")
    if message.get("is_automatic_forward") is not True or not isinstance(
        origin, Mapping
    ):
        return None
    chat, number = origin.get("chat"), origin.get("message_id")
    if not isinstance(chat, Mapping) or not isinstance(chat.get("id"), int):
        return None
    return (chat, number) if isinstance(number, int) else None


def answered_root(message: Mapping[str, Any]) -> tuple[Mapping[str, Any], int] | None:
    """Give the post a comment answers directly, which its own copy tells."""
    above = message.get("reply_to_message")
    return root_of(above) if isinstance(above, Mapping) else None
