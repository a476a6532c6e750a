"""What a link of Odnoklassniki leads to, in all the forms people paste."""

import re
from typing import Final
from urllib.parse import parse_qs, quote, urlsplit

from services.ingest.domain.posts import Network
from services.ingest.sources.connector import Place
from shared.networks.ok.links import ID, SITE, group_url, path_of, topic_url

_NAME: Final = r"[A-Za-z0-9][A-Za-z0-9_.-]{1,63}"
_GROUP: Final = re.compile(rf"group/?({ID})(?:/topics?)?")
_TOPIC: Final = re.compile(rf"(?:group/?({ID})|({_NAME}))/(?:topic|statuses)/({ID})")
_NAMED: Final = re.compile(rf"({_NAME})(?:/topics?)?")
_PERSON: Final = re.compile(rf"profile/?{ID}(?:/.*)?")
_SEARCH: Final = frozenset({"search", "search/content", "dk"})
_TAG: Final = re.compile(r"#(\w{2,100})")
_PAGES_OF_OK: Final = frozenset(
    {
        "app",
        "bookmarks",
        "dk",
        "discussions",
        "feed",
        "friends",
        "game",
        "games",
        "gifts",
        "group",
        "groups",
        "guests",
        "help",
        "live",
        "market",
        "messages",
        "music",
        "notifications",
        "photos",
        "profile",
        "search",
        "settings",
        "services",
        "video",
    }
)


def recognise(link: str) -> Place | None:
    """Say what can be watched behind a link; None when it is nothing of OK's.

    Kinds: `group` (native: its number, or `@` and the name while nobody has asked OK
    whose it is), `topic` (native: `group_topic`), `tag` (native: the hashtag without
    `#`); and, recognised in order to say why they are not watched, `person` and
    `words`.
    """
    path = path_of(link)
    if path is None:
        return None
    query = _query(link)
    return (
        _mobile_place(query)
        or _search_place(path, query)
        or _topic_place(path)
        or _group_place(path)
    )


def _query(link: str) -> dict[str, str]:
    parts = urlsplit(link.strip())
    return {name: values[0].strip() for name, values in parse_qs(parts.query).items()}


def _mobile_place(query: dict[str, str]) -> Place | None:
    """Read the addresses of the mobile site, which name everything in the query."""
    if "st.friendId" in query:
        return _person(f"{SITE}/profile/{query['st.friendId']}")
    group, topic = query.get("st.groupId", ""), query.get("st.themeId", "")
    if not re.fullmatch(ID, group):
        return None
    return _topic(group, topic) if re.fullmatch(ID, topic) else _group(group)


def _search_place(path: str, query: dict[str, str]) -> Place | None:
    words = query.get("st.query") or query.get("q") or ""
    if path not in _SEARCH or not words:
        return None
    url = f"{SITE}/search?st.query={quote(words)}"
    if tag := _TAG.fullmatch(words):
        return Place(Network.OK, "tag", tag[1].lower(), url, f"#{tag[1].lower()}")
    return Place(Network.OK, "words", "", url, words)


def _topic_place(path: str) -> Place | None:
    found = _TOPIC.fullmatch(path)
    if found is None or found[2] == "profile":
        return None
    number, name, topic = found.groups()
    if number:
        return _topic(number, topic)
    if name.lower() in _PAGES_OF_OK:
        return None
    url = f"{SITE}/{name.lower()}/topic/{topic}"
    return Place(Network.OK, "topic", f"@{name.lower()}_{topic}", url)


def _group_place(path: str) -> Place | None:
    if group := _GROUP.fullmatch(path):
        return _group(group[1])
    if _PERSON.fullmatch(path):
        return _person(f"{SITE}/{path}")
    named = _NAMED.fullmatch(path)
    if named is None or named[1].lower() in _PAGES_OF_OK:
        return None
    name = named[1].lower()
    return Place(Network.OK, "group", f"@{name}", f"{SITE}/{name}", name)


def _group(group: str) -> Place:
    return Place(Network.OK, "group", group, group_url(group))


def _topic(group: str, topic: str) -> Place:
    url = topic_url(group, int(topic))
    return Place(Network.OK, "topic", f"{group}_{topic}", url)


def _person(url: str) -> Place:
    return Place(Network.OK, "person", "", url)
