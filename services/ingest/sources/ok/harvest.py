"""What one poll of OK has brought so far."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from services.ingest.domain.checks import Refused
from services.ingest.sources.base import Evidence, FetchedPost
from services.ingest.sources.memory import Memory, Seen, edited_at
from services.ingest.sources.ok.parse import Item, Unknown
from services.ingest.sources.ok.shapes import alive, gone
from services.ingest.sources.ok.state import Thread


@dataclass(slots=True)
class Harvest:
    """Topics and comments to take in, what was refused, shapes nobody knew."""

    now: datetime
    posts: list[FetchedPost] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    unknown: Unknown = field(default_factory=Counter)

    def take_topic(
        self, item: Item, topics: Memory, *, again: bool = False
    ) -> Seen | None:
        """Hand on what is new about a topic; None when it is unreadable.

        `again` hands it on although nothing changed, for its counters. What was
        counted as missing is handed on, too, so that the counting begins anew.
        """
        again = again or _is_missing(topics, item.topic)
        seen = topics.see(item.topic, item.digest, date=item.date)
        if seen is Seen.SAME and not again:
            return seen
        return seen if self._hand_on(item, seen) else None

    def take_comment(self, item: Item, thread: Thread) -> None:
        """Hand on what is new about a comment, its removal too."""
        number = thread.names.number(item.comment)
        if item.removed:
            if thread.comments.bury(number):
                self.posts.append(_tombstone(item, Evidence.FLAG, self.now))
            return
        above = thread.names.number(item.parent)
        was_missing = _is_missing(thread.comments, number)
        seen = thread.comments.see(number, item.digest, date=item.date, above=above)
        if seen is not Seen.SAME or was_missing:
            self._hand_on(item, seen)

    def lose_topic(
        self, item: Item, evidence: Evidence, topics: Memory, thread: Thread
    ) -> None:
        """Tell that a topic is gone, and with it the comments that are remembered.

        With the evidence ABSENT it is missing, and the store counts how often.
        """
        _remember_loss(topics, item.topic, evidence)
        self.posts.append(_tombstone(item, evidence, self.now))
        for comment in thread.comments.standing():
            self.lose_comment(item.group, item.topic, comment, evidence, thread)

    def lose_comment(
        self, group: str, topic: int, comment: int, evidence: Evidence, thread: Thread
    ) -> None:
        """Tell that a comment is gone or, with ABSENT, missing; and remember it."""
        known = thread.comments.get(comment)
        _remember_loss(thread.comments, comment, evidence)
        self.posts.append(
            gone(
                group,
                topic,
                comment=thread.names.name(comment),
                parent=thread.names.name(known.above) if known else "",
                date=known.date if known else 0,
                evidence=evidence,
                now=self.now,
            )
        )

    def _hand_on(self, item: Item, seen: Seen) -> bool:
        try:
            # OK dates no edit: a changed text was changed by now.
            when = edited_at(seen, None, now=self.now)
            post = alive(item, edited_at=when, now=self.now)
        except Refused as error:
            self.refused.append(f"{item.key}: {error.reason}")
            return False
        if post is not None:
            self.posts.append(post)
        return True


def _is_missing(memory: Memory, number: int) -> bool:
    known = memory.get(number)
    return known is not None and known.misses > 0


def _remember_loss(memory: Memory, number: int, evidence: Evidence) -> None:
    if evidence is Evidence.ABSENT:
        memory.miss(number)
    else:
        memory.bury(number)


def _tombstone(item: Item, evidence: Evidence, now: datetime) -> FetchedPost:
    return gone(
        item.group,
        item.topic,
        comment=item.comment,
        parent=item.parent,
        date=item.date,
        evidence=evidence,
        now=now,
    )
