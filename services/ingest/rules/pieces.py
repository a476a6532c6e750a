"""Reads single words of a query with their signs: `!form`, `begin*`, `slip~`."""

import re
from functools import lru_cache
from typing import Final

from services.ingest.rules.errors import (
    SHORTEST_PREFIX,
    SHORTEST_SLIP,
    QueryError,
    QueryFault,
)
from services.ingest.rules.query import Exact, Piece, Prefix, Slip, Word
from services.ingest.rules.words import TOKEN, parts

_SLIP_NUMBER: Final = re.compile(r"~\d")


def piece(text: str, start: int, word: re.Match[str]) -> tuple[Piece, int]:
    """Make a piece of a word and the signs around it; say where it ends.

    `start` is the place of the exclamation mark, or of the word without one.
    """
    end = word.end()
    sign = text[end : end + 1]
    if start < word.start():
        if sign and sign in "*~":
            raise QueryError(QueryFault.EXACT_WITH_SIGN, end)
        return Exact(_folded(word.group())), end
    if sign == "*":
        return _prefix(word), end + 1
    if sign == "~":
        if _SLIP_NUMBER.match(text, end):
            raise QueryError(QueryFault.SLIP_NUMBER, end)
        return _slip(word), end + 1
    return _word(word.group()), end


def pieces(text: str, start: int, end: int) -> tuple[Piece, ...]:
    """Make the pieces between two quotes; other signs are punctuation there."""
    found = []
    place = start
    while word := TOKEN.search(text, place, end):
        begin = word.start()
        is_exact = begin > start and text[begin - 1] == "!"
        made, place = piece(text, begin - is_exact, word)
        found.append(made)
    return tuple(found)


def _prefix(word: re.Match[str]) -> Prefix:
    start = _folded(word.group())
    if len(start) < SHORTEST_PREFIX:
        raise QueryError(QueryFault.SHORT_PREFIX, word.start())
    return Prefix(start)


def _slip(word: re.Match[str]) -> Slip:
    text = _folded(word.group())
    if len(text) < SHORTEST_SLIP:
        raise QueryError(QueryFault.SHORT_SLIP, word.start())
    return Slip(text)


@lru_cache(maxsize=50_000)
def _word(token: str) -> Word:
    return Word(_folded(token))


def _folded(token: str) -> str:
    return "-".join(parts(token))
