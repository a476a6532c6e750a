"""Turns what was read of Graph into posts to take in."""

from dataclasses import dataclass
from datetime import datetime

from services.ingest.domain.checks import Refused, clean_text, in_range
from services.ingest.domain.posts import IncomingPost, PostKind
from services.ingest.sources.base import Evidence, FetchedPost
from services.ingest.sources.meta.items import Item, Words
from shared.networks.meta.times import moment_of


def alive(
    item: Item,
    words: Words,
    source: str,
    *,
    edited_at: datetime | None,
    now: datetime,
) -> FetchedPost | None:
    """Make a post of an item; None for one without words. Raises `Refused`."""
    text = clean_text(item.text)
    if not text:
        return None
    post = IncomingPost(
        network=words.network,
        source=source,
        external_id=words.key(item.kind, item.id),
        kind=item.kind,
        parent_id=_parent(words, item.kind, item.post, item.parent),
        url=item.url,
        text=text,
        published_at=moment(item.date, "created_time", now),
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


@dataclass(frozen=True, slots=True)
class Lost:
    """A post or comment that can not be read any more, as far as it is remembered."""

    kind: PostKind
    id: str
    post: str
    parent: str = ""
    date: int = 0
    url: str | None = None


def gone(
    lost: Lost, words: Words, source: str, *, evidence: Evidence, now: datetime
) -> FetchedPost:
    """Make the tombstone of something lost."""
    tombstone = IncomingPost(
        network=words.network,
        source=source,
        external_id=words.key(lost.kind, lost.id),
        kind=lost.kind,
        parent_id=_parent(words, lost.kind, lost.post, lost.parent),
        url=lost.url,
        text="",
        published_at=moment_of(lost.date) if lost.date else now,
        edited_at=now,
        deleted=True,
    )
    return FetchedPost(tombstone, date_guessed=not lost.date, evidence=evidence)


def moment(told: int, field: str, now: datetime) -> datetime:
    """Unix seconds as a time, now if Meta tells none; refuse what no clock meant."""
    if not told:
        return now
    try:
        value = moment_of(told)
    except OverflowError:
        raise Refused(field, "is no time") from None
    return in_range(value, field, now=now)


def _parent(words: Words, kind: PostKind, post: str, parent: str) -> str | None:
    if kind is PostKind.POST:
        return None
    if parent:
        return words.key(PostKind.COMMENT, parent)
    return words.key(PostKind.POST, post) if post else None
