"""What can be watched behind a link of VK, in all the forms people paste."""

import re
from typing import Final
from urllib.parse import quote

from services.ingest.domain.posts import Network
from services.ingest.sources.connector import Place
from shared.networks.vk.links import (
    ID,
    SITE,
    Spot,
    path_of,
    post_url,
    query_of,
    spot_of,
)

_WALL: Final = re.compile(rf"wall(-?{ID})")
_COMMUNITY: Final = re.compile(rf"(?:club|public|event)({ID})")
_PERSON: Final = re.compile(r"id\d+")
_SCREEN_NAME: Final = re.compile(r"[a-z0-9_][a-z0-9_.]{1,31}")
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
    r"-?\d[\d_-]*|.+\.php"
)


def recognise(link: str) -> Place | None:
    """Say what can be watched behind a link; None when it is nothing of VK's.

    Kinds: `wall` (native: the owner's id, or `@` and the screen name while nobody has
    asked VK whose it is), `post` (native: `owner_post`), `search` (native: the words),
    and `person`, which is recognised in order to say that it is not watched.
    """
    spot = spot_of(link)
    if spot is not None:
        return _post_place(spot)
    path = path_of(link)
    if path is None:
        return None
    return _search_place(link, path) or _wall_place(path.lower())


def _post_place(spot: Spot) -> Place:
    if spot.owner > 0:
        return _person(post_url(spot.owner, spot.post))
    native = f"{spot.owner}_{spot.post}"
    return Place(Network.VK, "post", native, post_url(spot.owner, spot.post))


def _search_place(link: str, path: str) -> Place | None:
    query = query_of(link)
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
    if path in _PAGES_OF_VK or _THING.fullmatch(path):
        return None
    if not _SCREEN_NAME.fullmatch(path):
        return None
    return Place(Network.VK, "wall", f"@{path}", f"{SITE}/{path}", path)


def _person(url: str) -> Place:
    return Place(Network.VK, "person", "", url)
