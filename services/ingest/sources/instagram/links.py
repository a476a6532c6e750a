"""What a link of Instagram leads to, in all the forms people paste."""

import re
from typing import Final
from urllib.parse import quote, unquote, urlsplit

from services.ingest.domain.posts import Network
from services.ingest.sources.connector import Place
from shared.networks.meta.links import INSTAGRAM

_HOSTS: Final = frozenset({"instagram.com", "www.instagram.com", "m.instagram.com"})
_NAME: Final = r"[A-Za-z0-9_](?:[A-Za-z0-9_.]{0,29})"
_ACCOUNT: Final = re.compile(rf"({_NAME})(?:/(?:tagged|reels))?")
_MEDIA: Final = re.compile(rf"(?:{_NAME}/)?(?:p|reel|tv)/([\w-]{{5,40}})(?:/.*)?")
_TAG: Final = re.compile(r"explore/(?:tags|search/keyword)/(\w{2,100})")
_PAGES_OF_INSTAGRAM: Final = frozenset(
    {
        "about",
        "accounts",
        "api",
        "challenge",
        "developer",
        "direct",
        "directory",
        "emails",
        "explore",
        "legal",
        "oauth",
        "p",
        "press",
        "privacy",
        "reel",
        "reels",
        "session",
        "stories",
        "tags",
        "tv",
        "web",
    }
)


def recognise(link: str) -> Place | None:
    """Say what can be watched behind a link; None when it is nothing of Instagram's.

    Kinds: `account` (native: `@` and the name while nobody has asked which of ours it
    is), `media` (native: the short code of its address), `tag` (native: the hashtag
    without `#`).
    """
    try:
        parts = urlsplit(link.strip() if "//" in link else f"https://{link.strip()}")
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or parts.netloc.lower() not in _HOSTS:
        return None
    path = unquote(parts.path).strip("/")
    if tag := _TAG.fullmatch(path):
        name = tag[1].lower()
        url = f"{INSTAGRAM}/explore/tags/{quote(name)}/"
        return Place(Network.INSTAGRAM, "tag", name, url, f"#{name}")
    if media := _MEDIA.fullmatch(path):
        return Place(Network.INSTAGRAM, "media", media[1], f"{INSTAGRAM}/p/{media[1]}/")
    account = _ACCOUNT.fullmatch(path)
    if account is None or account[1].lower() in _PAGES_OF_INSTAGRAM:
        return None
    name = account[1].lower()
    return Place(Network.INSTAGRAM, "account", f"@{name}", f"{INSTAGRAM}/{name}/", name)
