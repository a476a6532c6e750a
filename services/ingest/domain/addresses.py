"""Addresses of posts: what everybody may read of them, and what is sealed.

A connector knows whose page it watches, and writes addresses that name nobody else.
Files, feeds and other systems bring addresses as a person copied them, often with the
name of who wrote there.
"""

import re
from typing import Final, NamedTuple
from urllib.parse import unquote

from services.ingest.domain.files.links import (
    is_page_of_a_person,
    linked_post,
    network_of,
    spot_on_facebook,
)
from services.ingest.domain.posts import Network
from shared.networks.meta.links import INSTAGRAM, comment_url, post_url
from shared.networks.tiktok.links import video_url
from shared.networks.x.links import post_url as url_on_x

_BEFORE_PATH: Final = re.compile(r"https?://[^/?#]*/?", re.IGNORECASE)
_PUBLICATION: Final = re.compile(r"[\w.]{1,40}/(p|reel|tv)/([\w-]{1,80})/?(?:[?#].*)?")

# Paths that hold a name or a number which may be a person's.
_OF_PEOPLE: Final = {
    Network.VK: re.compile(
        r"(?:.*[/?&=])?(?:wall|photos?|videos?|clips?|story|note|album)[1-9]\d*_",
    ),
    Network.OK: re.compile(r"profile/|.*/statuses/"),
    Network.INSTAGRAM: re.compile(r"stories/"),
    # A page or a person: Facebook alone knows which. These show neither of them.
    Network.FACEBOOK: re.compile(
        r"(?!(?:groups/[\w.]+(?:/(?:posts|permalink)/\d+)?|watch|reel/\d+|events/\d+"
        r"|hashtag/\w+|share/[\w/]+)?/?(?:[?#]|$))"
    ),
}


class Address(NamedTuple):
    """An address in two: `open` for everybody to read, `sealed` where it names one."""

    open: str | None = None
    sealed: str | None = None


def parted(url: str | None) -> Address:
    """Part an address as it was copied: `open` does not say whom it names.

    X, TikTok, Instagram and Facebook lead to a post without the name, too: then the
    address is written anew and nothing is sealed.
    """
    if url is None or network_of(url) is None:
        return Address(open=url)
    if (without := _without_a_name(url)) is not None:
        return Address(open=without)
    return Address(sealed=url) if names_person(url) else Address(open=url)


def names_person(url: str) -> bool:
    """Say whether an address holds a person's name or number, or may hold it."""
    network = network_of(url)
    if network is None:
        return False
    pattern = _OF_PEOPLE.get(network)
    is_theirs = pattern is not None and pattern.match(_path(url)) is not None
    return is_theirs or is_page_of_a_person(url)


def _without_a_name(url: str) -> str | None:
    match linked_post(url):
        case (Network.X, _, key):
            return url_on_x(key.partition(":")[2])
        case (Network.TIKTOK, _, key):
            return video_url(key.partition(":")[2])
    if spot := spot_on_facebook(url):
        post = post_url(spot.post)
        return comment_url(post, spot.comment) if spot.comment else post
    if network_of(url) is Network.INSTAGRAM:
        found = _PUBLICATION.fullmatch(_path(url))
        return f"{INSTAGRAM}/{found[1]}/{found[2]}/" if found else None
    return None


def _path(url: str) -> str:
    """What stands behind the host, the query with it."""
    return unquote(_BEFORE_PATH.sub("", url, count=1))
