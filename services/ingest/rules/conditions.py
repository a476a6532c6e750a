"""Turns a query into one function of a text: cheap set tests first, walks last."""

from collections.abc import Callable, Sequence
from typing import TypeAlias

from services.ingest.rules.query import And, Not, Or, Query, Word
from services.ingest.rules.text import Text

Condition: TypeAlias = Callable[[Text], bool]


def condition(query: Query) -> Condition:
    """Build the condition of a query that has NOT only before terms."""
    match query:
        case And(operands):
            return _all_of(operands)
        case Or(operands):
            return _any_of(operands)
        case Not(operand):
            excluded = condition(operand)
            return lambda text: not excluded(text)
        case term:
            return lambda text: text.has(term)


def _any_of(operands: Sequence[Query]) -> Condition:
    lemmas = _lemmas(operands)
    others = [condition(part) for part in operands if not isinstance(part, Word)]
    if not others:
        return lambda text: not lemmas.isdisjoint(text.lemmas)
    return lambda text: (
        not lemmas.isdisjoint(text.lemmas) or any(other(text) for other in others)
    )


def _all_of(operands: Sequence[Query]) -> Condition:
    """Check required and excluded words, then groups of words, then the rest."""
    required = _lemmas(operands)
    excluded = _lemmas([part.operand for part in operands if isinstance(part, Not)])
    groups = [group for part in operands if (group := _group(part))]
    others = [condition(part) for part in operands if not _is_of_words(part)]

    def holds(text: Text) -> bool:
        lemmas = text.lemmas
        if not (required <= lemmas and excluded.isdisjoint(lemmas)):
            return False
        for group in groups:
            if group.isdisjoint(lemmas):
                return False
        return not others or all(other(text) for other in others)

    return holds


def _lemmas(parts: Sequence[Query]) -> frozenset[str]:
    return frozenset(part.lemma for part in parts if isinstance(part, Word))


def _group(part: Query) -> frozenset[str]:
    """Words of an alternative that is made of words alone, else nothing."""
    if not isinstance(part, Or):
        return frozenset()
    lemmas = _lemmas(part.operands)
    only_words = all(isinstance(operand, Word) for operand in part.operands)
    return lemmas if only_words else frozenset()


def _is_of_words(part: Query) -> bool:
    if isinstance(part, Not):
        return isinstance(part.operand, Word)
    return isinstance(part, Word) or bool(_group(part))
