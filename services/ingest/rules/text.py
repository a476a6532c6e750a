"""A text made ready for matching: which terms it has, and where."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import chain
from typing import TypeAlias

from services.ingest.rules import masks
from services.ingest.rules.placed import Found, Placed
from services.ingest.rules.vocabulary import SEVERAL, Ids, WordCache
from services.ingest.rules.words import TAG, fold

Span: TypeAlias = tuple[int, int]
Spots: TypeAlias = dict[int, list[Span]]


class Text:
    """The words of one text; where they stand is found when it is asked for."""

    __slots__ = ("_cache", "_pieces", "_spots", "_walked", "ids", "text")

    def __init__(self, text: str, cache: WordCache) -> None:
        self.text = text
        self._pieces = text.split()
        self.ids = cache.ids_of(self._pieces)
        self._cache = cache
        self._spots: Spots | None = None
        self._walked: _Walk | None = None

    def has(self, term: Placed) -> bool:
        """Say whether the words of the term stand as it wants them."""
        return bool(self._walk().find(term))

    def spans_of_words(self, numbers: Sequence[int]) -> tuple[Span, ...]:
        """Character offsets of the words that have one of these numbers, in order."""
        spots = self._spots
        if spots is None:
            spots = self._spots = self._found_spots()
        match [spots.get(number, ()) for number in numbers]:
            case [[one], [other]]:  # how most rules are found: two words, once each
                if one < other:
                    return one, other
                return (other, one) if other < one else (one,)
            case found:
                return tuple(sorted(set(chain.from_iterable(found))))

    def spans_of_term(self, term: Placed) -> list[Span]:
        """Character offsets of the term, from its first word to its last."""
        return self._walk().spans_of_term(term)

    def _walk(self) -> "_Walk":
        if self._walked is None:
            self._walked = _Walk(self.text, self._pieces, self._cache)
        return self._walked

    def _found_spots(self) -> Spots:
        if self._walked is not None:
            return self._walked.spots()
        spots: Spots = {}
        find, cache, end = self.text.index, self._cache, 0
        for piece in self._pieces:
            begin = find(piece, end)
            end = begin + len(piece)
            number = cache[piece]
            if 0 < number < SEVERAL and piece.isalnum():  # one word, one term
                if number in spots:
                    spots[number].append((begin, end))
                else:
                    spots[number] = [(begin, end)]
            elif number:
                self._add_parts(spots, piece, begin)
        return spots

    def _add_parts(self, spots: Spots, piece: str, begin: int) -> None:
        for start, stop, numbers in self._cache.layouts[piece]:
            span = (begin + start, begin + stop)
            for number in numbers:
                spots.setdefault(number, []).append(span)


class _Walk:
    """One walk over the tokens of a text: what stands where.

    Every part of a compound has a place of its own; `spans` has for each place the
    character offsets of its token.
    """

    def __init__(self, text: str, pieces: Iterable[str], cache: WordCache) -> None:
        self._spans: list[Span] = []
        self._places: defaultdict[int, list[int]] = defaultdict(list)
        self._found: dict[Placed, Found] = {}
        spans, places = self._spans, self._places
        find, layouts = text.index, cache.layouts
        end = 0
        for piece in pieces:
            begin = find(piece, end)
            end = begin + len(piece)
            for start, stop, numbers in layouts[piece]:
                for number in numbers:
                    places[number].append(len(spans))
                spans.append((begin + start, begin + stop))

    def spots(self) -> Spots:
        """Where each number stands; a compound is given for each of its parts."""
        spans = self._spans
        return {
            number: [spans[place] for place in places]
            for number, places in self._places.items()
        }

    def find(self, term: Placed) -> Found:
        """Where the term stands: masks of first words, and lengths in words."""
        found = self._found.get(term)
        if found is None:
            found = self._found[term] = term.find(self._mask)
        return found

    def spans_of_term(self, term: Placed) -> list[Span]:
        spans = self._spans
        return [
            (spans[first][0], spans[first + length - 1][1])
            for found, length in self.find(term)
            for first in masks.places(found)
        ]

    def _mask(self, ids: Ids) -> int:
        known = ids & self._places.keys()
        return masks.mask([place for number in known for place in self._places[number]])


def tags(text: str) -> Iterable[tuple[str, Span]]:
    """Hashtags of a text, folded, with their places."""
    return ((fold(found[1]), found.span()) for found in TAG.finditer(text))


def merged(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Sort spans and join those that overlap, so that they can be highlighted."""
    joined: list[Span] = []
    for start, end in sorted(spans):
        if joined and start < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return tuple(joined)
