"""An archive in memory that keeps posts by the rules of the real one."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

from services.ingest.domain.posts import IncomingPost
from services.ingest.domain.versions import (
    CHANGES,
    Effect,
    Version,
    effect_of,
    native_fingerprint,
    version_of,
)
from services.ingest.sources.base import Cursor, Evidence, FetchedPost, Source
from services.ingest.sources.memory import ABSENCES


@dataclass
class Archive:
    """What would be stored: the post that stands for each key, and how it came."""

    posts: dict[str, IncomingPost] = field(default_factory=dict)
    evidence: dict[str, Evidence | None] = field(default_factory=dict)
    effects: list[tuple[str, Effect]] = field(default_factory=list)
    raws: list[object] = field(default_factory=list)
    versions: dict[str, Version] = field(default_factory=dict)
    missing: dict[str, int] = field(default_factory=dict)

    def take(self, fetched: Iterable[FetchedPost], now: datetime) -> None:
        for each in fetched:
            self._take(each, now)

    def _take(self, each: FetchedPost, now: datetime) -> None:
        key = each.post.external_id
        is_presumed = each.evidence is Evidence.ABSENT
        if is_presumed and not self._is_missing_for_good(key):
            return
        if not is_presumed:
            self.missing.pop(key, None)
        plain = version_of(
            each.post, received_at=now, fingerprint_of=native_fingerprint
        )
        incoming = replace(
            plain, presumed=is_presumed, seen_at=now if each.seen else None
        )
        effect = effect_of(incoming, self.versions.get(key))
        if effect is not Effect.NOTHING:
            self.posts[key] = each.post
            self.versions[key] = incoming
            self.evidence[key] = each.evidence
        if effect in CHANGES:
            self.effects.append((key, effect))
        self.raws.append(each.raw)

    def _is_missing_for_good(self, key: str) -> bool:
        """Count absences in a row, as the store does; only what stands can miss."""
        if key not in self.standing:
            return False
        self.missing[key] = self.missing.get(key, 0) + 1
        return self.missing[key] >= ABSENCES

    @property
    def standing(self) -> dict[str, str]:
        """Texts of the posts that are not deleted, by their keys."""
        return {key: post.text for key, post in self.posts.items() if not post.deleted}

    def effects_on(self, key: str) -> list[Effect]:
        return [effect for each, effect in self.effects if each == key]


@dataclass
class Poller:
    """Polls a source as the worker does: items first, then the cursor, as JSON."""

    source: Source
    archive: Archive = field(default_factory=Archive)
    cursor: Cursor = field(default_factory=dict)
    unknown: dict[str, int] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    polls: int = 0

    async def poll(self, now: datetime, *, saves: bool = True) -> bool:
        """Ask once; say whether there is more. `saves=False`: killed before saving."""
        fetched = await self.source.fetch(self.cursor, now=now)
        self.polls += 1
        self.archive.take(fetched.posts, now)
        self.refused += fetched.refused
        self.notes += [fetched.note] if fetched.note else []
        for name, count in (fetched.unknown or {}).items():
            self.unknown[name] = self.unknown.get(name, 0) + count
        if saves:
            self.cursor = json.loads(json.dumps(fetched.cursor))
        return fetched.more
