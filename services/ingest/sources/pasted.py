"""Links as people paste them: found in what was pasted, and told apart from feeds."""

import re
from typing import Final
from urllib.parse import parse_qs, urlsplit

from services.ingest.domain.posts import Network
from services.ingest.sources.connector import Place

NOTHING: Final = "nothing"
"""Kind of a place of a network we know, with nothing at it that is watched."""
SHORT: Final = "short"
"""Kind of a shortened link: nobody can tell where it leads."""

_HOSTS: Final = {
    "vk.com": Network.VK,
    "vk.ru": Network.VK,
    "vkontakte.ru": Network.VK,
    "vkvideo.ru": Network.VK,
    "ok.ru": Network.OK,
    "odnoklassniki.ru": Network.OK,
    "t.me": Network.TELEGRAM,
    "telegram.me": Network.TELEGRAM,
    "telegram.org": Network.TELEGRAM,
    "max.ru": Network.MAX,
    "x.com": Network.X,
    "twitter.com": Network.X,
    "tiktok.com": Network.TIKTOK,
    "facebook.com": Network.FACEBOOK,
    "fb.com": Network.FACEBOOK,
    "instagram.com": Network.INSTAGRAM,
}
"""Hosts of networks that give no feeds, with all that stands below them."""
_SHORTENERS: Final = {
    "vk.cc": Network.VK,
    "t.co": Network.X,
    "fb.me": Network.FACEBOOK,
    "vm.tiktok.com": Network.TIKTOK,
    "vt.tiktok.com": Network.TIKTOK,
    "clck.ru": Network.RSS,
    "goo.su": Network.RSS,
}
_LEAVING: Final = {
    ("vk.com", "/away.php"): "to",
    ("vk.ru", "/away.php"): "to",
    ("facebook.com", "/l.php"): "u",
    ("instagram.com", "/"): "u",
}
"""Where networks lead outside: the name of the field that says where to."""

_QUOTES: Final = "\"'«»„“”‘’<>()[]{}"
_ENDS: Final = f"{_QUOTES}.,;:!…"
_HIDDEN: Final = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
_WITH_SCHEME: Final = re.compile(r"https?://\S+", re.IGNORECASE)
_BARE: Final = re.compile(r"[\w-]+(?:\.[\w-]+)+(?:/\S*)?")


def cleaned(pasted: str) -> str:
    """Find the link in what was pasted: between quotes, in a sentence, before a comma.

    Where a network leads outside, the address it leads to. What holds no link is
    given back without spaces around it.
    """
    text = _HIDDEN.sub("", pasted).strip().strip(_QUOTES)
    found = _WITH_SCHEME.search(text)
    if found is None:
        link = _bare(text)
    elif found.start() == 0 and "?" in found[0]:
        link = text  # the words of a search may have spaces in them
    else:
        link = found[0]
    return _unwrapped(link.rstrip(_ENDS))


def _bare(text: str) -> str:
    if not re.search(r"\s", text):
        return text
    found = [word.strip(_ENDS) for word in text.split()]
    links = [word for word in found if _BARE.fullmatch(word) and "/" in word]
    return links[0] if len(links) == 1 else text


def _unwrapped(link: str) -> str:
    try:
        parts = urlsplit(link)
    except ValueError:
        return link
    spots = [(host, parts.path) for host in _above(parts.hostname or "")]
    name = next((_LEAVING[spot] for spot in spots if spot in _LEAVING), "")
    told = parse_qs(parts.query).get(name, [])
    return told[0] if told and _WITH_SCHEME.fullmatch(told[0]) else link


def unwatched(url: str) -> Place | None:
    """Say that an address is no feed, because its host is a network's; else None."""
    host = (urlsplit(url).hostname or "").lower()
    if host.removeprefix("www.") in _SHORTENERS:
        return Place(_SHORTENERS[host.removeprefix("www.")], SHORT, "", url)
    network = next((_HOSTS[each] for each in _above(host) if each in _HOSTS), None)
    return None if network is None else Place(network, NOTHING, "", url)


def _above(host: str) -> list[str]:
    """Name a host and those above it."""
    labels = host.lower().split(".")
    return [".".join(labels[start:]) for start in range(len(labels))]
