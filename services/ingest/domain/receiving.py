"""What the versions of a post that arrive together change in what is stored."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, TypeAlias
from uuid import UUID

from services.ingest.domain.posts import IncomingPost
from services.ingest.domain.versions import (
    CHANGES,
    Effect,
    Version,
    effect_of,
    fingerprint,
    native_fingerprint,
    version_of,
)

BATCH = 200
"""Most posts one batch of matching holds, so that its job stays short."""

Sign: TypeAlias = Callable[[bytes], bytes]
"""Makes a fingerprint useless to whoever does not have the secret."""


@dataclass(frozen=True, slots=True)
class Stored:
    """What the store knows of a post; revision 0 is one that has only a key yet."""

    post_id: UUID
    revision: int = 0
    version: Version | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """A new revision of a post; `keeps_text` is false when a deletion follows."""

    revision: int
    effect: Effect
    post: IncomingPost
    version: Version
    keeps_text: bool = True


@dataclass(frozen=True, slots=True)
class Outcome:
    """What becomes of one post: its new revisions, in order, the last one stands.

    `confirmed` is a later time of the content that then stands.
    """

    post_id: UUID
    changes: tuple[Change, ...]
    duplicates: int = 0
    confirmed: Version | None = None

    @property
    def is_new(self) -> bool:
        return bool(self.changes) and self.changes[0].effect is Effect.NEW

    @property
    def edited_at(self) -> datetime | None:
        """Time of the version that stands after the changes."""
        return (self.confirmed or self.changes[-1].version).edited_at

    @property
    def erases(self) -> bool:
        """Whether older revisions must lose their texts."""
        return any(change.effect is Effect.DELETED for change in self.changes)


@dataclass(frozen=True, slots=True)
class Manner:
    """How versions come: under the network's own key, shown or told, told or presumed.

    `seen_at` is when the network showed them; None when events told of them.
    """

    native: bool = False
    seen_at: datetime | None = None
    presumed: bool = False


PUSHED: Final = Manner()


def play(
    stored: Stored,
    versions: Sequence[IncomingPost],
    *,
    sign: Sign,
    now: datetime,
    manner: Manner = PUSHED,
) -> Outcome:
    """Let versions of one post arrive one after another."""
    changes: list[Change] = []
    confirmed: Version | None = None
    current, revision = stored.version, stored.revision
    for post in versions:
        version = _version(post, manner, sign, now)
        effect = effect_of(version, current)
        if effect in CHANGES:
            revision += 1
            changes.append(Change(revision, effect, post, version))
            confirmed = None
        elif effect is Effect.CONFIRMED:
            confirmed = version
        if effect is not Effect.NOTHING:
            current = version
    return Outcome(
        stored.post_id,
        tuple(_without_deleted_texts(changes)),
        len(versions) - len(changes),
        confirmed,
    )


def _version(post: IncomingPost, manner: Manner, sign: Sign, now: datetime) -> Version:
    fingerprint_of = native_fingerprint if manner.native else fingerprint
    plain = version_of(post, received_at=now, fingerprint_of=fingerprint_of)
    return replace(
        plain,
        fingerprint=sign(plain.fingerprint),
        presumed=manner.presumed and post.deleted,
        seen_at=manner.seen_at,
    )


def _without_deleted_texts(changes: list[Change]) -> Iterator[Change]:
    """Texts before a deletion are not kept, nor what the tombstone carries."""
    last = max(
        (n for n, change in enumerate(changes) if change.version.deleted), default=-1
    )
    for number, change in enumerate(changes):
        yield change if number > last else replace(change, keeps_text=False)


def batches(post_ids: Iterable[UUID]) -> list[list[UUID]]:
    """Cut posts into batches of matching."""
    ids = list(post_ids)
    return [ids[start : start + BATCH] for start in range(0, len(ids), BATCH)]
