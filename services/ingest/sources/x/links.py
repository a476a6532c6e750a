"""What a link of X leads to, in all the forms people paste."""

import re
from typing import Final
from urllib.parse import parse_qs, quote, unquote, urlsplit

from services.ingest.domain.posts import Network
from services.ingest.sources.connector import Place
from shared.networks.x.links import HOST, SITE, post_url

_NAME: Final = re.compile(r"@?([A-Za-z0-9_]{1,15})(?:/(?:with_replies|media)?)?")
_POST: Final = re.compile(
    r"(?:i/web|i|[A-Za-z0-9_]{1,15})/status(?:es)?/(\d{1,19})(?:/.*)?"
)
_TAG: Final = re.compile(r"hashtag/([^/]{1,200})/?")
_PAGES_OF_X: Final = frozenset(
    {
        "about",
        "compose",
        "download",
        "explore",
        "hashtag",
        "home",
        "i",
        "intent",
        "jobs",
        "login",
        "logout",
        "messages",
        "notifications",
        "privacy",
        "search",
        "settings",
        "share",
        "signup",
        "tos",
    }
)


def recognise(link: str) -> Place | None:
    """Say what can be watched behind a link; None when it is nothing of X's.

    Kinds: `search` (native: the query), `account` (native: the name, in small letters;
    what is watched is what others write to it), `conversation` (native: a post's id).
    """
    found = HOST.fullmatch(link.strip())
    if found is None:
        return None
    parts = urlsplit(link.strip())
    path = unquote(parts.path).strip("/")
    if path == "search":
        return _search(parse_qs(parts.query).get("q", [""])[0].strip())
    if tag := _TAG.fullmatch(path):
        return _search(f"#{tag[1]}")
    if post := _POST.fullmatch(path):
        number = str(int(post[1]))
        return Place(Network.X, "conversation", number, post_url(number))
    named = _NAME.fullmatch(path)
    if named is None or named[1].lower() in _PAGES_OF_X:
        return None
    name = named[1].lower()
    return Place(Network.X, "account", name, f"{SITE}/{name}", f"@{name}")


def _search(query: str) -> Place | None:
    words = " ".join(query.split())
    if not words:
        return None
    return Place(Network.X, "search", words, f"{SITE}/search?q={quote(words)}", words)
