"""Posts of the stage under X's ids, which tell the time; every edit has its own."""

from bisect import bisect_left, insort
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from infra.sandbox.stage import Action, Item, Stage

_EPOCH_MS: Final = 1_288_834_974_657
_SHIFT: Final = 22
_VERSION_SHIFT: Final = 16
_LOW: Final = 2**_VERSION_SHIFT


@dataclass(frozen=True)
class Place:
    """A version of an item: which text an id stands for."""

    page: str
    item: int
    version: int


@dataclass
class Posts:
    """Ids for all versions there ever were, in their order; follows the stage's log."""

    stage: Stage
    _seq: int = 0
    _ordered: list[int] = field(default_factory=list)
    _places: dict[int, Place] = field(default_factory=dict)
    _chains: dict[tuple[str, int], list[int]] = field(default_factory=dict)

    def follow(self) -> None:
        """Number what was published and edited since the last call."""
        for line in self.stage.happenings(after=self._seq):
            self._seq = line.seq
            if line.item is None:
                continue
            if line.action is Action.PUBLISH:
                self._number(line.item, line.item.created_at)
            elif line.action is Action.EDIT:
                self._number(line.item, line.at)

    def chain(self, item: Item) -> list[int]:
        """Give the ids of an item's versions, the first one first.

        What is older than the stage's log is numbered when it is asked for.
        """
        if (item.page, item.id) not in self._chains:
            for version in item.versions:
                self._number(item, version.at)
        return self._chains[item.page, item.id]

    def place(self, number: int) -> Place | None:
        return self._places.get(number)

    def item(self, place: Place) -> Item | None:
        return self.stage.find(place.page, place.item)

    def between(self, since: int, until: int) -> Iterator[tuple[int, Item]]:
        """Give last versions that stand, newest first; both ends are left out."""
        end = bisect_left(self._ordered, until)
        for index in range(end - 1, -1, -1):
            number = self._ordered[index]
            if number <= since:
                return
            item = self.item(self._places[number])
            if item is None or item.is_deleted:
                continue
            if self.chain(item)[-1] == number:
                yield number, item

    def _number(self, item: Item, at: datetime) -> None:
        chain = self._chains.setdefault((item.page, item.id), [])
        milliseconds = round(at.timestamp() * 1000) - _EPOCH_MS
        number = milliseconds << _SHIFT
        number |= min(len(chain), 63) << _VERSION_SHIFT
        number |= (item.id + 7 * sum(item.page.encode())) % _LOW
        while number in self._places or (chain and number <= chain[-1]):
            number += 1
        self._places[number] = Place(item.page, item.id, len(chain))
        chain.append(number)
        insort(self._ordered, number)
