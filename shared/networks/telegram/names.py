"""How Telegram names chats and messages, and the one name we give each of them.

The key of a message is `<handle>/<message id>`. The handle of a public channel is its
username in lower case: the one name that the Bot API, MTProto and the public preview
all know. Groups, and channels without a username, are `c/<number>`, as in links; the
preview never shows those, and the other two both know the number.
"""

import re
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

_CHANNELS_BELOW: Final = -(10**12)
_LINK: Final = re.compile(
    r"https?://t\.me/(?P<handle>c/\d{1,15}|[a-z]\w{3,31})/(?P<id>\d{1,12})(?:\?.*)?",
    re.IGNORECASE,
)


class Target(NamedTuple):
    """A message as the Bot API is told of it: a chat's number or @username."""

    chat: int | str
    message_id: int


def channel_number(chat_id: int) -> int | None:
    """Give the number MTProto and links use; None for a chat of another kind."""
    return _CHANNELS_BELOW - chat_id if chat_id < _CHANNELS_BELOW else None


def chat_id_of(number: int) -> int:
    """Give the Bot API's id of a channel or supergroup."""
    return _CHANNELS_BELOW - number


def handle_of(chat: Mapping[str, Any]) -> str:
    """Name a chat of the Bot API; a group by its number even if it has a username."""
    username = chat.get("username")
    if chat.get("type") == "channel" and isinstance(username, str) and username:
        return username.lower()
    chat_id = int(chat["id"])
    number = channel_number(chat_id)
    return f"g/{-chat_id}" if number is None else f"c/{number}"


def key_of(handle: str, message_id: int) -> str:
    return f"{handle}/{message_id}"


def link_of(handle: str, message_id: int) -> str | None:
    """Address of a message; one of a basic group has none."""
    return None if handle.startswith("g/") else f"https://t.me/{handle}/{message_id}"


def target_of(link: str | None) -> Target | None:
    """Read the chat and the message out of an address of `link_of`'s form."""
    found = _LINK.fullmatch(link or "")
    if found is None:
        return None
    handle = found["handle"].lower()
    if handle.startswith("c/"):
        return Target(chat_id_of(int(handle[2:])), int(found["id"]))
    return Target(f"@{handle}", int(found["id"]))
