"""Finds what stands on the stage by its `mid`, and the messages of a chat in order."""

from bisect import bisect_right, insort
from collections import defaultdict
from collections.abc import Iterator

from infra.sandbox.networks.max import shapes
from infra.sandbox.stage import Action, Item, Stage, StagePage


class Index:
    """Follows the stage's log; what the stage has forgotten is not found."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._seq = 0
        self._places: dict[str, tuple[str, int]] = {}
        self._messages: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)

    def find(self, mid: str) -> tuple[StagePage, Item] | None:
        """Give what a `mid` names, deleted or not."""
        self._follow()
        page, number = self._places.get(mid, ("", 0))
        item = self._stage.find(page, number)
        return None if item is None else (self._stage.page(page), item)

    def messages(self, page: StagePage, newest: int | None) -> Iterator[Item]:
        """Give a chat's messages from a moment (Unix milliseconds) down, newest first.

        None for the moment begins with the newest of all.
        """
        self._follow()
        listed = self._messages[page.code]
        end = len(listed)
        if newest is not None:
            end = bisect_right(listed, ((newest + 1) * shapes.LOW, -1))
        for place in range(end - 1, -1, -1):
            item = self._stage.find(page.code, listed[place][1])
            if item is not None:
                yield item

    def _follow(self) -> None:
        for line in self._stage.happenings(after=self._seq):
            self._seq = line.seq
            if line.item is not None and line.action is Action.PUBLISH:
                self._add(self._stage.page(line.page), line.item)

    def _add(self, page: StagePage, item: Item) -> None:
        spot = shapes.spot(page, item)
        self._places[spot.mid] = (page.code, item.id)
        if not shapes.is_comment(page, item):
            insort(self._messages[page.code], (spot.seq, item.id))
