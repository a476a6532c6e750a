"""Reads Facebook's posts and comments; tolerant, because fields come and go."""

from collections.abc import Mapping
from typing import Any, Final

from services.ingest.domain.posts import Network, PostKind
from services.ingest.domain.redaction.marks import MARKS, PersonalData
from services.ingest.sources.connector import without_authors
from services.ingest.sources.meta.items import (
    Item,
    Json,
    Unknown,
    Words,
    listed,
    number_in,
    object_in,
    text_in,
)
from shared.networks.meta.edges import is_id
from shared.networks.meta.links import comment_url, post_url
from shared.networks.meta.times import unix_of

WORDS: Final = Words(Network.FACEBOOK, "post")
# Of authors the number alone is asked for: is it the page?
POST_FIELDS: Final = (
    "id,message,created_time,updated_time,from{id},shares,message_tags,"
    "attachments{type},reactions.limit(0).summary(total_count),"
    "comments.filter(stream).limit(0).summary(total_count)"
)
COMMENT_FIELDS: Final = (
    "id,message,created_time,from{id},parent{id},message_tags,attachment{type},"
    "like_count,comment_count,is_hidden"
)

_ATTACHMENTS: Final = frozenset(
    {
        "album",
        "animated_image_autoplay",
        "animated_image_share",
        "animated_image_video",
        "cover_photo",
        "event",
        "file_upload",
        "map",
        "multi_share",
        "native_templates",
        "new_album",
        "note",
        "photo",
        "profile_media",
        "question",
        "share",
        "sticker",
        "unavailable",
        "video",
        "video_autoplay",
        "video_inline",
        "video_share_youtube",
        "visual_poll",
    }
)
_ABOUT_PEOPLE: Final = (
    "admin_creator",
    "message_tags",
    "permalink_url",
    "story",
    "story_tags",
    "to",
    "via",
    "with_tags",
)
_NO_PERSON: Final = frozenset({"application", "event", "group", "page"})
_MARK: Final = MARKS[PersonalData.PROFILE]


def post_of(data: object, unknown: Unknown, *, page: str) -> Item | None:
    """Read a post; None for what is none."""
    name = text_in(data, "id")
    if not is_id(name) or "_" not in name or not isinstance(data, dict):
        unknown["post without id"] += 1
        return None
    for each in listed(object_in(data, "attachments"), "data"):
        _note_attachment(each, unknown)
    return Item(
        kind=PostKind.POST,
        id=name,
        post=name,
        date=unix_of(data.get("created_time")),
        updated=unix_of(data.get("updated_time")),
        text=_text(data),
        url=_address(name, page),
        metrics=_metrics(data),
        by_page=object_in(data, "from").get("id") == page,
        raw=_raw(data),
    )


def _address(name: str, page: str) -> str:
    """Link to a post without naming another page than ours: it may be a person's."""
    owner, _, number = name.rpartition("_")
    return post_url(name if owner == page else number)


def comment_of(
    data: object, unknown: Unknown, *, post: str, page: str, url: str | None
) -> Item | None:
    """Read a comment under a post; None for what is none."""
    name = text_in(data, "id")
    if not is_id(name) or not isinstance(data, dict):
        unknown["comment without id"] += 1
        return None
    if attachment := object_in(data, "attachment"):
        _note_attachment(attachment, unknown)
    parent = text_in(object_in(data, "parent"), "id")
    likes = number_in(data, "like_count")
    return Item(
        kind=PostKind.COMMENT,
        id=name,
        post=post,
        date=unix_of(data.get("created_time")),
        text=_text(data),
        parent=parent if is_id(parent) else "",
        url=comment_url(url or post_url(post), name),
        metrics={} if likes is None else {"likes": likes},
        by_page=object_in(data, "from").get("id") == page,
        raw=_raw(data),
    )


def _note_attachment(data: object, unknown: Unknown) -> None:
    kind = text_in(data, "type")
    if kind not in _ATTACHMENTS:
        unknown[f"attachment: {kind[:40]}"] += 1


def _metrics(data: Json) -> dict[str, int]:
    """Counters of a post; `shares` that are not there are nought, so Meta says.

    Every other one that is not there is absent.
    """
    shares = number_in(object_in(data, "shares"), "count")
    told = {
        "comments": _total(data, "comments"),
        "reactions": _total(data, "reactions"),
        "shares": 0 if "shares" not in data else shares,
    }
    return {name: count for name, count in told.items() if count is not None}


def _total(data: Json, name: str) -> int | None:
    return number_in(object_in(object_in(data, name), "summary"), "total_count")


def _text(data: Json) -> str:
    return without_people(text_in(data, "message"), _people(data))


def _people(data: Json) -> list[str]:
    """Names of people who are mentioned; pages and groups keep theirs."""
    told = data.get("message_tags")
    tags = _unfolded(told) if isinstance(told, Mapping) else told
    return [
        text_in(each, "name")
        for each in (tags if isinstance(tags, list) else ())
        if text_in(each, "type") not in _NO_PERSON and text_in(each, "name").strip()
    ]


def _unfolded(tags: Mapping[str, Any]) -> list[Any]:
    """Tags by their place in the text, as older answers have them."""
    return [each for filed in tags.values() for each in _as_list(filed)]


def _as_list(value: object) -> list[Any]:
    return value if isinstance(value, list) else [value]


def without_people(text: str, people: list[str]) -> str:
    """Replace the names of people by the mark that redaction uses for profiles."""
    for name in people:
        text = text.replace(name, _MARK)
    return text


def _raw(data: Json) -> Json:
    told = without_authors(data, *_ABOUT_PEOPLE)
    return {**told, "message": _text(data)} if "message" in told else told
