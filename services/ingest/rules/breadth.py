"""Refuses queries that would match nearly every text, with the reason."""

from functools import lru_cache

from services.ingest.rules.errors import QueryFault
from services.ingest.rules.posts import Field
from services.ingest.rules.query import (
    And,
    Close,
    Exact,
    Near,
    Not,
    Or,
    Phrase,
    Piece,
    Prefix,
    Query,
    Slip,
    Tag,
    Word,
)
from services.ingest.rules.vocabulary import wanted
from shared import library, russian

_NARROW_PHRASE = 3
"""So many words next to each other stand in few texts, whatever they are."""


def breadth_fault(query: Query) -> QueryFault | None:
    """Say why a query would match nearly everything; None when it would not.

    A query is narrow when, in each of its alternatives, there is a word that must be
    in the text and does not stand in most texts anyway. NOT only before terms.
    """
    if is_narrow(query):
        return None
    if not _is_found(query):
        return QueryFault.NOTHING_TO_FIND
    return QueryFault.ONLY_FIELDS if _has_only_fields(query) else QueryFault.TOO_BROAD


def is_narrow(query: Query) -> bool:
    """Say whether all texts that match have one of a few telling words."""
    match query:
        case And(operands) | Near(operands, _):
            return any(map(is_narrow, operands))
        case Or(operands):
            return all(map(is_narrow, operands))
        case Phrase(words) | Close(words, _):
            is_long = isinstance(query, Phrase) and len(words) >= _NARROW_PHRASE
            return is_long or any(map(is_narrow, words))
        case Not() | Field():
            return False
        case _:
            return _is_telling(query)


def _is_telling(word: Piece | Tag) -> bool:
    match word:
        case Prefix(start):
            return start not in _broad_starts()
        case Word(text):
            return _broad_words().isdisjoint(wanted(text))
        case Exact(text):
            return not _broad_words().issuperset(russian.readings(text))
        case Slip() | Tag():
            return True


def _is_found(query: Query) -> bool:
    """Say whether every text that matches has a term."""
    match query:
        case And(operands):
            return any(_is_found(part) for part in operands)
        case Or(operands):
            return all(_is_found(part) for part in operands)
        case _:
            return not isinstance(query, Not)


def _has_only_fields(query: Query) -> bool:
    match query:
        case And(operands) | Or(operands):
            return all(_has_only_fields(part) for part in operands)
        case _:
            return isinstance(query, Field | Not)


@lru_cache(maxsize=1)
def _broad_words() -> frozenset[str]:
    return frozenset(library.lines("broad_words.txt"))


@lru_cache(maxsize=1)
def _broad_starts() -> frozenset[str]:
    return frozenset(library.lines("broad_starts.txt"))
