"""Links to posts and comments of VK, in all the forms people paste."""

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qs, urlsplit

SITE: Final = "https://vk.com"
ID: Final = r"[1-9]\d{0,14}"
"""A number of VK: never nought, never longer."""

_HOSTS: Final = frozenset(
    {f"{name}{host}" for name in ("", "www.", "m.") for host in ("vk.com", "vk.ru")}
    | {"vkontakte.ru", "www.vkontakte.ru"}
)
_WALL_POST: Final = re.compile(rf"wall(-?{ID})_({ID})(?:_r({ID}))?(?!\d)")


@dataclass(frozen=True, slots=True)
class Spot:
    """A post, or a comment under it; `owner` is negative for a community's wall."""

    owner: int
    post: int
    comment: int | None = None


def spot_of(link: str) -> Spot | None:
    """Read which post or comment a link names, if it names one."""
    path = path_of(link)
    if path is None:
        return None
    query = query_of(link)
    found = _WALL_POST.fullmatch(path) or _WALL_POST.match(query.get("w", ""))
    if found is None:
        return None
    reply = query.get("reply") or found[3]
    comment = int(reply) if reply and re.fullmatch(ID, reply) else None
    return Spot(int(found[1]), int(found[2]), comment)


def post_url(owner: int, post: int) -> str:
    return f"{SITE}/wall{owner}_{post}"


def comment_url(owner: int, post: int, comment: int, root: int | None = None) -> str:
    """Address of a comment; `root` is the comment whose thread it stands in."""
    thread = f"&thread={root}" if root and root != comment else ""
    return f"{post_url(owner, post)}?reply={comment}{thread}"


def path_of(link: str) -> str | None:
    """Read the path of a link to VK; None when it leads elsewhere."""
    try:
        parts = urlsplit(link.strip() if "//" in link else f"https://{link.strip()}")
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or parts.netloc.lower() not in _HOSTS:
        return None
    return parts.path.strip("/")


def query_of(link: str) -> dict[str, str]:
    """Parameters of a link; VK's own pages put some of them behind `w=`, too."""
    parts = urlsplit(link.strip())
    given = parse_qs(parts.query)
    return {name: values[0].partition("?")[0] for name, values in given.items()} | {
        name: values[0]
        for name, values in parse_qs(given.get("w", [""])[0].partition("?")[2]).items()
    }
