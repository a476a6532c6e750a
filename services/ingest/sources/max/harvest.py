"""What one poll of MAX has brought so far."""

from collections import Counter
from datetime import datetime
from typing import Final

from services.ingest.domain.checks import Refused
from services.ingest.sources.base import Evidence, FetchedPost
from services.ingest.sources.max.messages import Item, alive, gone
from services.ingest.sources.memory import Memory, Seen, edited_at
from shared.networks.max.names import Spot

MOST_REFUSALS: Final = 50


class Harvest:
    """Posts to take in, what was refused, and shapes nobody knew."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.posts: list[FetchedPost] = []
        self.refused: list[str] = []
        self.unknown: Counter[str] = Counter()

    def take(self, item: Item, memory: Memory, *, again: bool = False) -> Seen | None:
        """Hand on what is new about an item; None where nothing is remembered of it.

        `again` hands it on although nothing changed, for its counters. What was
        counted as missing is handed on, too, so that the counting begins anew. MAX
        does not date edits: they were made by now.
        """
        spot = item.spot
        if spot is None:
            self._add(item, None)
            return None
        before = memory.get(spot.seq)
        if before is None and not item.text:
            return None
        was_missing = before is not None and before.misses > 0
        seen = memory.see(spot.seq, item.digest, date=item.date)
        if seen is not Seen.SAME or again or was_missing:
            self._add(item, edited_at(seen, None, now=self.now))
        return seen

    def miss(
        self, spot: Spot, chat: int, memory: Memory, *, post: str | None = None
    ) -> None:
        """Tell that a message is missing where it had to be; the store counts."""
        known = memory.get(spot.seq)
        if known is None or known.is_gone:
            return
        memory.miss(spot.seq)
        tombstone = gone(
            spot.mid,
            chat,
            evidence=Evidence.ABSENT,
            now=self.now,
            post=post,
            date=known.date,
        )
        self.posts.append(tombstone)

    def refuse(self, mid: str, error: Refused) -> None:
        if len(self.refused) < MOST_REFUSALS:
            self.refused.append(f"{mid}: {error.reason}")

    def _add(self, item: Item, when: datetime | None) -> None:
        try:
            post = alive(item, now=self.now, edited_at=when, seen=True)
        except Refused as error:
            self.refuse(item.mid, error)
        else:
            self.posts += [post] if post is not None else []
