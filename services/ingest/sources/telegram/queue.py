"""What a bot's queue has told so far: kept in the cursor as numbers, never as words."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from services.ingest.sources.base import Cursor

ALBUM_WAIT: Final = timedelta(seconds=2)
"""Halves of an album come within this time; then it is taken as whole."""
ROOT_WAIT: Final = timedelta(minutes=2)
"""A comment that came before its post is joined to it within this time."""
LOST_AFTER: Final = timedelta(hours=24)
"""Telegram keeps updates for a day; what is older is gone for ever."""
RENUMBERED_AFTER: Final = timedelta(days=6)
"""After a week without updates Telegram begins at another number."""

_MOST_ROOTS: Final = 2_000
_MOST_ALBUMS: Final = 300
_MOST_DONE: Final = 1_000


@dataclass(slots=True)
class Memory:
    """The cursor of a bot, opened; `frozen()` closes it again.

    `done` are updates behind the offset that were taken already; `waiting` the ones
    that must be told again, with the time each was first seen. `roots` leads from the
    group's copy to the channel's post, `names` from a chat's number to its handle.
    """

    offset: int | None = None
    done: set[int] = field(default_factory=set)
    waiting: dict[int, datetime] = field(default_factory=dict)
    roots: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    albums: dict[str, int] = field(default_factory=dict)
    polled_at: datetime | None = None
    last_at: datetime | None = None

    @classmethod
    def of(cls, cursor: Cursor) -> "Memory":
        return cls(
            offset=cursor.get("offset"),
            done=set(cursor.get("done", ())),
            waiting={
                int(number): datetime.fromisoformat(since)
                for number, since in cursor.get("waiting", {}).items()
            },
            roots=dict(cursor.get("roots", {})),
            names=dict(cursor.get("names", {})),
            albums=dict(cursor.get("albums", {})),
            polled_at=_moment(cursor.get("polled_at")),
            last_at=_moment(cursor.get("last_at")),
        )

    def frozen(self) -> dict[str, Any]:
        """Give the cursor to save once the posts are stored: the next call's offset."""
        return {
            "offset": self.offset,
            "done": sorted(self.done),
            "waiting": {
                str(number): since.isoformat() for number, since in self.waiting.items()
            },
            "roots": _last(self.roots, _MOST_ROOTS),
            "names": self.names,
            "albums": _last(self.albums, _MOST_ALBUMS),
            "polled_at": self.polled_at and self.polled_at.isoformat(),
            "last_at": self.last_at and self.last_at.isoformat(),
        }

    def has_lost(self, now: datetime) -> bool:
        """Say whether updates may have been dropped since the last poll."""
        return self.polled_at is not None and now - self.polled_at > LOST_AFTER

    def mind_silence(self, now: datetime) -> None:
        """Forget the numbers after a long silence: new ones may be lower."""
        if self.last_at is not None and now - self.last_at > RENUMBERED_AFTER:
            self.offset = None
            self.done.clear()
            self.waiting.clear()

    def wait(self, numbers: set[int], now: datetime, longest: timedelta) -> bool:
        """Ask to be told updates again; False once the first has waited too long."""
        since = min(self.waiting.get(number, now) for number in numbers)
        if now - since >= longest:
            self.release(numbers)
            return False
        for number in numbers:
            self.waiting.setdefault(number, now)
        return True

    def release(self, numbers: set[int]) -> None:
        for number in numbers:
            self.waiting.pop(number, None)

    def settle(self, numbers: set[int]) -> None:
        """Move the offset behind everything that need not be told again.

        What waits and was not told again has left the queue: it waits no longer.
        """
        self.release(self.waiting.keys() - numbers)
        self.done |= numbers - self.waiting.keys()
        if self.waiting:
            self.offset = min(self.waiting)
        elif numbers:
            self.offset = max(self.done) + 1
        behind = sorted(n for n in self.done if n > (self.offset or 0))
        self.done = set(behind[-_MOST_DONE:])


def _moment(value: str | None) -> datetime | None:
    return None if value is None else datetime.fromisoformat(value)


def _last(entries: Mapping[str, Any], most: int) -> dict[str, Any]:
    return dict(list(entries.items())[-most:])
