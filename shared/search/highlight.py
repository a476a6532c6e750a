"""Where the terms of a query stand in a text: the same answer for every index."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from shared.search.terms import Term
from shared.search.words import Word, words

Span = tuple[int, int]


def highlight(text: str, terms: Sequence[Term]) -> tuple[Span, ...] | None:
    """Places of all terms in order, overlaps joined; None when a term is missing."""
    if not terms:
        return ()
    found = words(text)
    spans: list[Span] = []
    for term in terms:
        places = list(_places(found, term.lemmas))
        if not places:
            return None
        spans += places
    return _joined(sorted(spans))


def _places(found: Sequence[Word], lemmas: tuple[str, ...]) -> Iterator[Span]:
    for first, word in enumerate(found):
        if word.lemma != lemmas[0]:
            continue
        run = found[first : first + len(lemmas)]
        if tuple(each.lemma for each in run) == lemmas:
            yield word.start, run[-1].end


def _joined(spans: Sequence[Span]) -> tuple[Span, ...]:
    joined = [spans[0]]
    for _, (start, end) in pairwise(spans):
        last_start, last_end = joined[-1]
        if start <= last_end:
            joined[-1] = (last_start, max(end, last_end))
        else:
            joined.append((start, end))
    return tuple(joined)
