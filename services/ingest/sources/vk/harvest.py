"""What one poll of VK has brought so far."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from services.ingest.domain.checks import Refused
from services.ingest.domain.posts import PostKind
from services.ingest.sources.base import Evidence, FetchedPost
from services.ingest.sources.memory import Memory, Seen, edited_at
from services.ingest.sources.vk.parse import Item, Unknown
from services.ingest.sources.vk.shapes import alive, gone, moment


@dataclass(slots=True)
class Harvest:
    """Posts to take in, what was refused, and shapes nobody knew."""

    now: datetime
    posts: list[FetchedPost] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    unknown: Unknown = field(default_factory=Counter)

    def take(self, item: Item, memory: Memory, *, again: bool = False) -> Seen | None:
        """Hand on what is new about an item; None when it is deleted or unreadable.

        `again` hands it on although nothing changed, for its counters. What was
        counted as missing is handed on, too, so that the counting begins anew.
        """
        if item.deleted:
            if memory.bury(item.id):
                self.bury(item, Evidence.FLAG)
            return None
        above = item.parent or item.post
        before = memory.get(item.id)
        was_missing = before is not None and before.misses > 0
        seen = memory.see(item.id, item.digest, date=item.date, above=above)
        if seen is Seen.SAME and not again and not was_missing:
            return seen
        try:
            told = moment(item.edited, "edited", self.now) if item.edited else None
            when = edited_at(seen, told, now=self.now)
            post = alive(item, edited_at=when, now=self.now, seen=True)
        except Refused as error:
            self.refused.append(f"{item.label}: {error.reason}")
            return None
        if post is not None:
            self.posts.append(post)
        return seen

    def bury(self, item: Item, evidence: Evidence) -> None:
        """Tell that an item which was shown as deleted is gone."""
        self.posts.append(
            gone(
                item.kind,
                item.owner,
                item.id,
                post=item.post,
                parent=item.parent,
                date=item.date,
                evidence=evidence,
                now=self.now,
            )
        )

    def lose(
        self, owner: int, post: int, evidence: Evidence, posts: Memory, thread: Memory
    ) -> None:
        """Tell that a post is gone, and with it the comments that are remembered.

        With the evidence ABSENT it is missing, and the store counts how often.
        """
        known = posts.get(post)
        self.posts.append(
            gone(
                PostKind.POST,
                owner,
                post,
                post=post,
                date=known.date if known else 0,
                evidence=evidence,
                now=self.now,
            )
        )
        for comment in thread.standing():
            self.lose_comment(owner, post, comment, evidence, thread)

    def lose_comment(
        self, owner: int, post: int, comment: int, evidence: Evidence, thread: Memory
    ) -> None:
        """Tell that a comment is gone or, with ABSENT, missing; and remember it."""
        known = thread.get(comment)
        above = known.above if known else 0
        if evidence is Evidence.ABSENT:
            thread.miss(comment)
        else:
            thread.bury(comment)
        self.posts.append(
            gone(
                PostKind.COMMENT,
                owner,
                comment,
                post=post,
                parent=above if above != post else 0,
                date=known.date if known else 0,
                evidence=evidence,
                now=self.now,
            )
        )
