"""Turns what was read of VK into posts to take in."""

from datetime import UTC, datetime
from typing import Final

from services.ingest.domain.checks import Refused, clean_text, in_range
from services.ingest.domain.posts import IncomingPost, Network, PostKind
from services.ingest.sources.base import Evidence, FetchedPost
from services.ingest.sources.vk.parse import Item, key_of
from shared.networks.vk.links import comment_url, post_url

SOURCE: Final = "vk"


def alive(
    item: Item, *, edited_at: datetime | None, now: datetime, seen: bool = False
) -> FetchedPost | None:
    """Make a post of an item; None for one without words. Raises `Refused`.

    `seen`: VK shows it, as against an event that tells of it.
    """
    text = clean_text(item.text)
    if not text:
        return None
    post = IncomingPost(
        network=Network.VK,
        source=f"{SOURCE}:{item.owner}",
        external_id=item.key,
        kind=item.kind,
        parent_id=item.parent_key,
        url=item.url,
        text=text,
        published_at=moment(item.date, "date", now),
        edited_at=edited_at,
        metrics=dict(item.metrics or {}),
    )
    return FetchedPost(post, raw=item.raw, seen=seen, from_page=item.by_page)


def gone(  # noqa: PLR0913 -- what names a post, by name
    kind: PostKind,
    owner: int,
    number: int,
    *,
    post: int,
    evidence: Evidence,
    now: datetime,
    date: int = 0,
    parent: int = 0,
) -> FetchedPost:
    """Make the tombstone of a post or comment that can not be read any more.

    Without a `date` (events do not tell it) the time is a guess.
    """
    is_post = kind is PostKind.POST
    above = None if is_post else key_of(PostKind.POST, owner, post)
    tombstone = IncomingPost(
        network=Network.VK,
        source=f"{SOURCE}:{owner}",
        external_id=key_of(kind, owner, number),
        kind=kind,
        parent_id=key_of(PostKind.COMMENT, owner, parent) if parent else above,
        url=post_url(owner, number) if is_post else comment_url(owner, post, number),
        text="",
        published_at=datetime.fromtimestamp(date, UTC) if date else now,
        edited_at=now,
        deleted=True,
    )
    return FetchedPost(tombstone, date_guessed=not date, evidence=evidence)


def moment(seconds: int, field: str, now: datetime) -> datetime:
    """Unix seconds as a time; refuse what no clock can have meant."""
    try:
        value = datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        raise Refused(field, "is no Unix time") from None
    return in_range(value, field, now=now)
