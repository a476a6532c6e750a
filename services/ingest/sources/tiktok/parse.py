"""Reads TikTok's videos and comments; tolerant, because fields come and go."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, Final, TypeAlias

from services.ingest.domain.posts import PostKind
from services.ingest.sources.connector import without_authors

Json: TypeAlias = Mapping[str, Any]
Unknown: TypeAlias = Counter[str]

_HIGHEST: Final = 2**63 - 1
_EXACT: Final = 2**53
_SECONDS_IN_IDS: Final = 32
_VIDEO_METRICS: Final = {
    "comment_count": "comments",
    "like_count": "likes",
    "share_count": "shares",
    "view_count": "views",
}
_COMMENT_METRICS: Final = {"like_count": "likes", "reply_count": "comments"}
_KNOWN: Final = frozenset(
    {
        "comment_count",
        "create_time",
        "favorites_count",
        "hashtag_names",
        "id",
        "like_count",
        "parent_comment_id",
        "region_code",
        "reply_count",
        "share_count",
        "text",
        "username",
        "video_description",
        "video_id",
        "view_count",
        "voice_to_text",
    }
)
_ABOUT_PEOPLE: Final = ("display_name", "video_mention_list")


@dataclass(frozen=True, slots=True)
class Item:
    """A video or comment, without who made it.

    `video` is the video it stands under (itself for a video), `comment` its own id and
    `above` that of the comment it answers; 0 where there is none. `date` is Unix time.
    """

    kind: PostKind
    video: int
    date: int
    text: str
    raw: Json
    metrics: Mapping[str, int]
    comment: int = 0
    above: int = 0

    @property
    def number(self) -> int:
        return self.comment or self.video

    @property
    def key(self) -> str:
        return key_of(self.video, self.comment)

    @property
    def digest(self) -> str:
        """Differs when the text does; TikTok shows an edit in no other way."""
        return blake2b(self.text.encode("utf-8", "replace"), digest_size=4).hexdigest()


def key_of(video: int, comment: int = 0) -> str:
    """Name a video or a comment: TikTok numbers each kind of its own."""
    return f"comment:{comment}" if comment else f"video:{video}"


def second_of(number: int) -> int:
    """Say from an id when its video was published (Unix)."""
    return number >> _SECONDS_IN_IDS


def video_of(data: Json, unknown: Unknown) -> Item | None:
    """Read a video; None for what is none."""
    number = number_of(data.get("id"))
    if number is None:
        unknown["video without id"] += 1
        return None
    _count_unknown(data, unknown)
    spoken = (data.get("video_description"), data.get("voice_to_text"))
    words = [each.strip() for each in spoken if isinstance(each, str) and each.strip()]
    return Item(
        kind=PostKind.POST,
        video=number,
        date=_time(data),
        text="\n\n".join(words),
        raw=_exact(without_authors(data, *_ABOUT_PEOPLE)),
        metrics=_metrics(data, _VIDEO_METRICS),
    )


def comment_of(data: Json, unknown: Unknown, *, video: int) -> Item | None:
    """Read a comment under a video; None for what is none."""
    number = number_of(data.get("id"))
    if number is None:
        unknown["comment without id"] += 1
        return None
    _count_unknown(data, unknown)
    above = number_of(data.get("parent_comment_id")) or 0
    text = data.get("text")
    return Item(
        kind=PostKind.COMMENT,
        video=video,
        date=_time(data),
        text=text if isinstance(text, str) else "",
        raw=_exact(without_authors(data, *_ABOUT_PEOPLE)),
        metrics=_metrics(data, _COMMENT_METRICS),
        comment=number,
        # A comment of the first level names the video as its parent.
        above=0 if above in {video, number} else above,
    )


def number_of(value: object) -> int | None:
    """Read an id: a number beyond 2^53, or the same as a string."""
    if isinstance(value, str) and value.isdecimal() and value.isascii():
        value = int(value) if len(value) <= len(str(_HIGHEST)) else None
    if not isinstance(value, int) or isinstance(value, bool):
        return None
    return value if 0 < value <= _HIGHEST else None


def _count_unknown(data: Json, unknown: Unknown) -> None:
    for name in data.keys() - _KNOWN:
        unknown[f"field: {str(name)[:40]}"] += 1


def _time(data: Json) -> int:
    told = data.get("create_time")
    if not isinstance(told, int) or isinstance(told, bool):
        return 0
    return max(0, told)


def _metrics(data: Json, names: Mapping[str, str]) -> dict[str, int]:
    """Counters that TikTok tells; one it does not tell is absent, not nought."""
    return {
        ours: count
        for theirs, ours in names.items()
        if isinstance(count := data.get(theirs), int)
        and not isinstance(count, bool)
        and count >= 0
    }


def _exact(value: Any) -> Any:  # noqa: ANN401 -- JSON
    """Copy a payload with long ids as strings: not every reader has 64 bits."""
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > _EXACT:
        return str(value)
    if isinstance(value, list):
        return [_exact(each) for each in value]
    if isinstance(value, dict):
        return {name: _exact(each) for name, each in value.items()}
    return value
