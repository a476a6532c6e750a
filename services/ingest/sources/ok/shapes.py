"""Turns what was read of OK into posts to take in."""

from datetime import datetime
from typing import Final

from services.ingest.domain.checks import Refused, clean_text, in_range
from services.ingest.domain.posts import IncomingPost, Network, PostKind
from services.ingest.sources.base import Evidence, FetchedPost
from services.ingest.sources.ok.parse import Item, key_of
from shared.networks.ok.links import topic_url
from shared.networks.ok.times import moment_of

SOURCE: Final = "ok"


def alive(
    item: Item, *, edited_at: datetime | None, now: datetime
) -> FetchedPost | None:
    """Make a post of an item; None for one without words. Raises `Refused`."""
    text = clean_text(item.text)
    if not text:
        return None
    post = IncomingPost(
        network=Network.OK,
        source=f"{SOURCE}:{item.group}",
        external_id=item.key,
        kind=item.kind,
        parent_id=_parent(item.topic, item.comment, item.parent),
        url=topic_url(item.group, item.topic),
        text=text,
        published_at=moment(item.date, "date", now),
        edited_at=edited_at,
        metrics=dict(item.metrics or {}),
    )
    return FetchedPost(
        post,
        date_guessed=not item.date,
        raw=item.raw,
        seen=True,
        from_page=item.by_page,
    )


def gone(  # noqa: PLR0913 -- what names a post, by name
    group: str,
    topic: int,
    *,
    evidence: Evidence,
    now: datetime,
    comment: str = "",
    parent: str = "",
    date: int = 0,
) -> FetchedPost:
    """Make the tombstone of a topic or comment that can not be read any more."""
    tombstone = IncomingPost(
        network=Network.OK,
        source=f"{SOURCE}:{group}",
        external_id=key_of(topic, comment),
        kind=PostKind.COMMENT if comment else PostKind.POST,
        parent_id=_parent(topic, comment, parent),
        url=topic_url(group, topic),
        text="",
        published_at=moment_of(date) if date else now,
        edited_at=now,
        deleted=True,
    )
    return FetchedPost(tombstone, date_guessed=not date, evidence=evidence)


def moment(told: int, field: str, now: datetime) -> datetime:
    """Milliseconds as a time, now if OK tells none; refuse what no clock meant."""
    if not told:
        return now
    try:
        value = moment_of(told)
    except OverflowError:
        raise Refused(field, "is no time") from None
    return in_range(value, field, now=now)


def _parent(topic: int, comment: str, parent: str) -> str | None:
    return key_of(topic, parent) if comment else None
