"""What a link of Facebook leads to, in all the forms people paste."""

import re
from typing import Final
from urllib.parse import parse_qs, unquote, urlsplit

from services.ingest.domain.posts import Network
from services.ingest.sources.connector import Place
from shared.networks.meta.links import FACEBOOK, post_url

_HOST: Final = re.compile(
    r"(?:(?:www|m|mbasic|web|touch|[a-z]{2}-[a-z]{2})\.)?(?:facebook|fb)\.com"
)
_NUMBER: Final = r"[1-9]\d{4,19}"
_NAME: Final = r"[A-Za-z0-9][A-Za-z0-9.]{1,79}"
_NUMBERED: Final = re.compile(
    rf"(?:(?:pages|people)/[^/]+/|p/[^/]*-)?({_NUMBER})(?:/posts)?"
)
_NAMED: Final = re.compile(rf"(?:pg/)?({_NAME})(?:/(?:posts|about|photos|videos))?")
_POST: Final = re.compile(rf"({_NAME})/(?:posts|videos|photos)/(?:[^/]+/)*({_NUMBER})")
_OPAQUE_POST: Final = re.compile(rf"({_NAME})/(?:posts|videos|photos)/.+")
_JOINED: Final = re.compile(rf"({_NUMBER})_({_NUMBER})")
_BY_QUERY: Final = frozenset({"permalink.php", "story.php"})
_PAGES_OF_FACEBOOK: Final = frozenset(
    {
        "ads",
        "business",
        "dialog",
        "events",
        "friends",
        "gaming",
        "hashtag",
        "help",
        "home.php",
        "legal",
        "login",
        "login.php",
        "marketplace",
        "messages",
        "notifications",
        "p",
        "pages",
        "people",
        "permalink.php",
        "photo",
        "photo.php",
        "photos",
        "policies",
        "posts",
        "profile.php",
        "reel",
        "reels",
        "search",
        "settings",
        "share",
        "sharer",
        "sharer.php",
        "stories",
        "story.php",
        "video.php",
        "videos",
        "watch",
    }
)


def recognise(link: str) -> Place | None:
    """Say what can be watched behind a link; None when it is nothing of Facebook's.

    Kinds: `page` (native: its number, or `@` and the name while nobody has asked
    Facebook whose it is), `post` (native: `page_post`); and, recognised in order to
    say why it is not watched, `group`. A post whose number is hidden (`pfbid…`) leads
    to its page. Whether a number is a page's or a person's only Facebook knows.
    """
    try:
        parts = urlsplit(link.strip() if "//" in link else f"https://{link.strip()}")
    except ValueError:
        return None
    is_web = parts.scheme in {"http", "https"}
    if not is_web or not _HOST.fullmatch(parts.netloc.lower()):
        return None
    path = unquote(parts.path).strip("/")
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    if path == "groups" or path.startswith("groups/"):
        return Place(Network.FACEBOOK, "group", "", f"{FACEBOOK}/{path}")
    return _by_query(path, query) or _post_place(path) or _page_place(path)


def _by_query(path: str, query: dict[str, str]) -> Place | None:
    owner, post = query.get("id", ""), query.get("story_fbid", "")
    if not re.fullmatch(_NUMBER, owner):
        return None
    if path == "profile.php":
        return _page(owner)
    if path not in _BY_QUERY:
        return None
    return _post(owner, post) if re.fullmatch(_NUMBER, post) else _page(owner)


def _post_place(path: str) -> Place | None:
    if joined := _JOINED.fullmatch(path):
        return _post(joined[1], joined[2])
    found = _POST.fullmatch(path) or _OPAQUE_POST.fullmatch(path)
    if found is None or found[1].lower() in _PAGES_OF_FACEBOOK:
        return None
    owner = _native(found[1])
    if found.re is _OPAQUE_POST:
        return _page(owner)
    return _post(owner, found[2])


def _page_place(path: str) -> Place | None:
    if numbered := _NUMBERED.fullmatch(path):
        return _page(numbered[1])
    named = _NAMED.fullmatch(path)
    if named is None or named[1].lower() in _PAGES_OF_FACEBOOK:
        return None
    return _page(_native(named[1]))


def _native(name: str) -> str:
    return name if re.fullmatch(_NUMBER, name) else f"@{name.lower()}"


def _page(native: str) -> Place:
    name = native.removeprefix("@")
    told = name if native.startswith("@") else ""
    return Place(Network.FACEBOOK, "page", native, f"{FACEBOOK}/{name}", told)


def _post(owner: str, post: str) -> Place:
    named = f"{FACEBOOK}/{owner.removeprefix('@')}/posts/{post}"
    url = named if owner.startswith("@") else post_url(f"{owner}_{post}")
    return Place(Network.FACEBOOK, "post", f"{owner}_{post}", url)
