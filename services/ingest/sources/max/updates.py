"""Reads a bot's updates as posts: new, edited and removed messages and comments."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from services.ingest.domain.checks import Refused
from services.ingest.sources.base import Evidence
from services.ingest.sources.max.harvest import Harvest
from services.ingest.sources.max.messages import alive, gone, moment_of, read
from services.ingest.sources.remarks import Remark

NEW: Final = frozenset({"message_created", "comment_created"})
EDITED: Final = frozenset({"message_edited", "comment_edited"})
REMOVED: Final = frozenset({"message_removed", "comment_removed"})
_OF_CHATS: Final = (
    "bot_added",
    "bot_removed",
    "bot_admin_permissions_changed",
)
WATCHED: Final = (*sorted(NEW | EDITED | REMOVED), *_OF_CHATS)
"""The updates we ask for: nothing private, nothing of who comes and goes."""

# What a webhook may bring all the same, and means nothing to us.
_IGNORED: Final = frozenset(
    {
        "bot_started",
        "bot_stopped",
        "chat_title_changed",
        "dialog_cleared",
        "dialog_muted",
        "dialog_removed",
        "dialog_unmuted",
        "message_callback",
        "user_added",
        "user_removed",
    }
)
_READING: Final = "read_all_messages"


class Updates(Harvest):
    """What some updates have told; `lost` are chats the bot can not read any more."""

    def __init__(self, now: datetime, me: int | None = None) -> None:
        super().__init__(now)
        self._me = me
        self.lost: dict[int, str] = {}

    def read(self, updates: Iterable[object]) -> None:
        """Read updates in their order."""
        for update in updates:
            self._read(update)
        self.unknown = +self.unknown  # drops the noughts

    def _read(self, update: object) -> None:
        kind = update.get("update_type") if isinstance(update, Mapping) else None
        if not isinstance(update, Mapping) or not isinstance(kind, str):
            self.unknown["update"] += 1
        elif kind in NEW | EDITED:
            self._take_told(update, is_edit=kind in EDITED)
        elif kind in REMOVED:
            self._remove(update)
        elif kind in _OF_CHATS:
            self._note_chat(kind, update)
        elif kind not in _IGNORED:
            self.unknown[f"update: {kind[:40]}"] += 1

    def _take_told(self, update: Mapping[str, Any], *, is_edit: bool) -> None:
        item = read(update.get("message"), self.unknown, me=self._me)
        if item is None:
            return
        edited_at = moment_of(update.get("timestamp")) if is_edit else None
        try:
            post = alive(item, now=self.now, edited_at=edited_at)
        except Refused as error:
            self.refuse(item.mid, error)
        else:
            self.posts += [post] if post is not None else []

    def _remove(self, update: Mapping[str, Any]) -> None:
        """Take a removal, in the form of MAX's client or with the message in it."""
        named = _removed(update)
        if named is None:
            self.unknown[f"update: {update['update_type']}"] += 1
            return
        mid, chat, post = named
        if chat >= 0:
            return
        at = moment_of(update.get("timestamp"))
        evidence = Evidence.EVENT
        self.posts.append(
            gone(mid, chat, evidence=evidence, now=self.now, post=post, at=at)
        )

    def _note_chat(self, kind: str, update: Mapping[str, Any]) -> None:
        chat = update.get("chat_id")
        if not isinstance(chat, int):
            self.unknown[f"update: {kind}"] += 1
            return
        self.lost.pop(chat, None)
        if kind == "bot_removed":
            self.lost[chat] = "max:removed"
        elif kind == "bot_admin_permissions_changed" and not _may_read(update):
            self.lost[chat] = "max:right-lost"


def _removed(update: Mapping[str, Any]) -> tuple[str, int, str | None] | None:
    """Name what was removed: its `mid`, its chat, and the post it stood under."""
    message = update.get("message")
    if isinstance(message, Mapping):
        item = read(message, Counter())
        return None if item is None else (item.mid, item.chat, item.post)
    mid = update.get("message_id", update.get("comment_id"))
    chat, post = update.get("chat_id"), update.get("post_id")
    if not isinstance(mid, str) or not mid or not isinstance(chat, int):
        return None
    return mid, chat, post if isinstance(post, str) and post else None


def _may_read(update: Mapping[str, Any]) -> bool:
    rights = update.get("permissions")
    has_right = not isinstance(rights, list) or _READING in rights
    return update.get("is_admin") is not False and has_right


def lost_of(updates: Updates) -> tuple[Remark, ...]:
    """Remark on chats that the bot can not read any more."""
    return tuple(Remark(code, {"chat": chat}) for chat, code in updates.lost.items())
