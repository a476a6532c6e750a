"""What one poll of Graph has brought so far."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from services.ingest.domain.checks import Refused
from services.ingest.domain.posts import PostKind
from services.ingest.sources.base import Evidence, FetchedPost
from services.ingest.sources.memory import Memory, Seen, edited_at
from services.ingest.sources.meta.items import Item, Unknown, Words
from services.ingest.sources.meta.shapes import Lost, alive, gone
from services.ingest.sources.meta.state import Thread


@dataclass(slots=True)
class Harvest:
    """Posts and comments to take in, what was refused, shapes nobody knew.

    `source` names the place in what is taken in.
    """

    now: datetime
    words: Words
    source: str
    posts: list[FetchedPost] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    unknown: Unknown = field(default_factory=Counter)

    def take_post(
        self, item: Item, number: int, posts: Memory, *, again: bool = False
    ) -> Seen:
        """Hand on what is new about a post; `again`: its counters, in any case."""
        before = posts.get(number)
        was_missing = before is not None and before.misses > 0
        seen = posts.see(number, item.digest, date=item.date)
        if seen is not Seen.SAME or again or was_missing:
            self._hand_on(item, seen)
        return seen

    def take_comment(self, item: Item, thread: Thread) -> None:
        """Hand on what is new about a comment, and that one is missed no more."""
        number, above = thread.names.number(item.id), thread.names.number(item.parent)
        before = thread.comments.get(number)
        was_missing = before is not None and before.misses > 0
        seen = thread.comments.see(number, item.digest, date=item.date, above=above)
        if seen is not Seen.SAME or was_missing:
            self._hand_on(item, seen)

    def miss_post(self, lost: Lost, number: int, posts: Memory, thread: Thread) -> None:
        """Tell that a post is missing, and with it the comments that are remembered.

        The store counts how often.
        """
        posts.miss(number)
        self._bury(lost, Evidence.ABSENT)
        for comment in thread.comments.standing():
            self.miss_comment(lost.post, comment, thread)

    def miss_comment(self, post: str, comment: int, thread: Thread) -> None:
        """Tell that a remembered comment is missing; the store counts how often."""
        known = thread.comments.get(comment)
        if known is None or known.is_gone:
            return
        thread.comments.miss(comment)
        parent, name = thread.names.name(known.above), thread.names.name(comment)
        lost = Lost(PostKind.COMMENT, name, post, parent, known.date, thread.url)
        self._bury(lost, Evidence.ABSENT)

    def _bury(self, lost: Lost, evidence: Evidence) -> None:
        now, source = self.now, self.source
        self.posts.append(gone(lost, self.words, source, evidence=evidence, now=now))

    def _hand_on(self, item: Item, seen: Seen) -> None:
        try:
            # Meta dates no edit: a changed text was changed by now.
            when = edited_at(seen, None, now=self.now)
            post = alive(item, self.words, self.source, edited_at=when, now=self.now)
        except Refused as error:
            key = self.words.key(item.kind, item.id)
            self.refused.append(f"{key}: {error.reason}")
            return
        if post is not None:
            self.posts.append(post)
        elif seen is Seen.CHANGED:
            # Its words were taken away: what we have of them goes, too.
            self._bury(_of(item), Evidence.FLAG)


def _of(item: Item) -> Lost:
    return Lost(item.kind, item.id, item.post, item.parent, item.date, item.url)
