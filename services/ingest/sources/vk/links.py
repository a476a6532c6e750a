"""What a link of VK leads to, in all the forms people paste."""

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qs, quote, urlsplit

from services.ingest.domain.posts import Network
from services.ingest.sources.connector import Place

SITE: Final = "https://vk.com"

_HOSTS: Final = frozenset(
    {f"{name}{host}" for name in ("", "www.", "m.") for host in ("vk.com", "vk.ru")}
    | {"vkontakte.ru", "www.vkontakte.ru"}
)
_ID: Final = r"[1-9]\d{0,14}"
_WALL_POST: Final = re.compile(rf"wall(-?{_ID})_({_ID})(?:_r({_ID}))?(?!\d)")
_WALL: Final = re.compile(rf"wall(-?{_ID})")
_COMMUNITY: Final = re.compile(rf"(?:club|public|event)({_ID})")
_PERSON: Final = re.compile(r"id\d+")
_SCREEN_NAME: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.]{1,31}")
_PAGES_OF_VK: Final = frozenset(
    {
        "app",
        "apps",
        "audio",
        "clips",
        "docs",
        "feed",
        "friends",
        "groups",
        "im",
        "login",
        "market",
        "music",
        "search",
        "services",
        "settings",
        "support",
        "video",
    }
)
# A screen name never has this form: these are things of VK we do not watch.
_THING: Final = re.compile(
    r"(?:albums?|app|audios?|clips?|docs?|market|page|photos?|poll|story|topic|videos?)"
    r"-?\d[\d_-]*"
)


@dataclass(frozen=True, slots=True)
class Target:
    """A post, or a comment under it, that a link leads to."""

    owner: int
    post: int
    comment: int | None = None


def recognise(link: str) -> Place | None:
    """Say what can be watched behind a link; None when it is nothing of VK's.

    Kinds: `wall` (native: the owner's id, or `@` and the screen name while nobody has
    asked VK whose it is), `post` (native: `owner_post`), `search` (native: the words),
    and `person`, which is recognised in order to say that it is not watched.
    """
    target = target_of(link)
    if target is not None:
        return _post_place(target)
    path = _path(link)
    if path is None:
        return None
    return _search_place(link, path) or _wall_place(path)


def target_of(link: str) -> Target | None:
    """Read which post or comment a link names, if it names one."""
    path = _path(link)
    if path is None:
        return None
    query = _query(link)
    found = _WALL_POST.fullmatch(path) or _WALL_POST.match(query.get("w", ""))
    if found is None:
        return None
    reply = query.get("reply") or found[3]
    comment = int(reply) if reply and re.fullmatch(_ID, reply) else None
    return Target(int(found[1]), int(found[2]), comment)


def post_url(owner: int, post: int) -> str:
    return f"{SITE}/wall{owner}_{post}"


def comment_url(owner: int, post: int, comment: int, root: int | None = None) -> str:
    """Address of a comment; `root` is the comment whose thread it stands in."""
    thread = f"&thread={root}" if root and root != comment else ""
    return f"{post_url(owner, post)}?reply={comment}{thread}"


def _path(link: str) -> str | None:
    try:
        parts = urlsplit(link.strip() if "//" in link else f"https://{link.strip()}")
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or parts.netloc.lower() not in _HOSTS:
        return None
    return parts.path.strip("/")


def _query(link: str) -> dict[str, str]:
    """Parameters of a link; VK's own pages put some of them behind `w=`, too."""
    parts = urlsplit(link.strip())
    given = parse_qs(parts.query)
    return {name: values[0].partition("?")[0] for name, values in given.items()} | {
        name: values[0]
        for name, values in parse_qs(given.get("w", [""])[0].partition("?")[2]).items()
    }


def _post_place(target: Target) -> Place:
    if target.owner > 0:
        return _person(post_url(target.owner, target.post))
    native = f"{target.owner}_{target.post}"
    return Place(Network.VK, "post", native, post_url(target.owner, target.post))


def _search_place(link: str, path: str) -> Place | None:
    query = _query(link)
    words = (query.get("c[q]") or query.get("q") or "").strip()
    if path not in {"search", "search/statuses", "feed"} or not words:
        return None
    url = f"{SITE}/search?c[section]=statuses&c[q]={quote(words)}"
    return Place(Network.VK, "search", words, url, words)


def _wall_place(path: str) -> Place | None:
    wall = _WALL.fullmatch(path)
    community = _COMMUNITY.fullmatch(path)
    if community or (wall and wall[1].startswith("-")):
        number = community[1] if community else path.removeprefix("wall-")
        return Place(Network.VK, "wall", f"-{number}", f"{SITE}/club{number}")
    if wall or _PERSON.fullmatch(path):
        return _person(f"{SITE}/{path}")
    if path.lower() in _PAGES_OF_VK or _THING.fullmatch(path):
        return None
    if not _SCREEN_NAME.fullmatch(path):
        return None
    name = path.lower()
    return Place(Network.VK, "wall", f"@{name}", f"{SITE}/{name}", name)


def _person(url: str) -> Place:
    return Place(Network.VK, "person", "", url)
