"""What Facebook pushes about a page: changes of its feed, and mentions."""

from collections.abc import Mapping
from typing import Any, Final

from services.ingest.domain.posts import PostKind
from services.ingest.sources.facebook.parse import WORDS
from services.ingest.sources.meta.hook import MetaHook, Told
from services.ingest.sources.meta.items import text_in
from services.ingest.sources.meta.shapes import Lost
from shared.networks.meta.edges import is_id
from shared.networks.meta.links import comment_url, post_url
from shared.networks.meta.times import unix_of

REMOVE: Final = "remove"

_READ: Final = frozenset({"feed", "mention"})
_POSTS: Final = frozenset(
    {"album", "event", "link", "note", "photo", "post", "share", "status", "video"}
)
_IGNORED_ITEMS: Final = frozenset({"like", "reaction"})
_IGNORED: Final = frozenset(
    {"conversations", "messages", "messaging_postbacks", "name", "picture", "ratings"}
)


class FacebookHook(MetaHook):
    """Receives what happens on a page; each thing is then read again by its id."""

    words = WORDS
    subject = "page"

    def read(self, what: str, value: Mapping[str, Any], told: Told) -> None:
        """Take one change in."""
        if what in _IGNORED or (what in _READ and value.get("item") in _IGNORED_ITEMS):
            return
        item = str(value.get("item"))
        if what not in _READ:
            told.unknown[f"field: {what[:40]}"] += 1
        elif item == "comment":
            _comment(value, told)
        elif item in _POSTS:
            _post(value, told)
        else:
            told.unknown[f"item: {item[:40]}"] += 1


def _comment(value: Mapping[str, Any], told: Told) -> None:
    post, comment = text_in(value, "post_id"), text_in(value, "comment_id")
    if not is_id(post) or not is_id(comment):
        told.unknown["comment without id"] += 1
        return
    told.touched.append(f"{post}/{comment}")
    if value.get("verb") == REMOVE:
        parent = text_in(value, "parent_id")
        answers = parent if is_id(parent) and parent != post else ""
        date, url = (
            unix_of(value.get("created_time")),
            comment_url(post_url(post), comment),
        )
        told.remove(Lost(PostKind.COMMENT, comment, post, answers, date, url))


def _post(value: Mapping[str, Any], told: Told) -> None:
    post = text_in(value, "post_id")
    if not is_id(post) or "_" not in post:
        told.unknown["post without id"] += 1
        return
    told.touched.append(post)
    if value.get("verb") == REMOVE:
        date = unix_of(value.get("created_time"))
        told.remove(Lost(PostKind.POST, post, post, date=date, url=post_url(post)))
