"""A text made ready for matching: which terms it has, and where."""

from collections import defaultdict
from collections.abc import Iterable
from itertools import chain
from typing import TypeAlias

from services.ingest.rules import masks
from services.ingest.rules.placed import Found, Placed
from services.ingest.rules.vocabulary import Ids, WordCache
from services.ingest.rules.words import TAG, fold

Span: TypeAlias = tuple[int, int]


class Text:
    """The words of one text; where they stand is found when it is asked for."""

    __slots__ = ("_cache", "_walked", "ids", "text")

    def __init__(self, text: str, cache: WordCache) -> None:
        self.text = text
        self.ids = set(chain.from_iterable(map(cache.__getitem__, text.split())))
        self._cache = cache
        self._walked: _Walk | None = None

    def has(self, term: Placed) -> bool:
        """Say whether the words of the term stand as it wants them."""
        return bool(self._walk().find(term))

    def spans_of_words(self, ids: Ids) -> list[Span]:
        """Character offsets of the words that are one of these, in order."""
        walked = self._walked or self._walk()
        return walked.spans_of_words(ids & self.ids)

    def spans_of_term(self, term: Placed) -> list[Span]:
        """Character offsets of the term, from its first word to its last."""
        return self._walk().spans_of_term(term)

    def _walk(self) -> "_Walk":
        if self._walked is None:
            self._walked = _Walk(self.text, self._cache)
        return self._walked


class _Walk:
    """One walk over the tokens of a text: what stands where.

    Every part of a compound has a place of its own; `spans` has for each place the
    character offsets of its token.
    """

    def __init__(self, text: str, cache: WordCache) -> None:
        self._spans: list[Span] = []
        self._places: defaultdict[int, list[int]] = defaultdict(list)
        self._found: dict[Placed, Found] = {}
        spans, places = self._spans, self._places
        find, layouts = text.index, cache.layouts
        end = place = 0
        for piece in text.split():
            begin = find(piece, end)
            end = begin + len(piece)
            for start, stop, numbers in layouts[piece]:
                for number in numbers:
                    places[number].append(place)
                spans.append((begin + start, begin + stop))
                place += 1

    def find(self, term: Placed) -> Found:
        """Where the term stands: masks of first words, and lengths in words."""
        found = self._found.get(term)
        if found is None:
            found = self._found[term] = term.find(self._mask)
        return found

    def spans_of_words(self, known: Iterable[int]) -> list[Span]:
        """Spans of these numbers, each once, in order."""
        places, found = self._places, []
        for number in known:
            if number in places:
                found += places[number]
        if len(found) == 1:
            return [self._spans[found[0]]]
        # Parts of a compound have one span, and come after each other.
        found.sort()
        return list(dict.fromkeys(map(self._spans.__getitem__, found)))

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
