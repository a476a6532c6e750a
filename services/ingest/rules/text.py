"""A text made ready for matching: which terms it has, and where."""

from collections import defaultdict
from collections.abc import Iterable
from itertools import chain
from typing import TypeAlias

from services.ingest.rules import masks
from services.ingest.rules.placed import Found, Placed
from services.ingest.rules.vocabulary import Ids, Vocabulary, WordCache
from services.ingest.rules.words import TAG, TOKEN, fold

Span: TypeAlias = tuple[int, int]


class Text:
    """The words of one text; what only some rules need is computed when asked."""

    __slots__ = (
        "_cache",
        "_found",
        "_owners",
        "_places",
        "_spans",
        "_tokens",
        "_vocabulary",
        "ids",
        "text",
    )

    def __init__(self, text: str, cache: WordCache, vocabulary: Vocabulary) -> None:
        self.text = text
        self._tokens: list[str] = TOKEN.findall(text)
        self.ids = set(chain.from_iterable(map(cache.__getitem__, self._tokens)))
        self._cache = cache
        self._vocabulary = vocabulary
        self._places: defaultdict[int, list[int]] | None = None
        self._owners: list[int] = []
        self._found: dict[Placed, Found] = {}
        self._spans: list[Span] | None = None

    def has(self, term: Placed) -> bool:
        """Say whether the words of the term stand as it wants them."""
        return bool(self.find(term))

    def find(self, term: Placed) -> Found:
        """Where the term stands: masks of first words, and lengths in words."""
        found = self._found.get(term)
        if found is None:
            found = self._found[term] = term.find(self._mask)
        return found

    def spans_of_words(self, ids: Ids) -> list[Span]:
        """Character offsets of the words that are one of these, in order."""
        places = self._known_places()
        owners, spans = self._owners, self._token_spans()
        found = {owners[place] for number in ids & self.ids for place in places[number]}
        return [spans[owner] for owner in sorted(found)]

    def spans_of_term(self, term: Placed) -> list[Span]:
        """Character offsets of the term, from its first word to its last."""
        owners, spans = self._owners, self._token_spans()
        return [
            (spans[owners[first]][0], spans[owners[first + length - 1]][1])
            for found, length in self.find(term)
            for first in masks.places(found)
        ]

    def _token_spans(self) -> list[Span]:
        if self._spans is None:
            self._spans = [found.span() for found in TOKEN.finditer(self.text)]
        return self._spans

    def _mask(self, ids: Ids) -> int:
        places = self._known_places()
        return masks.mask([p for number in ids & self.ids for p in places[number]])

    def _known_places(self) -> dict[int, list[int]]:
        """Where each number stands; every part of a compound has its own place."""
        if self._places is None:
            self._places = defaultdict(list)
            for owner, token in enumerate(self._tokens):
                parts = (
                    (self._cache[token],)
                    if token.isalnum()
                    else self._vocabulary.of_parts(token)
                )
                for part in parts:
                    for number in part:
                        self._places[number].append(len(self._owners))
                    self._owners.append(owner)
        return self._places


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
