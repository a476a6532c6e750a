"""A page of the invented network that is polled: its posts, edits and deletions."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import Any, Final

from services.ingest.domain.checks import Refused, clean_text, in_range
from services.ingest.domain.posts import IncomingPost, PostKind
from services.ingest.sources.base import (
    Cursor,
    Evidence,
    Fetched,
    FetchedPost,
    SourceError,
)
from services.ingest.sources.connector import Place, without_authors
from services.ingest.sources.memory import Memory, Seen, edited_at
from services.ingest.sources.remarks import put_off
from services.ingest.sources.steps import PASSING
from tests.services.ingest.sources.example.api import NETWORK, Api

_WATCHED: Final = timedelta(days=7)
_DEEP_EVERY: Final = timedelta(minutes=30)
_MOST_CALLS: Final = 10


class ExampleSource:
    """One page of the network.

    The cursor holds what is remembered of two weeks, and where the reading stands.
    Every half hour a week is read, which shows edits and deletions.
    """

    def __init__(self, place: Place, api: Api) -> None:
        self._place = place
        self._api = api

    async def fetch(self, cursor: Cursor, *, now: datetime) -> Fetched:
        """Posts that are new, changed or deleted; raises `SourceError`.

        What fails in passing after a good call is left to the next poll, with a remark.
        """
        poll = Poll(self._place, Memory(cursor.get("posts")), now)
        before, notes = cursor.get("before"), ()
        is_deep = cursor.get("is_deep", True) if before else _is_due(cursor, now)
        for number in range(_MOST_CALLS):
            try:
                before = await self._read_page(poll, before, is_deep=is_deep)
            except SourceError as error:
                if number == 0 or error.kind not in PASSING:
                    raise
                notes = (put_off(error),)
                break
            if before is None:
                break
        on = {} if before is None else {"before": before, "is_deep": is_deep}
        deep_at = now.timestamp() if is_deep else cursor.get("deep_at", 0)
        return Fetched(
            tuple(poll.posts),
            {"posts": poll.remembered(), "deep_at": deep_at, **on},
            refused=tuple(poll.refused),
            notes=notes,
            more=before is not None and not notes,
            unknown=poll.unknown or None,
        )

    async def _read_page(
        self, poll: "Poll", before: int | None, *, is_deep: bool
    ) -> int | None:
        """Read a page of posts; give where to go on, None at the end."""
        asked = {} if before is None else {"before": before}
        answer = await self._api.get(f"pages/{self._place.native}/posts", **asked)
        shown, news = poll.take_all(answer.get("posts"))
        if poll.is_old or not (is_deep or news) or not answer.get("more"):
            return None
        oldest = min(shown, default=0)
        # A network that does not move on would be read for ever.
        return oldest if 0 < oldest < (before or oldest + 1) else None


def _is_due(cursor: Cursor, now: datetime) -> bool:
    deep_at: float = cursor.get("deep_at", 0)
    return now.timestamp() - deep_at >= _DEEP_EVERY.total_seconds()


class Poll:
    """What one poll has brought: posts, what was refused, shapes nobody knew."""

    def __init__(self, place: Place, memory: Memory, now: datetime) -> None:
        self._place = place
        self._memory = memory
        self._now = now
        self.posts: list[FetchedPost] = []
        self.refused: list[str] = []
        self.unknown: dict[str, int] = {}
        self.is_old = False

    def remembered(self) -> dict[str, Any]:
        """Write what is remembered; what is too old goes, cursors must not grow."""
        oldest = (self._now - 2 * _WATCHED).timestamp()
        for number in list(self._memory):
            known = self._memory.get(number)
            if known is not None and known.date < oldest:
                self._memory.forget(number)
        return self._memory.as_json()

    def take_all(self, items: object) -> tuple[list[int], int]:
        """Take a page of posts in; give their numbers, and how many had news."""
        shown, news = [], 0
        for item in items if isinstance(items, list) else ():
            number = item.get("id") if isinstance(item, dict) else None
            if not isinstance(number, int):
                self._count("post without id")
                continue
            shown.append(number)
            try:
                news += self._take(number, item)
            except Refused as error:
                self.refused.append(f"{number}: {error.reason}")
        return shown, news

    def _take(self, number: int, item: Mapping[str, Any]) -> bool:
        """Hand a post on if it is not known as it stands; say whether it was."""
        at, text = self._moment(item.get("created")), str(item.get("text", ""))
        self.is_old = at < self._now - _WATCHED
        if kind := item.get("attachment"):
            self._count(f"attachment: {str(kind)[:40]}")
        if item.get("deleted") is True:
            is_news = self._memory.bury(number)
            if is_news:
                self._hand_on(number, at, item, text="", edited=self._now)
            return is_news
        seen = self._memory.see(number, _digest(text), date=int(at.timestamp()))
        if seen is Seen.SAME:
            return False
        told = item.get("edited")
        edited = edited_at(seen, self._moment(told) if told else None, now=self._now)
        self._hand_on(number, at, item, text=clean_text(text), edited=edited)
        return True

    def _hand_on(
        self,
        number: int,
        at: datetime,
        item: Mapping[str, Any],
        *,
        text: str,
        edited: datetime | None,
    ) -> None:
        is_gone = item.get("deleted") is True
        post = IncomingPost(
            network=NETWORK,
            source=f"{NETWORK}:{self._place.native}",
            external_id=f"post:{number}",
            kind=PostKind.POST,
            parent_id=None,
            url=f"{self._place.url}/{number}",
            text=text,
            published_at=at,
            edited_at=edited,
            deleted=is_gone,
        )
        raw, evidence = without_authors(item), Evidence.FLAG if is_gone else None
        self.posts.append(
            FetchedPost(
                post, raw=None if is_gone else raw, evidence=evidence, seen=True
            )
        )

    def _moment(self, told: object) -> datetime:
        """Read Unix seconds; refuse what no clock can have meant."""
        if not isinstance(told, int):
            raise Refused("created", "is no time")
        try:
            value = datetime.fromtimestamp(told, UTC)
        except (ValueError, OverflowError, OSError):
            raise Refused("created", "is no time") from None
        return in_range(value, "created", now=self._now)

    def _count(self, shape: str) -> None:
        self.unknown[shape] = self.unknown.get(shape, 0) + 1


def _digest(text: str) -> str:
    """Tell texts apart without keeping them in the cursor."""
    return blake2b(text.encode(), digest_size=8).hexdigest()
