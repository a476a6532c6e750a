"""What links of Telegram lead to."""

import re
from typing import Final

from services.ingest.domain.posts import Network
from services.ingest.sources.connector import Place

CHANNEL: Final = "channel"
"""A channel: read by MTProto where there is a session, else by its preview."""
PREVIEW: Final = "preview"
"""A public channel, read by its preview alone."""
BOT: Final = "bot"
"""All chats a bot is a member of: it has one queue for all of them."""
INVITATION: Final = "invitation"
NO_CHAT: Final = "no chat"
"""These two are recognised in order to say why they can not be watched."""

_ADDRESS: Final = re.compile(
    r"(?:https?://)?(?:www\.)?(?:t\.me|telegram\.me|telegram\.dog)/(?P<path>[^#]*).*",
    re.IGNORECASE | re.DOTALL,
)
_SUBDOMAIN: Final = re.compile(
    r"(?:https?://)?(?P<name>[a-z]\w{3,31})\.t\.me(?:[/?#].*)?",
    re.IGNORECASE | re.DOTALL,
)
# The web client puts the chat behind the sign.
_WEB: Final = re.compile(
    r"(?:https?://)?web\.telegram\.org/(?:[akz]/)?#@(?P<name>[a-z]\w{3,31})",
    re.IGNORECASE,
)
_DEEP: Final = re.compile(
    r"tg://resolve/?\?(?:.*&)?domain=(?P<name>\w+).*", re.IGNORECASE
)
_INVITATION: Final = re.compile(r"(?:\+|joinchat/|%2B).*|tg://join.*", re.IGNORECASE)
_AT: Final = re.compile(r"@(?P<name>[A-Za-z]\w{3,31})")
_NAME: Final = re.compile(r"(?P<name>[A-Za-z]\w{3,31})(?:[/?].*)?")
_PREVIEW: Final = re.compile(r"s/(?P<name>[A-Za-z]\w{3,31})(?:[/?].*)?")
_PRIVATE: Final = re.compile(r"c/(?P<number>\d{1,15})(?:[/?].*)?")
# Words that stand where a name would, and name no chat.
_RESERVED: Final = frozenset(
    {
        "addemoji",
        "addlist",
        "addstickers",
        "addtheme",
        "boost",
        "confirmphone",
        "contact",
        "giftcode",
        "invoice",
        "joinchat",
        "login",
        "proxy",
        "setlanguage",
        "share",
        "socks",
    }
)

REASONS: Final = {
    INVITATION: (
        "an invitation opens a closed chat to the one who was invited; give the "
        "address of a public channel, or add our bot to the chat"
    ),
    NO_CHAT: "this leads to no channel: give a link such as https://t.me/name",
}


def recognise(link: str) -> Place | None:
    """Say what a link leads to; None when it is none of Telegram's.

    Kinds: `channel` (native: the name, or `c/` and the number of one without a name),
    `preview` (the same channel, by its preview alone), `bot` (native: its name), and
    the two of `REASONS`.
    """
    link = link.strip()
    forms = (_AT, _DEEP, _SUBDOMAIN, _WEB)
    at = next(filter(None, (form.fullmatch(link) for form in forms)), None)
    if at and at["name"].lower() not in {"www", "telegram"}:
        return _named(at["name"])
    if link.lower().startswith("tg://"):
        return _unwatched(INVITATION if _INVITATION.fullmatch(link) else NO_CHAT, link)
    found = _ADDRESS.fullmatch(link)
    return _at_path(found["path"]) if found else None


def _at_path(path: str) -> Place:
    private = _PRIVATE.fullmatch(path)
    if private:
        native = f"c/{int(private['number'])}"
        return Place(Network.TELEGRAM, CHANNEL, native, f"https://t.me/{native}")
    preview = _PREVIEW.fullmatch(path)
    if preview:
        name = preview["name"].lower()
        return Place(Network.TELEGRAM, PREVIEW, name, f"https://t.me/s/{name}")
    if _INVITATION.fullmatch(path):
        return _unwatched(INVITATION, f"https://t.me/{path}")
    named = _NAME.fullmatch(path)
    if named is None or named["name"].lower() in _RESERVED:
        return _unwatched(NO_CHAT, f"https://t.me/{path}")
    return _named(named["name"])


def _unwatched(kind: str, url: str) -> Place:
    return Place(Network.TELEGRAM, kind, "", url)


def _named(name: str) -> Place:
    """Only bots may have names that end in "bot"."""
    native = name.lower()
    kind = BOT if native.endswith("bot") else CHANNEL
    return Place(Network.TELEGRAM, kind, native, f"https://t.me/{native}")
