"""Which post a link leads to, for the networks whose links name posts."""

import re
from typing import Final, NamedTuple

from services.ingest.domain.posts import Network, PostKind
from shared.networks.max.names import spot_in


class FacebookSpot(NamedTuple):
    """A post of Facebook, or a comment under it, by their numbers.

    `owner` is the number of the page or the person, empty where the link has a name.
    """

    owner: str
    post: str
    comment: str | None = None


class LinkedPost(NamedTuple):
    """A post as its network numbers it; one post has one id however it is linked."""

    network: Network
    kind: PostKind
    external_id: str


_VK: Final = re.compile(
    r"https?://(?:www\.|m\.)?(?:vk\.com|vk\.ru|vkontakte\.ru)/(?P<path>.*)",
    re.IGNORECASE,
)
_VK_WALL: Final = re.compile(r"(?:^|[?&]w=)wall(-?\d{1,15}_\d{1,15})", re.IGNORECASE)
_VK_REPLY: Final = re.compile(r"(?:[?&]reply=|_r)(\d{1,15})(?:&|$|#)", re.IGNORECASE)
_VK_TOPIC: Final = re.compile(
    r"^topic(-\d{1,15}_\d{1,15})\?post=(\d{1,15})", re.IGNORECASE
)

_TELEGRAM: Final = re.compile(
    r"https?://(?:www\.)?(?:t\.me|telegram\.me)/(?:s/)?"
    r"(?P<channel>c/\d{1,15}|[A-Za-z]\w{3,31})/(?P<post>\d{1,12})/?"
    r"(?:\?(?:single|(?:.*&)?comment=(?P<comment>\d{1,12}).*|.*))?",
    re.IGNORECASE,
)
_OK_TOPIC: Final = re.compile(
    r"https?://(?:www\.|m\.)?(?:ok\.ru|odnoklassniki\.ru)/(?:group/?)?[\w.-]{1,80}"
    r"/topic/(?P<topic>\d{1,20})(?:[/?#].*)?",
    re.IGNORECASE,
)
_LIVEJOURNAL: Final = re.compile(
    r"https?://(?P<user>[\w-]{1,40})\.livejournal\.com/(?P<post>\d{1,12})\.html"
    r"(?:\?(?:.*&)?thread=(?P<comment>\d{1,12}))?.*",
    re.IGNORECASE,
)
_X: Final = re.compile(
    r"https?://(?:www\.|mobile\.|m\.)?(?:x|twitter)\.com/(?:i/web|\w{1,15})"
    r"/status(?:es)?/(?P<post>\d{1,19})(?:[/?#].*)?",
    re.IGNORECASE,
)
_TIKTOK: Final = re.compile(
    r"https?://(?:www\.|m\.)?tiktok\.com/@[\w.]{0,40}/(?:video|photo)"
    r"/(?P<video>\d{1,19})(?:[/?#].*)?",
    re.IGNORECASE,
)
# Numbers alone name a post: a page's name, or a hidden number (pfbid…), does not.
_FACEBOOK: Final = re.compile(
    r"https?://(?:(?:www|m|mbasic|web)\.)?(?:facebook|fb)\.com/(?P<path>.*)",
    re.IGNORECASE,
)
_FACEBOOK_QUERY: Final = re.compile(r"(?:permalink|story)\.php\?(.*)", re.IGNORECASE)
_FACEBOOK_POST: Final = re.compile(
    r"(?:(?P<page>\d{5,20})|[\w.]{1,80})/posts/(?P<post>\d{5,20})/?(?:[?#].*)?"
)
_FACEBOOK_JOINED: Final = re.compile(r"(\d{5,20}_\d{5,20})/?(?:[?#].*)?")
_FACEBOOK_COMMENT: Final = re.compile(r"[?&](reply_)?comment_id=(\d{5,20})(?=&|#|$)")
_HOSTS: Final = (
    (("vk.com", "vk.ru", "vkontakte.ru"), Network.VK),
    (("t.me", "telegram.me"), Network.TELEGRAM),
    (("ok.ru", "odnoklassniki.ru"), Network.OK),
    (("livejournal.com",), Network.LIVEJOURNAL),
    (("instagram.com",), Network.INSTAGRAM),
    (("facebook.com", "fb.com"), Network.FACEBOOK),
    (("x.com", "twitter.com"), Network.X),
    (("tiktok.com",), Network.TIKTOK),
    (("max.ru",), Network.MAX),
)
_HOST: Final = re.compile(r"https?://([^/?#:]+)", re.IGNORECASE)


def network_of(url: str) -> Network | None:
    """Network a page belongs to, by its host."""
    found = _HOST.match(url)
    if found is None:
        return None
    host = found[1].lower()
    for ends, network in _HOSTS:
        if any(host == end or host.endswith(f".{end}") for end in ends):
            return network
    return None


def linked_post(url: str) -> LinkedPost | None:
    """Post of a network that the link names."""
    readers = (_vk, _telegram, _ok, _livejournal, _max, _x, _tiktok, _facebook)
    return next((post for read in readers if (post := read(url))), None)


