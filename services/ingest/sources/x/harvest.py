"""What one poll of X has brought so far."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from services.ingest.domain.checks import Refused
from services.ingest.sources.base import Evidence, FetchedPost
from services.ingest.sources.memory import Memory, Seen, edited_at
from services.ingest.sources.x.parse import Item, Unknown, key_of
from services.ingest.sources.x.shapes import alive, gone


@dataclass(slots=True)
class Harvest:
    """Posts to take in, what was refused, shapes nobody knew.

    `later` are versions that are known to be the last ones and were not read yet.
    """

    now: datetime
    memory: Memory
    posts: list[FetchedPost] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    unknown: Unknown = field(default_factory=Counter)
    later: list[str] = field(default_factory=list)
    _keys: dict[int, int] | None = None

    def take(self, item: Item, *, again: bool = False) -> None:
        """Hand on what is new about a post; what only repeats another is left out.

        `again` hands it on although nothing changed, for its counters. An older
        version of an edited post proves that it stands, and asks for the last one.
        """
        if item.is_repost:
            return
        if item.version != item.latest:
            self.later.append(str(item.latest))
            return
        known = self.memory.get(item.key)
        was_missing = known is not None and known.misses > 0
        seen = self.memory.see(
            item.key,
            str(item.version),
            date=int(item.published_at.timestamp()),
            above=self._key(item.above),
        )
        if self._keys is not None:
            self._keys[item.version] = item.key
        if seen is not Seen.SAME or again or was_missing:
            self._hand_on(item, seen)

    def lose(self, key: int, evidence: Evidence) -> None:
        """Tell that a post is gone or, with ABSENT, missing; and remember it."""
        known = self.memory.get(key)
        if known is None or known.is_gone:
            return
        if evidence is Evidence.ABSENT:
            self.memory.miss(key)
        else:
            self.memory.bury(key)
        self.posts.append(gone(key, above=known.above, evidence=evidence, now=self.now))

    def key_of_version(self, version: int) -> int:
        """Find the post a version belongs to; itself when it is not remembered."""
        return self._key(version)

    def _hand_on(self, item: Item, seen: Seen) -> None:
        when = edited_at(seen, item.edited_at, now=self.now)
        try:
            parent = self._key(item.above)
            post = alive(item, parent=parent, edited_at=when, now=self.now)
        except Refused as error:
            self.refused.append(f"{key_of(item.key)}: {error.reason}")
            return
        if post is not None:
            self.posts.append(post)

    def _key(self, version: int) -> int:
        """An answer names the version it was written to, which may be any."""
        if self._keys is None:
            self._keys = {
                int(known.digest): key
                for key in self.memory
                if (known := self.memory.get(key)) is not None and known.digest
            }
        return self._keys.get(version, version)
