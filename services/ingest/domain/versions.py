"""Which of two versions of a post is the later one, and what that changes."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from hashlib import blake2b

from services.ingest.domain.posts import IncomingPost


@dataclass(frozen=True, slots=True)
class Version:
    """What must be kept of a post to judge the versions that come after it.

    `presumed` is a deletion that nobody told of: the post was missing where it had to
    be. `seen_at` is when the network showed a version, told apart from one that came
    with an event, which may be late.
    """

    fingerprint: bytes
    edited_at: datetime | None
    deleted: bool = False
    presumed: bool = False
    seen_at: datetime | None = None


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


def native_fingerprint(post: IncomingPost) -> bytes:
    """The same for a post under its network's own key, which several sources bring.

    They link to it in different ways, and not all know what it answers.
    """
    return fingerprint(replace(post, url=None, parent_id=None))


def version_of(
    post: IncomingPost,
    *,
    received_at: datetime,
    fingerprint_of: Callable[[IncomingPost], bytes] = fingerprint,
) -> Version:
    """Version of an arriving post; a deletion without a time happened on arrival."""
    edited_at = post.edited_at or (received_at if post.deleted else None)
    return Version(fingerprint_of(post), edited_at, post.deleted)


def effect_of(incoming: Version, stored: Version | None) -> Effect:
    """Say what the arriving version does, in this order.

    1. Nothing is stored: it is new.
    2. What is stored was only presumed to be deleted: a living version restores it,
       a told deletion confirms it.
    3. What is stored is deleted, and the network has shown the post alive since:
       restored.
    4. It is older than what is stored: nothing. A version without a time of editing
       is older than every one with it, but for the tombstone of rule 6.
    5. The content is the same: nothing, or only the later time is kept.
    6. What is stored is deleted: only a version with a later time of its own
       restores it, so a late "new" does not bring a deleted post back.
    7. It is a tombstone: deleted.
    8. Otherwise it is a revision; with equal times the one that came last counts,
       since many networks do not tell when a comment was edited.
    """
    if stored is None:
        return Effect.NEW
    if stored.deleted and (stored.presumed or _shown_since(incoming, stored)):
        return _after_presumption(incoming, stored)
    if _is_earlier(incoming.edited_at, stored.edited_at):
        return Effect.NOTHING
    later = incoming.edited_at != stored.edited_at
    if incoming.fingerprint == stored.fingerprint:
        return Effect.CONFIRMED if later else Effect.NOTHING
    if stored.deleted:
        return Effect.RESTORED if later else Effect.NOTHING
    return Effect.DELETED if incoming.deleted else Effect.REVISION


def _shown_since(incoming: Version, stored: Version) -> bool:
    if incoming.deleted or incoming.seen_at is None or stored.edited_at is None:
        return False
    return incoming.seen_at > stored.edited_at


def _after_presumption(incoming: Version, stored: Version) -> Effect:
    if not incoming.deleted:
        return Effect.RESTORED
    told_now = stored.presumed and not incoming.presumed
    return Effect.DELETED if told_now else Effect.NOTHING


def _is_earlier(one: datetime | None, other: datetime | None) -> bool:
    return other is not None and (one is None or one < other)
