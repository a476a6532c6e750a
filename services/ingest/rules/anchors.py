"""Finds for every rule the few words without which it cannot match.

A text that has none of a rule's anchor words cannot match the rule, so only the
rules anchored at words of the text are tried. Of the groups of words that a rule
needs, the one expected in the fewest texts becomes its anchor.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from services.ingest.rules.query import (
    And,
    Not,
    Or,
    Phrase,
    Prefix,
    Query,
    Term,
    Word,
    positive_terms,
)
from services.ingest.rules.text import Text
from shared import russian

_Group = frozenset[Word | Prefix]

# Words that stand in most texts make poor anchors, and so do prefixes, which stand
# for several words. Of the others, words that many rules name are frequent ones.
_COMMON_WEIGHT = 1_000.0
_PREFIX_WEIGHT = 5.0


class AnchorIndex:
    """Rules by their anchor words; queries have NOT only before terms."""

    def __init__(self, queries: Sequence[Query]) -> None:
        weights = _Weights(queries)
        self._by_lemma: defaultdict[str, list[int]] = defaultdict(list)
        self._by_prefix: defaultdict[str, list[int]] = defaultdict(list)
        for number, query in enumerate(queries):
            for anchor in weights.cheapest_group(query) or ():
                match anchor:
                    case Word(lemma):
                        self._by_lemma[lemma].append(number)
                    case Prefix(start):
                        self._by_prefix[start].append(number)
        self._prefix_lengths = sorted({len(start) for start in self._by_prefix})

    def candidates(self, text: Text) -> list[int]:
        """Numbers of the rules that might match the text, in order."""
        found: set[int] = set()
        for lemma in self._by_lemma.keys() & text.lemmas:
            found.update(self._by_lemma[lemma])
        if self._prefix_lengths:
            for start in self._starts(text.forms):
                found.update(self._by_prefix[start])
        return sorted(found)

    def _starts(self, forms: Iterable[str]) -> set[str]:
        starts = {form[:size] for form in forms for size in self._prefix_lengths}
        return starts & self._by_prefix.keys()


class _Weights:
    def __init__(self, queries: Sequence[Query]) -> None:
        self._uses = Counter(
            word
            for query in queries
            for term in positive_terms(query)
            for word in _words(term)
        )

    def cheapest_group(self, query: Query) -> _Group | None:
        """Words of which a matching text has at least one; None if there are none."""
        match query:
            case Not():
                return None
            case And(operands):
                groups = [self.cheapest_group(part) for part in operands]
                return self._lightest(group for group in groups if group)
            case Or(operands):
                groups = [self.cheapest_group(part) for part in operands]
                known = [group for group in groups if group]
                return frozenset().union(*known) if len(known) == len(groups) else None
            case _:
                return self._lightest(frozenset([word]) for word in _words(query))

    def _lightest(self, groups: Iterable[_Group]) -> _Group | None:
        return min(groups, key=self._of_group, default=None)

    def _of_group(self, group: _Group) -> float:
        return sum(map(self._of_word, group))

    def _of_word(self, word: Word | Prefix) -> float:
        if isinstance(word, Prefix):
            return self._uses[word] * _PREFIX_WEIGHT
        if russian.is_common(word.lemma):
            return self._uses[word] + _COMMON_WEIGHT
        return float(self._uses[word])


def _words(term: Term) -> tuple[Word | Prefix, ...]:
    return term.words if isinstance(term, Phrase) else (term,)
