"""Which of two versions of a post is the later one, and what that changes."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import blake2b

from services.ingest.domain.posts import IncomingPost


@dataclass(frozen=True, slots=True)
class Version:
    """What must be kept of a post to judge the versions that come after it."""

    fingerprint: bytes
    edited_at: datetime | None
    deleted: bool = False


class Effect(StrEnum):
    """What an arriving version does to the stored post."""

    NEW = "new"  # there was none: store it, a tombstone too
    REVISION = "revision"  # other content, later: replace, keep the old one
    DELETED = "deleted"  # a tombstone: hide the post
    RESTORED = "restored"  # alive again after its tombstone
    CONFIRMED = "confirmed"  # same content at a later time: keep the time alone
    NOTHING = "nothing"  # the same again, or older than what is stored


CHANGES = frozenset({Effect.NEW, Effect.REVISION, Effect.DELETED, Effect.RESTORED})


def fingerprint(post: IncomingPost) -> bytes:
    """16 bytes that differ when the content does.

    Counters, the time of publishing (a feed without dates has none of its own) and
    whatever a tombstone still carries are not content.
    """
    if post.deleted:
        return blake2b(b"deleted", digest_size=16).digest()
    content = "\0".join((post.kind, post.parent_id or "", post.url or "", post.text))
    return blake2b(content.encode(), digest_size=16).digest()


def version_of(post: IncomingPost, *, received_at: datetime) -> Version:
    """Version of an arriving post; a deletion without a time happened on arrival."""
    edited_at = post.edited_at or (received_at if post.deleted else None)
    return Version(fingerprint(post), edited_at, post.deleted)


def effect_of(incoming: Version, stored: Version | None) -> Effect:
    """Say what the arriving version does, in this order.

    1. Nothing is stored: it is new.
    2. It is older than what is stored: nothing. A version without a time of editing
       is older than every one with it, but for the tombstone of rule 4.
    3. The content is the same: nothing, or only the later time is kept.
    4. What is stored is deleted: only a version with a later time of its own
       restores it, so a late "new" does not bring a deleted post back.
    5. It is a tombstone: deleted.
    6. Otherwise it is a revision; with equal times the one that came last counts,
       since many networks do not tell when a comment was edited.
    """
    if stored is None:
        return Effect.NEW
    if _is_earlier(incoming.edited_at, stored.edited_at):
        return Effect.NOTHING
    later = incoming.edited_at != stored.edited_at
    if incoming.fingerprint == stored.fingerprint:
        return Effect.CONFIRMED if later else Effect.NOTHING
    if stored.deleted:
        return Effect.RESTORED if later else Effect.NOTHING
    return Effect.DELETED if incoming.deleted else Effect.REVISION


def _is_earlier(one: datetime | None, other: datetime | None) -> bool:
    return other is not None and (one is None or one < other)
