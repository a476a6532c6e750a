"""What one poll of TikTok has brought so far."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from services.ingest.domain.checks import Refused
from services.ingest.sources.base import FetchedPost
from services.ingest.sources.memory import Memory, Seen, edited_at
from services.ingest.sources.tiktok.parse import Item, Unknown
from services.ingest.sources.tiktok.shapes import alive, gone
from services.ingest.sources.tiktok.state import Thread


@dataclass(slots=True)
class Harvest:
    """Videos and comments to take in, what was refused, shapes nobody knew."""

    now: datetime
    account: str = ""
    posts: list[FetchedPost] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    unknown: Unknown = field(default_factory=Counter)

    def take(self, item: Item, memory: Memory, *, again: bool = False) -> Seen:
        """Hand on what is new about a video or comment.

        `again` hands it on although nothing changed, for its counters. What was
        counted as missing is handed on, too, so that the counting begins anew.
        """
        known = memory.get(item.number)
        was_missing = known is not None and known.misses > 0
        seen = memory.see(item.number, item.digest, date=item.date, above=item.above)
        if seen is not Seen.SAME or again or was_missing:
            self._hand_on(item, seen)
        return seen

    def lose_video(self, video: int, videos: Memory, thread: Thread) -> None:
        """Count a video as missing, and with it the comments that are remembered."""
        date = videos.date(video)
        videos.miss(video)
        self.posts.append(gone(video, date=date, account=self.account, now=self.now))
        for comment in thread.comments.standing():
            self.lose_comment(video, comment, thread)

    def lose_comment(self, video: int, comment: int, thread: Thread) -> None:
        """Count a comment as missing."""
        known = thread.comments.get(comment)
        thread.comments.miss(comment)
        self.posts.append(
            gone(
                video,
                comment=comment,
                above=known.above if known else 0,
                date=known.date if known else 0,
                account=self.account,
                now=self.now,
            )
        )

    def _hand_on(self, item: Item, seen: Seen) -> None:
        # TikTok dates no edit: a changed text was changed by now.
        when = edited_at(seen, None, now=self.now)
        try:
            post = alive(item, account=self.account, edited_at=when, now=self.now)
        except Refused as error:
            self.refused.append(f"{item.key}: {error.reason}")
            return
        if post is not None:
            self.posts.append(post)
