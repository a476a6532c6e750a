"""Terms that depend on where words stand: phrases, words close or near to each other.

Each has `needs`, groups of numbers of which a text that has the term has at least
one, and finds itself in a text as (mask of first words, length in words).
"""

from collections.abc import Callable, Sequence
from typing import Protocol, TypeAlias

from services.ingest.rules import masks
from services.ingest.rules.query import Gap
from services.ingest.rules.vocabulary import Ids

MaskOf: TypeAlias = Callable[[Ids], int]
Found: TypeAlias = list[tuple[int, int]]
Words: TypeAlias = tuple[Ids, ...]


class Placed(Protocol):
    """A term that is found by the places of its words."""

    needs: tuple[Ids, ...]

    def find(self, mask_of: MaskOf) -> Found:
        """Where the term stands; empty when nowhere."""
        ...


class PlacedPhrase:
    """Words that follow each other."""

    def __init__(self, words: Words) -> None:
        self.needs = words

    def find(self, mask_of: MaskOf) -> Found:
        once = {word: mask_of(word) for word in frozenset(self.needs)}
        found = masks.phrase(once[word] for word in self.needs)
        return [(found, len(self.needs))] if found else []


class PlacedClose:
    """Words in any order in a window; each is found alone."""

    def __init__(self, words: Words, distance: int) -> None:
        self.needs = words
        self._distance = distance

    def find(self, mask_of: MaskOf) -> Found:
        found = masks.close([mask_of(word) for word in self.needs], self._distance)
        return [(found, 1)] if found else []


class PlacedNear:
    """Alternatives, each within a gap of the one before it."""

    def __init__(
        self, operands: Sequence[Sequence[Words]], gaps: Sequence[Gap]
    ) -> None:
        self._operands = operands
        self._gaps = gaps
        self.needs = tuple(
            need for alternatives in operands for need in _needs(alternatives)
        )

    def find(self, mask_of: MaskOf) -> Found:
        """Walk along the chain, then back, so that only whole chains are found."""
        chain = [_stands(self._operands[0], mask_of)]
        for gap, operand in zip(self._gaps, self._operands[1:], strict=True):
            chain.append(_reached(chain[-1], _stands(operand, mask_of), gap))
            if not chain[-1]:
                return []
        kept = [chain.pop()]
        for gap in reversed(self._gaps):
            kept.append(_reaching(chain.pop(), kept[-1], gap))
        return [each for found in kept for each in found]


def _needs(alternatives: Sequence[Words]) -> Words:
    if len(alternatives) == 1:
        return alternatives[0]
    return (frozenset().union(*(words[0] for words in alternatives)),)


def _stands(alternatives: Sequence[Words], mask_of: MaskOf) -> Found:
    found = [(masks.phrase(map(mask_of, words)), len(words)) for words in alternatives]
    return [each for each in found if each[0]]


def _reached(first: Found, second: Found, gap: Gap) -> Found:
    """What of the second stands within the gap of some of the first."""
    behind = front = 0
    for found, length in first:
        behind |= masks.after(found << (length - 1), gap.distance)
        front |= masks.before(found, gap.distance)
    return [
        (kept, length)
        for found, length in second
        if (kept := found & (behind | _ending_in(front, length, gap)))
    ]


def _reaching(first: Found, second: Found, gap: Gap) -> Found:
    """What of the first has some of the second within the gap."""
    behind = front = 0
    for found, length in second:
        front |= masks.before(found, gap.distance)
        behind |= masks.after(found << (length - 1), gap.distance)
    if gap.ordered:
        behind = 0
    return [
        (kept, length)
        for found, length in first
        if (kept := found & (behind | front >> (length - 1)))
    ]


def _ending_in(places: int, length: int, gap: Gap) -> int:
    """First words of operands of this length whose last word is at the places."""
    return 0 if gap.ordered else places >> (length - 1)
