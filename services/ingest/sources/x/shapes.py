"""Turns what was read of X into posts to take in."""

from datetime import datetime
from typing import Final

from services.ingest.domain.checks import Refused, clean_text, in_range
from services.ingest.domain.posts import IncomingPost, Network, PostKind
from services.ingest.sources.base import Evidence, FetchedPost
from services.ingest.sources.x.parse import Item, key_of
from shared.networks.x.ids import moment_of
from shared.networks.x.links import post_url

SOURCE: Final = "x"


def alive(
    item: Item, *, parent: int, edited_at: datetime | None, now: datetime
) -> FetchedPost | None:
    """Make a post of an item; None for one without words. Raises `Refused`.

    `parent` is the key of what it answers, 0 for none.
    """
    text = clean_text(item.text)
    if not text:
        return None
    post = IncomingPost(
        network=Network.X,
        source=SOURCE,
        external_id=item.name,
        kind=item.kind,
        parent_id=key_of(parent) if parent else None,
        url=post_url(item.version),
        text=text,
        published_at=in_range(item.published_at, "created_at", now=now),
        edited_at=edited_at,
        metrics=dict(item.metrics),
    )
    return FetchedPost(post, raw=item.raw, seen=True, from_page=item.by_page)


def gone(key: int, *, above: int, evidence: Evidence, now: datetime) -> FetchedPost:
    """Make the tombstone of a post that can not be read any more."""
    tombstone = IncomingPost(
        network=Network.X,
        source=SOURCE,
        external_id=key_of(key),
        kind=PostKind.COMMENT if above else PostKind.POST,
        parent_id=key_of(above) if above else None,
        url=post_url(key),
        text="",
        published_at=min(moment_of(key), now),
        edited_at=now,
        deleted=True,
    )
    return FetchedPost(tombstone, evidence=evidence)


__all__ = ["Refused", "alive", "gone"]
