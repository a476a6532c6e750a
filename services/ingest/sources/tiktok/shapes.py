"""Turns what was read of TikTok into posts to take in."""

from datetime import UTC, datetime
from typing import Final

from services.ingest.domain.checks import Refused, clean_text, in_range
from services.ingest.domain.posts import IncomingPost, Network, PostKind
from services.ingest.sources.base import Evidence, FetchedPost
from services.ingest.sources.tiktok.parse import Item, key_of
from shared.networks.tiktok.links import video_url

SOURCE: Final = "tiktok"


def alive(
    item: Item, *, account: str, edited_at: datetime | None, now: datetime
) -> FetchedPost | None:
    """Make a post of an item; None for one without words. Raises `Refused`.

    `account` is the watched account's name, empty where anybody's videos are found.
    """
    text = clean_text(item.text)
    if not text:
        return None
    post = IncomingPost(
        network=Network.TIKTOK,
        source=SOURCE,
        external_id=item.key,
        kind=item.kind,
        parent_id=_parent(item.video, item.comment, item.above),
        url=video_url(item.video, account),
        text=text,
        published_at=moment(item.date, now),
        edited_at=edited_at,
        metrics=dict(item.metrics),
    )
    return FetchedPost(
        post,
        date_guessed=not item.date,
        raw=item.raw,
        seen=True,
        from_page=bool(account) and item.kind is PostKind.POST,
    )


def gone(
    video: int,
    *,
    now: datetime,
    comment: int = 0,
    above: int = 0,
    date: int = 0,
    account: str = "",
) -> FetchedPost:
    """Make the tombstone of a video or comment that is missing where it had to be."""
    tombstone = IncomingPost(
        network=Network.TIKTOK,
        source=SOURCE,
        external_id=key_of(video, comment),
        kind=PostKind.COMMENT if comment else PostKind.POST,
        parent_id=_parent(video, comment, above),
        url=video_url(video, account),
        text="",
        published_at=datetime.fromtimestamp(date, UTC) if date else now,
        edited_at=now,
        deleted=True,
    )
    return FetchedPost(tombstone, date_guessed=not date, evidence=Evidence.ABSENT)


def moment(seconds: int, now: datetime) -> datetime:
    """Unix seconds as a time, now if none are told; refuse what no clock meant."""
    if not seconds:
        return now
    try:
        value = datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        raise Refused("create_time", "is no Unix time") from None
    return in_range(value, "create_time", now=now)


def _parent(video: int, comment: int, above: int) -> str | None:
    return key_of(video, above) if comment else None
