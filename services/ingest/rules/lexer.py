"""Cuts a query into words, phrases, fields, operators and brackets."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Final, TypeAlias

from services.ingest.rules.errors import (
    LONGEST_DISTANCE,
    MOST_CLOSE_WORDS,
    QueryError,
    QueryFault,
)
from services.ingest.rules.pieces import piece, pieces
from services.ingest.rules.posts import NAMES, Field, field
from services.ingest.rules.query import (
    Close,
    Exact,
    Gap,
    Phrase,
    Piece,
    Tag,
    Term,
    Word,
)
from services.ingest.rules.words import TAG, TOKEN, fold


class Sign(Enum):
    AND = "and"
    OR = "or"
    NOT = "not"
    OPEN = "("
    CLOSE = ")"
    END = "end"


_OPERATORS: Final = {
    "AND": Sign.AND,
    "И": Sign.AND,
    "OR": Sign.OR,
    "ИЛИ": Sign.OR,
    "NOT": Sign.NOT,
    "НЕ": Sign.NOT,
}
_SIGNS: Final = {
    "(": Sign.OPEN,
    ")": Sign.CLOSE,
    "|": Sign.OR,
    "&": Sign.AND,
    "-": Sign.NOT,
    "\u2212": Sign.NOT,
}
_QUOTES: Final = {'"': '"', "«": "»", "“": "”", "„": "“"}
_FAULTS: Final = {
    "*": QueryFault.LEADING_STAR,
    "!": QueryFault.EXACT_WORD_EXPECTED,
    "#": QueryFault.TAG_EXPECTED,
    "/": QueryFault.STRAY_SLASH,
    "~": QueryFault.CLOSE_WORDS,
    "\u2013": QueryFault.STRAY_DASH,
    "\u2014": QueryFault.STRAY_DASH,
}
_GAP: Final = re.compile(r"(?<![^\s)\"»”“])/(\+?)(\d+)(?=[\s(\"«“„!#]|$)")
_CLOSE: Final = re.compile(r"~(\d+)")
_VALUE: Final = re.compile(r"[^\s()|\"«»“”„]+")

Value: TypeAlias = Sign | Gap | Term


@dataclass(frozen=True, slots=True)
class Lexeme:
    position: int
    value: Value

    @property
    def size(self) -> int:
        """How many words the lexeme adds to the query."""
        match self.value:
            case Sign() | Gap():
                return 0
            case Phrase(words) | Close(words, _) | Field(_, words):
                return len(words)
            case _:
                return 1


def cut(text: str) -> Iterator[Lexeme]:
    """Yield the lexemes of a query, the end sign last."""
    place = 0
    while place < len(text):
        if text[place].isspace():
            place += 1
            continue
        value, end = _next(text, place)
        yield Lexeme(place, value)
        place = end
    yield Lexeme(len(text), Sign.END)


def _next(text: str, place: int) -> tuple[Value, int]:
    if word := TOKEN.match(text, place):
        return _word(text, word)
    sign = text[place]
    if sign in _SIGNS:
        return _sign(text, place)
    if sign in _QUOTES:
        return _quoted(text, place)
    if sign == "!" and (word := TOKEN.match(text, place + 1)):
        return piece(text, place, word)
    if tag := TAG.match(text, place):
        return Tag(fold(tag[1])), tag.end()
    if gap := _GAP.match(text, place):
        return Gap(_distance(gap, 2), ordered=bool(gap[1])), gap.end()
    raise QueryError(_FAULTS.get(sign, QueryFault.UNKNOWN_SIGN), place)


def _word(text: str, word: re.Match[str]) -> tuple[Value, int]:
    if text[word.end() : word.end() + 1] == ":":
        return _field(text, word)
    operator = _OPERATORS.get(word.group())
    return (operator, word.end()) if operator else piece(text, word.start(), word)


def _sign(text: str, place: int) -> tuple[Sign, int]:
    sign = text[place]
    following = text[place + 1 : place + 2]
    if _SIGNS[sign] is Sign.NOT and (not following or following.isspace()):
        raise QueryError(QueryFault.STRAY_DASH, place)
    doubled = sign in "|&" and following == sign
    return _SIGNS[sign], place + 1 + doubled


def _quoted(text: str, opening: int) -> tuple[Term, int]:
    closing = _closing_quote(text, opening)
    words = pieces(text, opening + 1, closing)
    if not words:
        raise QueryError(QueryFault.EMPTY_PHRASE, opening)
    if tilde := _CLOSE.match(text, closing + 1):
        return _close(words, tilde), tilde.end()
    if text[closing + 1 : closing + 2] == "~":
        raise QueryError(QueryFault.CLOSE_WORDS, closing + 1)
    return (Phrase(words) if len(words) > 1 else words[0]), closing + 1


def _close(words: tuple[Piece, ...], tilde: re.Match[str]) -> Close:
    if not 1 < len(words) <= MOST_CLOSE_WORDS:
        raise QueryError(QueryFault.CLOSE_WORDS, tilde.start())
    distance = _distance(tilde, 1)
    if distance < sum(map(_size, words)) - 1:
        raise QueryError(QueryFault.DISTANCE_TOO_SHORT, tilde.start())
    return Close(words, distance)


def _size(word: Piece) -> int:
    """How many places a word takes: a compound takes one for each part."""
    return word.text.count("-") + 1 if isinstance(word, Word | Exact) else 1


def _distance(found: re.Match[str], group: int) -> int:
    digits = found[group]
    distance = int(digits) if len(digits) <= len(str(LONGEST_DISTANCE)) else 0
    if not 1 <= distance <= LONGEST_DISTANCE:
        raise QueryError(QueryFault.DISTANCE_RANGE, found.start())
    return distance


def _closing_quote(text: str, opening: int) -> int:
    closing = text.find(_QUOTES[text[opening]], opening + 1)
    if closing < 0:
        raise QueryError(QueryFault.UNCLOSED_QUOTE, opening)
    return closing


def _field(text: str, word: re.Match[str]) -> tuple[Field, int]:
    name = NAMES.get(word.group().lower())
    if name is None:
        raise QueryError(QueryFault.UNKNOWN_FIELD, word.start())
    start = word.end() + 1
    if text[start : start + 1] in _QUOTES:
        closing = _closing_quote(text, start)
        value, end = text[start + 1 : closing], closing + 1
    else:
        found = _VALUE.match(text, start)
        value, end = (found.group(), found.end()) if found else ("", start)
    if not value.strip():
        raise QueryError(QueryFault.FIELD_VALUE_EXPECTED, start)
    made = field(name, value)
    if made is None:
        raise QueryError(QueryFault.UNKNOWN_VALUE, start)
    return made, end
