"""What links of MAX lead to."""

import re
from typing import Final

from services.ingest.domain.posts import Network
from services.ingest.sources.connector import Place

CHAT: Final = "chat"
"""A chat or channel where the bot is an administrator: its messages are read."""
BOT: Final = "bot"
"""All chats and channels a bot is a member of: it has one queue for all of them."""
INVITATION: Final = "invitation"
PERSON: Final = "person"
NO_CHAT: Final = "no chat"
"""These three are recognised in order to say why they can not be watched."""

_ADDRESS: Final = re.compile(
    r"(?:https?://)?(?:www\.|web\.)?max\.ru(?:/(?P<path>[^#]*).*)?",
    re.IGNORECASE | re.DOTALL,
)
_NUMBER: Final = re.compile(r"(?:c/)?(?P<number>-\d{1,19})(?:[/?].*)?", re.ASCII)
_NAME: Final = re.compile(
    r"@?(?P<name>[a-z][\w.-]{2,63})(?:[/?].*)?", re.IGNORECASE | re.ASCII
)
_INVITATION: Final = re.compile(r"(?:join/|\+).*")
_PERSON: Final = re.compile(r"u/.*")
# Words that stand where a name would, and name no chat.
_RESERVED: Final = frozenset({"c", "download", "join", "start", "u"})

REASONS: Final = {
    INVITATION: (
        "an invitation does not tell which chat it opens; let our bot be made an "
        "administrator there: its queue then brings the chat"
    ),
    PERSON: "this leads to a person: Otklik watches chats and channels only",
    NO_CHAT: "this leads to no chat: give a link such as https://max.ru/name",
}


def recognise(link: str) -> Place | None:
    """Say what a link leads to; None when it is none of MAX's.

    Kinds: `chat` (native: its number, or `@` and the name of a channel), `bot` (native:
    its name), and the three of `REASONS`.
    """
    found = _ADDRESS.fullmatch(link.strip())
    if found is None:
        return None
    path = (found["path"] or "").rstrip("/")
    number, named = _NUMBER.fullmatch(path), _NAME.fullmatch(path)
    if number:
        return _place(CHAT, str(int(number["number"])), f"c/{int(number['number'])}")
    if _INVITATION.fullmatch(path):
        return _place(INVITATION, "", path)
    if _PERSON.fullmatch(path):
        return _place(PERSON, "", "u")
    if named is None or named["name"].lower() in _RESERVED:
        return _place(NO_CHAT, "", path)
    name = named["name"].lower()
    # Only bots have names that end so.
    is_bot = name.endswith("bot")
    return _place(BOT if is_bot else CHAT, name if is_bot else f"@{name}", name)


def _place(kind: str, native: str, path: str) -> Place:
    return Place(Network.MAX, kind, native, f"https://max.ru/{path}")
