"""A text made ready for matching: which words it has, and where."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import islice, takewhile
from typing import TypeAlias

from services.ingest.rules.query import Phrase, Prefix, Term, Word
from shared import russian

Span: TypeAlias = tuple[int, int]


class Text:
    """The words of one text; what only some rules need is computed when asked."""

    def __init__(self, text: str) -> None:
        self.tokens = russian.tokens(text)
        self.places: dict[str, list[int]] = {}
        for place, token in enumerate(self.tokens):
            self.places.setdefault(russian.lemma(token.word), []).append(place)
        self.lemmas = frozenset(self.places)

    @cached_property
    def forms(self) -> dict[str, list[int]]:
        """Where each form of a word stands; prefixes look here."""
        forms: dict[str, list[int]] = {}
        for place, token in enumerate(self.tokens):
            forms.setdefault(russian.plain(token.word), []).append(place)
        return forms

    def has(self, term: Term) -> bool:
        match term:
            case Word(lemma):
                return lemma in self.lemmas
            case Prefix(start):
                return next(self._forms_from(start), None) is not None
            case Phrase():
                return next(self._starts(term), None) is not None

    def spans(self, term: Term) -> list[Span]:
        """Where the term stands, as character offsets."""
        if not isinstance(term, Phrase):
            return [self.tokens[place][:2] for place in self._places(term)]
        last = len(term.words) - 1
        return [
            (self.tokens[place].start, self.tokens[place + last].end)
            for place in self._starts(term)
        ]

    def spans_of_lemmas(self, lemmas: frozenset[str]) -> list[Span]:
        """Where words of the set stand; the hot path of highlighting."""
        places, tokens = self.places, self.tokens
        return [
            tokens[place][:2]
            for lemma in lemmas & self.lemmas
            for place in places[lemma]
        ]

    def _places(self, word: Word | Prefix) -> Iterable[int]:
        if isinstance(word, Word):
            return self.places.get(word.lemma, ())
        forms = self._forms_from(word.start)
        return [place for form in forms for place in self.forms[form]]

    @cached_property
    def _ordered_forms(self) -> list[str]:
        return sorted(self.forms)

    def _forms_from(self, start: str) -> Iterator[str]:
        first = bisect_left(self._ordered_forms, start)
        following = islice(self._ordered_forms, first, None)
        return takewhile(lambda form: form.startswith(start), following)

    def _starts(self, phrase: Phrase) -> Iterator[int]:
        """Places where the phrase begins.

        Walks over its words once each, so a long text of one repeated word does
        not cost text length times phrase length per place.
        """
        starts = set(self._places(phrase.words[0]))
        for shift, word in enumerate(phrase.words[1:], start=1):
            if not starts:
                break
            starts &= {place - shift for place in self._places(word)}
        return iter(sorted(starts))


def merged(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Sort spans and join those that overlap, so that they can be highlighted."""
    joined: list[Span] = []
    for start, end in sorted(spans):
        if joined and start < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return tuple(joined)
