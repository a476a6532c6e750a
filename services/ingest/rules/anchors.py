"""Finds the few rules that might match a text, without looking at the others.

A rule is filed under each number of its rarest required group, its anchors; a text
without any of them cannot match it. What is asked next is the rule's second group. If
that is a rare one too, the rule is filed under the pairs of both, so that a text has to
have both to be offered the rule. If texts often have it, the pairs would be many and
would keep few texts away: then it is listed under its anchors, and the group tested.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Final, NamedTuple, TypeAlias

from services.ingest.rules.plan import Condition
from services.ingest.rules.text import Text
from services.ingest.rules.vocabulary import Ids, compact

_MOST_PAIRS: Final = 128
"""Rules that would need more pairs are listed under their anchors."""

_NOBODY: Final[Ids] = frozenset()

Hits: TypeAlias = dict[int, list[int]]
"""Rules by their places among all rules, with the anchors by which they were found."""


class Filing(NamedTuple):
    """A rule: its two rarest groups, rarest first, and what is tested after them.

    A rule that has one group only has it twice. The second group is a tuple, because it
    is only walked through: likeliest number first.
    """

    first: Ids
    second: tuple[int, ...]
    is_second_rare: bool
    excluded: Ids
    holds: Condition | None

    @property
    def is_paired(self) -> bool:
        """Say whether the rule is filed under pairs of its two groups."""
        return self.is_second_rare and len(self.first) * len(self.second) <= _MOST_PAIRS


class AnchorIndex:
    """Rules, by their places among all rules, under what their texts must have.

    The numbers of terms are places in lists here. Nearly all the time is spent waiting
    for memory, so what a text touches is small: plain numbers in tuples.
    """

    def __init__(self, filings: Sequence[Filing], terms: int) -> None:
        """File the rules; `terms` is the highest number in any group."""
        self._second = [compact(filing.second) for filing in filings]
        self._excluded = [compact(filing.excluded) for filing in filings]
        self._holds = {
            number: filing.holds
            for number, filing in enumerate(filings)
            if filing.holds is not None
        }
        self._listed = _listed(filings, terms)
        self._paired = _paired(filings)
        # Says beforehand, in one small set per anchor, whether a look at the pairs is
        # worth while: most texts stop there.
        self._seconds = [_NOBODY] * (terms + 1)
        for anchor, paired in self._paired.items():
            self._seconds[anchor] = frozenset(paired)

    def matching(self, text: Text) -> Hits:
        """Rules that match, each with those of its anchors that the text has.

        Only some rules are listed or paired, exclude words or have further conditions:
        nothing is touched for what a rule or the whole set lacks.
        """
        is_any_listed = any(map(self._listed.__getitem__, text.ids))
        hits = self._among_listed(text.ids) if is_any_listed else {}
        if self._paired:
            self._add_paired(text.ids, hits)
        if hits and (holds := self._holds):
            return {n: hits[n] for n in hits if n not in holds or holds[n](text)}
        return hits

    def second(self, number: int) -> Collection[int]:
        """The second group of a rule, which was just looked at if the rule matches."""
        return self._second[number]

    def _among_listed(self, ids: set[int]) -> Hits:
        """Find the rules listed under an anchor whose second group the text has."""
        is_free, second, excluded = ids.isdisjoint, self._second, self._excluded
        hits: Hits = {}
        for anchor in ids:
            for number in self._listed[anchor]:
                if is_free(second[number]):
                    continue
                if number in hits:
                    hits[number].append(anchor)
                elif not (group := excluded[number]) or is_free(group):
                    hits[number] = [anchor]
        return hits

    def _add_paired(self, ids: set[int], hits: Hits) -> None:
        """Add the rules of which the text has a pair."""
        is_free, seconds = ids.isdisjoint, self._seconds
        if all(map(is_free, filter(None, map(seconds.__getitem__, ids)))):
            return
        for anchor in ids:
            for each in seconds[anchor] & ids:
                for number in self._paired[anchor][each]:
                    if number in hits or is_free(self._excluded[number]):
                        hits.setdefault(number, []).append(anchor)


def _listed(filings: Sequence[Filing], terms: int) -> list[tuple[int, ...]]:
    listed: defaultdict[int, list[int]] = defaultdict(list)
    for number, filing in enumerate(filings):
        if not filing.is_paired:
            for anchor in filing.first:
                listed[anchor].append(number)
    return [tuple(listed.get(term, ())) for term in range(terms + 1)]


def _paired(filings: Sequence[Filing]) -> dict[int, dict[int, tuple[int, ...]]]:
    paired: defaultdict[int, dict[int, tuple[int, ...]]] = defaultdict(dict)
    for number, filing in enumerate(filings):
        if filing.is_paired:
            alone = (number,)
            for anchor in filing.first:
                under = paired[anchor]
                for each in filing.second:
                    known = under.get(each)
                    under[each] = alone if known is None else known + alone
    return dict(paired)
