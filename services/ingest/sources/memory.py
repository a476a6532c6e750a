"""What a source remembers of its items, to notice edits, losses and returns.

Many networks tell neither when a comment was edited nor that it was deleted. A source
keeps a `Memory` in its cursor and compares.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, NamedTuple

ABSENCES: Final = 3
"""Polls of a window that must contain an item, before its absence means something."""

_GONE: Final = -1
_WHOLE: Final = 4


class Seen(StrEnum):
    """How an item that stands compares with what is remembered of it."""

    NEW = "new"
    SAME = "same"
    CHANGED = "changed"
    BACK = "back"  # it was gone


class Remembered(NamedTuple):
    """An item: a digest of its text, when it was written (Unix), what it answers.

    `misses` counts polls it was absent from; less than nought: it is gone.
    """

    digest: str
    date: int = 0
    above: int = 0
    misses: int = 0

    @property
    def is_gone(self) -> bool:
        return self.misses < 0


class Memory:
    """Items by their native number; stored as JSON with `as_json`."""

    def __init__(self, stored: Mapping[str, Any] | None = None) -> None:
        self._items = {
            int(name): Remembered(*entry) for name, entry in (stored or {}).items()
        }

    def __len__(self) -> int:
        return len(self._items)

    def __iter__(self) -> Iterator[int]:
        return iter(self._items)

    def get(self, number: int) -> Remembered | None:
        return self._items.get(number)

    def date(self, number: int) -> int:
        """When an item was written; 0 where that, or the item, is not known."""
        known = self._items.get(number)
        return known.date if known else 0

    def standing(self) -> list[int]:
        """Numbers of the items that are not gone."""
        return [number for number, each in self._items.items() if not each.is_gone]

    def is_missing_some(self) -> bool:
        """Say whether an absence waits to be confirmed."""
        return any(each.misses > 0 for each in self._items.values())

    def see(self, number: int, digest: str, *, date: int, above: int = 0) -> Seen:
        """Remember an item as it stands now, and say what that changes."""
        before = self._items.get(number)
        self._items[number] = Remembered(digest, date, above)
        if before is None:
            return Seen.NEW
        if before.is_gone:
            return Seen.BACK
        return Seen.SAME if before.digest == digest else Seen.CHANGED

    def doubt(self, number: int) -> None:
        """Expect a change: what is seen next counts as later than all before.

        What was gone has to be missed anew: somebody may have brought it back.
        """
        before = self._items.get(number, Remembered(""))
        self._items[number] = before._replace(digest="", misses=0)

    def miss(self, number: int) -> bool:
        """Count an absence; True when it is the one that makes the item gone."""
        before = self._items[number]
        if before.is_gone:
            return False
        misses = before.misses + 1
        self._items[number] = before._replace(misses=misses)
        return misses >= ABSENCES and self.bury(number)

    def bury(self, number: int) -> bool:
        """Remember that an item is gone; False when that was known."""
        before = self._items.get(number, Remembered(""))
        self._items[number] = before._replace(digest="", misses=_GONE)
        return not before.is_gone

    def forget(self, number: int) -> None:
        self._items.pop(number, None)

    def as_json(self) -> dict[str, list[str | int]]:
        """Write what is remembered, without the noughts at the ends."""
        return {str(number): _short(each) for number, each in self._items.items()}


def _short(each: Remembered) -> list[str | int]:
    length = _WHOLE
    while length > 1 and not each[length - 1]:
        length -= 1
    return list(each[:length])


def edited_at(seen: Seen, told: datetime | None, *, now: datetime) -> datetime | None:
    """Say when the version that was seen came to be; `told` is what the network says.

    A change it does not date was made by now. What came back did so now, whenever it
    was edited before: only a later time brings a deleted post back.
    """
    if seen is Seen.BACK:
        return max(now, told) if told else now
    return told or now if seen is Seen.CHANGED else told
