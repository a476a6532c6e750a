"""Which kind of token OK wants for which method, the preferred kind first."""

from collections.abc import Mapping
from typing import Final

USER: Final = "user"
APPLICATION: Final = "application"

_SESSION: Final = (USER,)
_ANY: Final = (USER, APPLICATION)

TOKEN_KINDS: Final[Mapping[str, tuple[str, ...]]] = {
    "discussions.addDiscussionComment": _SESSION,
    "discussions.getComments": _SESSION,
    "discussions.getDiscussionComments": _SESSION,
    "discussions.getList": _SESSION,
    "group.getStatTopics": _SESSION,
    "group.getStatTrends": _SESSION,
    "mediatopic.getByIds": _SESSION,
    "mediatopic.getTopics": _SESSION,
    "search.tagContents": _SESSION,
    "stream.get": _SESSION,
    "group.getCounters": _ANY,
    "group.getInfo": _ANY,
    "url.getInfo": _ANY,
}
