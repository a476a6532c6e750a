"""Reads OK's topics and comments; tolerant, because fields come and go."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, Final, TypeAlias

from services.ingest.domain.checks import LONGEST_ID
from services.ingest.domain.posts import PostKind
from services.ingest.sources.connector import without_authors
from services.ingest.sources.ok.text import plain, scrubbed, topic_text
from shared.networks.ok.answer import is_removed
from shared.networks.ok.discussions import TOPIC
from shared.networks.ok.times import milliseconds_of

Json: TypeAlias = Mapping[str, Any]
Unknown: TypeAlias = Counter[str]

_MEDIA: Final = frozenset(
    {
        "app",
        "carousel",
        "link",
        "movie",
        "music",
        "photo",
        "poll",
        "present",
        "text",
        "topic",
    }
)
_COMMENT_TYPES: Final = frozenset({"", "ACTIVE_MESSAGE"})
_ABOUT_PEOPLE: Final = (
    "author_type",
    "entities",
    "liked_it",
    "on_behalf_of",
    "reply_to_id",
    "reply_to_name",
    "reshare_owner_name",
    "self",
    "user_ref",
    "users",
)
_LONGEST_COMMENT_ID: Final = LONGEST_ID - len(TOPIC) - 22


@dataclass(frozen=True, slots=True)
class Item:
    """A topic or comment as OK shows it, without who wrote it.

    `topic` is the topic it stands under (itself for a topic), `comment` its opaque id
    and `parent` that of the comment it answers; empty where there is none. Times are
    Unix milliseconds, 0 when OK does not tell. `by_page` says that the group itself
    wrote it.
    """

    kind: PostKind
    group: str
    topic: int
    date: int
    text: str
    raw: Json
    comment: str = ""
    parent: str = ""
    removed: bool = False
    metrics: Mapping[str, int] | None = None
    by_page: bool = False

    @property
    def key(self) -> str:
        return key_of(self.topic, self.comment)

    @property
    def comments(self) -> int | None:
        """How many comments OK counts under a topic; None when it does not tell."""
        return (self.metrics or {}).get("comments")

    @property
    def digest(self) -> str:
        """Differs when the text does; OK shows an edit in no other way."""
        return blake2b(self.text.encode("utf-8", "replace"), digest_size=4).hexdigest()


def key_of(topic: int, comment: str = "") -> str:
    """Name a topic or a comment under it as OK does."""
    return f"{TOPIC}:{topic}:{comment}" if comment else f"topic:{topic}"


def topics_in(answer: object, unknown: Unknown) -> Iterator[Item]:
    """Read the topics of an answer; OK puts them at the top or among the entities."""
    for each in listed(answer, "media_topics") or listed(
        object_in(answer, "entities"), "media_topics"
    ):
        item = topic_of(each, unknown)
        if item is not None:
            yield item


def topic_of(data: object, unknown: Unknown) -> Item | None:
    """Read a topic of a group; None for what is none."""
    number = number_in(data, "id")
    if number is None or not isinstance(data, dict):
        unknown["topic without id"] += 1
        return None
    owner = str(data.get("owner_ref") or "")
    media = listed(data, "media")
    for each in media:
        kind = each.get("type") if isinstance(each, dict) else None
        if kind not in _MEDIA:
            unknown[f"media: {str(kind)[:40]}"] += 1
    return Item(
        kind=PostKind.POST,
        group=_group(owner),
        topic=number,
        date=milliseconds_of(data),
        text=topic_text(media, unknown),
        removed=is_removed(data),
        metrics=_metrics(data),
        by_page=owner != "" and data.get("author_ref") == owner,
        raw=scrubbed(without_authors(data, *_ABOUT_PEOPLE)),
    )


def comment_of(data: Json, unknown: Unknown, *, group: str, topic: int) -> Item | None:
    """Read a comment under a topic; None for what is no comment."""
    name = data.get("id")
    if not isinstance(name, str) or not 0 < len(name) <= _LONGEST_COMMENT_ID:
        unknown["comment without id"] += 1
        return None
    kind = str(data.get("type") or "")
    removed = is_removed(data)
    if kind not in _COMMENT_TYPES and not removed:
        unknown[f"comment type: {kind[:40]}"] += 1
    told = data.get("reply_to_name")
    people = [told] if isinstance(told, str) and told.strip() else []
    author = data.get("author_ref") or f"group:{data.get('author_id')}"
    parent = data.get("reply_to_comment_id")
    likes = number_in(data, "like_count")
    text = data.get("text")
    return Item(
        kind=PostKind.COMMENT,
        group=group,
        topic=topic,
        comment=name,
        parent=parent if isinstance(parent, str) else "",
        date=milliseconds_of(data),
        text=plain(text, people=people) if isinstance(text, str) else "",
        removed=removed,
        metrics={} if likes is None else {"likes": likes},
        by_page=author == f"group:{group}",
        raw=scrubbed(without_authors(data, *_ABOUT_PEOPLE), people=people),
    )


def _group(ref: str) -> str:
    kind, _, number = ref.partition(":")
    return number if kind == "group" and number.isdecimal() else ""


def _metrics(data: Json) -> dict[str, int]:
    """Counters that OK shows; one it does not show is absent, not nought."""
    told = {
        "comments": number_in(object_in(data, "discussion_summary"), "comments_count"),
        "likes": number_in(object_in(data, "like_summary"), "count"),
        "reposts": number_in(object_in(data, "reshare_summary"), "count"),
    }
    return {name: count for name, count in told.items() if count is not None}


def listed(data: object, name: str) -> list[Any]:
    value = data.get(name) if isinstance(data, dict) else None
    return value if isinstance(value, list) else []


def object_in(data: object, name: str) -> Json:
    value = data.get(name) if isinstance(data, dict) else None
    return value if isinstance(value, dict) else {}


def number_in(data: object, name: str) -> int | None:
    """Read a number that is not negative; OK writes long ones as strings."""
    value = data.get(name) if isinstance(data, dict) else None
    if isinstance(value, str) and value.isdecimal() and value.isascii():
        return int(value)
    if not isinstance(value, int) or isinstance(value, bool):
        return None
    return value if value >= 0 else None
