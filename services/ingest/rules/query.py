"""The parts of a parsed query; two queries that say the same words are equal.

Words stand as they were typed, folded (see words.py); `text` may hold hyphens.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from services.ingest.rules.posts import Field


@dataclass(frozen=True, slots=True)
class Word:
    """Any form of a word; an emoji."""

    text: str


@dataclass(frozen=True, slots=True)
class Exact:
    """One form of a word only."""

    text: str


@dataclass(frozen=True, slots=True)
class Prefix:
    """Any word that begins so."""

    start: str


@dataclass(frozen=True, slots=True)
class Slip:
    """Any form of a word, with at most one letter wrong, missing, extra or swapped."""

    text: str


Piece: TypeAlias = Word | Exact | Prefix | Slip


@dataclass(frozen=True, slots=True)
class Tag:
    """A hashtag, whole."""

    name: str


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words next to each other in this order."""

    words: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Close:
    """Words in any order, the first and the last at most `distance` words apart."""

    words: tuple[Piece, ...]
    distance: int


@dataclass(frozen=True, slots=True)
class Gap:
    """How far the next operand may stand; `ordered`: only behind this one."""

    distance: int
    ordered: bool


@dataclass(frozen=True, slots=True)
class Near:
    """Operands each within a gap of the one before; len(gaps) == len(operands) - 1.

    Operands are pieces, phrases, or alternatives (Or) of these.
    """

    operands: tuple["Query", ...]
    gaps: tuple[Gap, ...]


@dataclass(frozen=True, slots=True)
class Not:
    operand: "Query"


@dataclass(frozen=True, slots=True)
class And:
    operands: tuple["Query", ...]


@dataclass(frozen=True, slots=True)
class Or:
    operands: tuple["Query", ...]


Term: TypeAlias = Piece | Tag | Field | Phrase | Close | Near
Query: TypeAlias = Term | Not | And | Or


def push_negation(query: Query, *, negated: bool = False) -> Query:
    """Rewrite so that NOT stands only before terms (De Morgan)."""
    match query:
        case Not(operand):
            return push_negation(operand, negated=not negated)
        case And(operands) | Or(operands):
            parts = tuple(push_negation(part, negated=negated) for part in operands)
            return And(parts) if isinstance(query, And) != negated else Or(parts)
        case _:
            return Not(query) if negated else query


def positive_terms(query: Query) -> Iterator[Term]:
    """Terms the query looks for, not those it excludes; NOT only before terms."""
    match query:
        case And(operands) | Or(operands):
            for part in operands:
                yield from positive_terms(part)
        case Not():
            return
        case _:
            yield query
