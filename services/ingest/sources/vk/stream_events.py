"""Reads the events of VK's stream: posts, reposts and comments with our words."""

import re
from collections.abc import Mapping
from datetime import datetime
from html import unescape
from typing import Any, Final, TypeAlias

from services.ingest.domain.checks import Refused
from services.ingest.domain.posts import PostKind
from services.ingest.sources.base import Evidence, FetchedPost
from services.ingest.sources.connector import without_authors
from services.ingest.sources.vk.harvest import Harvest
from services.ingest.sources.vk.parse import Item
from services.ingest.sources.vk.shapes import alive, gone, moment
from services.ingest.sources.vk.text import plain, scrubbed

Json: TypeAlias = Mapping[str, Any]

_BREAK: Final = re.compile(r"<br\s*/?>", re.IGNORECASE)
_ABOUT_PEOPLE: Final = ("shared_post_author_id", "shared_post_author_url")
_KINDS: Final = {
    "post": PostKind.POST,
    "share": PostKind.POST,
    "comment": PostKind.COMMENT,
}
# The search does not find discussions: what only the stream would bring is not taken.
_IGNORED: Final = frozenset({"topic_post"})


def post_in(event: object, harvest: Harvest) -> FetchedPost | None:
    """Read one event; what can not be read is counted or refused, never raised."""
    told: Json = event if isinstance(event, dict) else {}
    kind = told.get("event_type")
    if kind in _IGNORED:
        return None
    item = _item(told, harvest)
    if item is None:
        return None
    try:
        return _post(told.get("action"), told, item, harvest)
    except Refused as error:
        harvest.refused.append(f"{item.label}: {error.reason}")
        return None


def _post(
    action: object, told: Json, item: Item, harvest: Harvest
) -> FetchedPost | None:
    """Make what an action tells; the network's own time puts late events in order.

    An event tells what was, not what is: it never restores by having been seen.
    """
    at = _moment(told, harvest.now)
    match action:
        case "new":
            return alive(item, edited_at=None, now=harvest.now)
        case "update" | "restore":
            return alive(item, edited_at=at, now=harvest.now)
        case "delete":
            return gone(
                item.kind,
                item.owner,
                item.id,
                post=item.post,
                date=item.date,
                evidence=Evidence.EVENT,
                now=at,
            )
    harvest.unknown[f"stream action: {str(action)[:40]}"] += 1
    return None


def _item(told: Json, harvest: Harvest) -> Item | None:
    kind = told.get("event_type")
    known = _KINDS.get(kind) if isinstance(kind, str) else None
    if known is None:
        harvest.unknown[f"stream event: {str(kind)[:40]}"] += 1
        return None
    named = told.get("event_id")
    ids: Json = named if isinstance(named, dict) else {}
    owner, post = _number(ids, "post_owner_id"), _number(ids, "post_id")
    number = _number(ids, "comment_id") if known is PostKind.COMMENT else post
    if not owner or not post or not number:
        harvest.unknown["stream event without id"] += 1
        return None
    shared = _text(told, "shared_post_text")
    text = "\n\n".join(each for each in (_text(told, "text"), shared) if each)
    return Item(
        kind=known,
        owner=owner,
        id=number,
        post=post,
        date=_number(told, "creation_time") or 0,
        text=text,
        by_page=_is_by_page(told, owner),
        raw=scrubbed(without_authors(told, *_ABOUT_PEOPLE)),
    )


def _text(told: Json, name: str) -> str:
    """Here alone texts come with HTML's marks: <br> and entities."""
    value = told.get(name)
    if not isinstance(value, str):
        return ""
    return plain(unescape(_BREAK.sub("\n", value)))


def _moment(told: Json, now: datetime) -> datetime:
    at = _number(told, "action_time")
    return moment(at, "action_time", now) if at else now


def _is_by_page(told: Json, owner: int) -> bool:
    """A resident's post that the page published for them is signed, and theirs."""
    author = told.get("author")
    wrote = author.get("id") if isinstance(author, dict) else None
    return owner < 0 and wrote == owner and not told.get("signer_id")


def _number(told: Json, name: str) -> int | None:
    value = told.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else None
