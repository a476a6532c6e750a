"""Keyword rules: a small query language with Russian words, and its fast matcher.

    яма AND (дорога OR тротуар) NOT реклама
    "горячая вода" (нет ИЛИ отключили)
    капремонт* НЕ вакансия

A word stands for all its forms, words side by side must all be there, NOT binds
tighter than AND, AND tighter than OR. Operators are written in capitals, in English
or in Russian (И, ИЛИ, НЕ). A quoted phrase wants its words next to each other, each
in any form; a star after a word wants words that begin so.
"""

from services.ingest.rules.errors import QueryError, QueryFault
from services.ingest.rules.matcher import (
    CompiledRule,
    Match,
    Matcher,
    Position,
    TextMatcher,
    compile_rule,
)
from services.ingest.rules.parser import parse
from services.ingest.rules.query import And, Not, Or, Phrase, Prefix, Query, Word

__all__ = [
    "And",
    "CompiledRule",
    "Match",
    "Matcher",
    "Not",
    "Or",
    "Phrase",
    "Position",
    "Prefix",
    "Query",
    "QueryError",
    "QueryFault",
    "TextMatcher",
    "Word",
    "compile_rule",
    "parse",
]
