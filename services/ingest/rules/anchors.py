"""Finds the few rules that might match a text, without looking at the others.

A rule is filed under pairs: a number of its rarest required group and a number of the
next one. A text that has no such pair cannot match the rule. A rule that has one
required group is filed under its numbers alone.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Final, NamedTuple

from services.ingest.rules.plan import Condition
from services.ingest.rules.text import Text
from services.ingest.rules.vocabulary import Ids

_MOST_PAIRS: Final = 128
"""Rules that would need more pairs are filed under their rarest group alone."""


class Candidate(NamedTuple):
    """A rule by its place among the rules, and what is left to be tested."""

    number: int
    is_free_of_excluded: Callable[[Iterable[int]], bool]
    holds: Condition | None


class AnchorIndex:
    """Rules by what their texts must have.

    `_seconds` tells beforehand, in one small set per anchor, whether a look at the
    pairs is worth while: most texts stop there.
    """

    def __init__(self) -> None:
        self._alone: dict[int, list[Candidate]] = {}
        self._paired: dict[int, dict[int, list[Candidate]]] = {}
        self._seconds: dict[int, set[int]] = {}

    @staticmethod
    def can_pair(groups: Sequence[Ids]) -> bool:
        """Say whether a rule with these groups, rarest first, is filed under pairs."""
        return len(groups) > 1 and len(groups[0]) * len(groups[1]) <= _MOST_PAIRS

    def add(self, groups: Sequence[Ids], candidate: Candidate) -> None:
        """File a rule; its groups come rarest first."""
        for anchor in groups[0]:
            if not self.can_pair(groups):
                self._alone.setdefault(anchor, []).append(candidate)
                continue
            paired = self._paired.setdefault(anchor, {})
            for second in groups[1]:
                paired.setdefault(second, []).append(candidate)
            self._seconds.setdefault(anchor, set()).update(groups[1])

    def matching(self, text: Text) -> list[int]:
        """Numbers of the rules that match, in order."""
        ids = text.ids
        found: set[int] = set()
        for candidates in self._offered(ids):
            for number, is_free, holds in candidates:
                if is_free(ids) and (holds is None or holds(text)):
                    found.add(number)
        return sorted(found)

    def _offered(self, ids: set[int]) -> list[list[Candidate]]:
        """Give the rules that are filed under these numbers."""
        offered = [self._alone[anchor] for anchor in self._alone.keys() & ids]
        for anchor in ids:
            seconds = self._seconds.get(anchor)
            if seconds is not None and not seconds.isdisjoint(ids):
                paired = self._paired[anchor]
                offered += [paired[second] for second in seconds & ids]
        return offered
