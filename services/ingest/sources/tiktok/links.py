"""What a link of TikTok leads to, in all the forms people paste."""

import re
from typing import Final
from urllib.parse import parse_qs, quote, unquote, urlsplit

from services.ingest.domain.posts import Network
from services.ingest.sources.connector import Place
from shared.networks.tiktok.links import SITE, account_url, video_url

_HOSTS: Final = frozenset({"tiktok.com", "www.tiktok.com", "m.tiktok.com"})
_ACCOUNT: Final = re.compile(r"@([\w.]{1,24})")
_VIDEO: Final = re.compile(r"(?:@[\w.]{0,24}/(?:video|photo)|v)/(\d{1,19})(?:\.html)?")
_TAG: Final = re.compile(r"tag/([^/]{1,100})")
_SEARCHES: Final = frozenset({"search", "search/video"})


def recognise(link: str) -> Place | None:
    """Say what can be watched behind a link; None when it is nothing of TikTok's.

    Kinds: `account` (native: the name, in small letters), `video` (native: its id),
    `tag` (native: the hashtag without `#`), `search` (native: the words).
    """
    parts = urlsplit(link.strip())
    host = (parts.netloc.rpartition("@")[2].partition(":")[0]).lower()
    if parts.scheme not in {"http", "https"} or host not in _HOSTS:
        return None
    path = unquote(parts.path).strip("/")
    if path in _SEARCHES:
        words = " ".join(parse_qs(parts.query).get("q", [""])[0].split())
        return _search(words) if words else None
    if found := _VIDEO.fullmatch(path):
        number = str(int(found[1]))
        return Place(Network.TIKTOK, "video", number, video_url(number))
    if found := _TAG.fullmatch(path):
        tag = found[1].lstrip("#").lower()
        return Place(Network.TIKTOK, "tag", tag, f"{SITE}/tag/{quote(tag)}", f"#{tag}")
    if found := _ACCOUNT.fullmatch(path):
        name = found[1].lower()
        return Place(Network.TIKTOK, "account", name, account_url(name), f"@{name}")
    return None


def _search(words: str) -> Place:
    url = f"{SITE}/search?q={quote(words)}"
    return Place(Network.TIKTOK, "search", words, url, words)