def _vk(url: str) -> LinkedPost | None:
    found = _VK.fullmatch(url)
    if found is None:
        return None
    topic = _VK_TOPIC.search(found["path"])
    if topic:
        key = f"topic:{topic[1]}_{topic[2]}"
        return LinkedPost(Network.VK, PostKind.COMMENT, key)
    wall = _VK_WALL.search(found["path"])
    if wall is None:
        return None
    reply = _VK_REPLY.search(found["path"])
    if reply is None:
        return LinkedPost(Network.VK, PostKind.POST, f"wall:{wall[1]}")
    # The number of a comment is unique on its owner's wall.
    owner = wall[1].partition("_")[0]
    return LinkedPost(Network.VK, PostKind.COMMENT, f"wallreply:{owner}_{reply[1]}")


def _telegram(url: str) -> LinkedPost | None:
    found = _TELEGRAM.fullmatch(url)
    if found is None:
        return None
    post = f"{found['channel'].lower()}/{found['post']}"
    if found["comment"]:
        key = f"{post}?comment={found['comment']}"
        return LinkedPost(Network.TELEGRAM, PostKind.COMMENT, key)
    return LinkedPost(Network.TELEGRAM, PostKind.POST, post)


def _ok(url: str) -> LinkedPost | None:
    found = _OK_TOPIC.fullmatch(url)
    if found is None:
        return None
    return LinkedPost(Network.OK, PostKind.POST, f"topic:{found['topic']}")


def _livejournal(url: str) -> LinkedPost | None:
    """Journals have one name with a hyphen in the host and an underscore in the id."""
    found = _LIVEJOURNAL.fullmatch(url)
    if found is None:
        return None
    post = f"{found['user'].lower().replace('-', '_')}:{found['post']}"
    if found["comment"]:
        key = f"{post}:{found['comment']}"
        return LinkedPost(Network.LIVEJOURNAL, PostKind.COMMENT, key)
    return LinkedPost(Network.LIVEJOURNAL, PostKind.POST, post)


def _x(url: str) -> LinkedPost | None:
    """An edited post is named by its first id, which only X can tell."""
    found = _X.fullmatch(url)
    if found is None:
        return None
    return LinkedPost(Network.X, PostKind.POST, f"post:{int(found['post'])}")


def _tiktok(url: str) -> LinkedPost | None:
    found = _TIKTOK.fullmatch(url)
    if found is None:
        return None
    return LinkedPost(Network.TIKTOK, PostKind.POST, f"video:{int(found['video'])}")


def _facebook(url: str) -> LinkedPost | None:
    """A comment goes by its post's number and its own, whoever's post it is."""
    spot = spot_on_facebook(url)
    if spot is None:
        return None
    if spot.comment:
        key = f"comment:{spot.post}_{spot.comment}"
        return LinkedPost(Network.FACEBOOK, PostKind.COMMENT, key)
    if not spot.owner:
        return None
    key = f"post:{spot.owner}_{spot.post}"
    return LinkedPost(Network.FACEBOOK, PostKind.POST, key)


def spot_on_facebook(url: str) -> FacebookSpot | None:
    """Read the numbers of a link to Facebook; None where it hides the post's."""
    found = _FACEBOOK.fullmatch(url)
    post = _facebook_post(found["path"]) if found else None
    if found is None or post is None:
        return None
    owner, _, number = post.rpartition("_")
    given = _FACEBOOK_COMMENT.finditer(found["path"])
    comments = {bool(each[1]): each[2] for each in given}
    return FacebookSpot(owner, number, comments.get(True) or comments.get(False))


def _facebook_post(path: str) -> str | None:
    """Give `page_post`, or `_post` where the page has a name."""
    if joined := _FACEBOOK_JOINED.fullmatch(path):
        return joined[1]
    if named := _FACEBOOK_POST.fullmatch(path):
        return f"{named['page'] or ''}_{named['post']}"
    if (asked := _FACEBOOK_QUERY.fullmatch(path)) is None:
        return None
    given = dict(each.partition("=")[::2] for each in re.split("[&#]", asked[1]))
    owner, post = given.get("id", ""), given.get("story_fbid", "")
    is_numbered = re.fullmatch(r"\d{5,20}", owner) and re.fullmatch(r"\d{5,20}", post)
    return f"{owner}_{post}" if is_numbered else None


def _max(url: str) -> LinkedPost | None:
    spot = spot_in(url)
    return LinkedPost(Network.MAX, PostKind.POST, spot.key) if spot else None


def is_page_of_a_person(url: str) -> bool:
    """Say whether the page is a user's own, which tells who the author is."""
    return bool(_PERSON.match(url))


_PERSON: Final = re.compile(
    r"(?:https?://)?(?:www\.|m\.)?"
    r"(?:(?:vk\.com|vk\.ru)/id\d|(?:ok\.ru|odnoklassniki\.ru)/profile/"
    r"|max\.ru/u/|facebook\.com/profile\.php|[\w-]+\.livejournal\.com/profile"
    r"|(?:www\.)?(?:x|twitter)\.com/\w+/?$|instagram\.com/[\w.]+/?$|tiktok\.com/@[^/]+/?$)",
    re.IGNORECASE,
)
