"""A slow, obvious reading of rules, to compare the fast matcher with.

It knows nothing of anchors: every rule is tried on every text, word by word.
"""

import re
from collections.abc import Sequence
from uuid import UUID

from services.ingest.rules import (
    And,
    Match,
    Not,
    Or,
    Phrase,
    Prefix,
    Query,
    Word,
    parse,
)
from services.ingest.rules.query import Term
from shared import russian
from shared.russian import Token


class NaiveMatcher:
    def __init__(self, rules: Sequence[tuple[UUID, int, str]]) -> None:
        self._rules = [(uid, version, parse(query)) for uid, version, query in rules]

    def match(self, texts: Sequence[str]) -> list[list[Match]]:
        return [
            [
                Match(rule_id, version, _positions(query, text))
                for rule_id, version, query in self._rules
                if _holds(query, russian.tokens(text))
            ]
            for text in texts
        ]


def _holds(query: Query, tokens: list[Token]) -> bool:
    match query:
        case Not(operand):
            return not _holds(operand, tokens)
        case And(operands):
            return all(_holds(part, tokens) for part in operands)
        case Or(operands):
            return any(_holds(part, tokens) for part in operands)
        case Word() | Prefix() | Phrase():
            return bool(_hits(query, tokens))


def _hits(term: Term, tokens: list[Token]) -> list[tuple[int, int]]:
    words = term.words if isinstance(term, Phrase) else (term,)
    windows = [
        tokens[start : start + len(words)]
        for start in range(len(tokens) - len(words) + 1)
    ]
    return [
        (window[0].start, window[-1].end)
        for window in windows
        if all(_is(word, token) for word, token in zip(words, window, strict=True))
    ]


def _is(word: Word | Prefix, token: Token) -> bool:
    if isinstance(word, Word):
        return russian.lemma(token.word) == word.lemma
    return russian.plain(token.word).startswith(word.start)


def _positions(query: Query, text: str) -> tuple[tuple[int, int], ...]:
    """Mark every character of what was looked for and hit, then read marks off."""
    tokens = russian.tokens(text)
    marked = bytearray(len(text))
    for term in _wanted(query, wanted=True):
        for start, end in _hits(term, tokens):
            marked[start:end] = b"x" * (end - start)
    return tuple(found.span() for found in re.finditer(b"x+", marked))


def _wanted(query: Query, *, wanted: bool) -> list[Term]:
    match query:
        case Not(operand):
            return _wanted(operand, wanted=not wanted)
        case And(operands) | Or(operands):
            return [term for part in operands for term in _wanted(part, wanted=wanted)]
        case Word() | Prefix() | Phrase():
            return [query] if wanted else []
