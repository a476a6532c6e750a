"""The parts of a parsed query; two queries that say the same words are equal."""

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Word:
    """Any form of a word."""

    lemma: str


@dataclass(frozen=True, slots=True)
class Prefix:
    """Any word that begins so; lower case, «е» for «ё»."""

    start: str


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words next to each other in this order."""

    words: tuple[Word | Prefix, ...]


@dataclass(frozen=True, slots=True)
class Not:
    operand: "Query"


@dataclass(frozen=True, slots=True)
class And:
    operands: tuple["Query", ...]


@dataclass(frozen=True, slots=True)
class Or:
    operands: tuple["Query", ...]


Term: TypeAlias = Word | Prefix | Phrase
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


def positive_terms(query: Query) -> list[Term]:
    """Terms the query looks for, not those it excludes; NOT only before terms."""
    match query:
        case And(operands) | Or(operands):
            return [term for part in operands for term in positive_terms(part)]
        case Not():
            return []
        case _:
            return [query]


def can_be_found(query: Query) -> bool:
    """Say whether every text that matches has a term; NOT only before terms."""
    match query:
        case Not():
            return False
        case And(operands):
            return any(can_be_found(part) for part in operands)
        case Or(operands):
            return all(can_be_found(part) for part in operands)
        case _:
            return True
