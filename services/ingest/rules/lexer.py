"""Cuts a query into words, phrases, operators and brackets."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from services.ingest.rules.errors import SHORTEST_PREFIX, QueryError, QueryFault
from services.ingest.rules.query import Phrase, Prefix, Term, Word
from shared import russian


class Sign(Enum):
    AND = "and"
    OR = "or"
    NOT = "not"
    OPEN = "("
    CLOSE = ")"
    END = "end"


_OPERATORS = {
    "AND": Sign.AND,
    "И": Sign.AND,
    "OR": Sign.OR,
    "ИЛИ": Sign.OR,
    "NOT": Sign.NOT,
    "НЕ": Sign.NOT,
}
_BRACKETS = {"(": Sign.OPEN, ")": Sign.CLOSE}
_QUOTES = {'"': '"', "«": "»", "“": "”", "„": "“"}


@dataclass(frozen=True, slots=True)
class Lexeme:
    position: int
    value: Sign | Term

    @property
    def size(self) -> int:
        """How many words the lexeme adds to the query."""
        match self.value:
            case Sign():
                return 0
            case Phrase(words):
                return len(words)
            case _:
                return 1


def cut(text: str) -> Iterator[Lexeme]:
    """Yield the lexemes of a query, the end sign last."""
    words = {word.start: word for word in russian.tokens(text)}
    place = 0
    while place < len(text):
        if text[place].isspace():
            place += 1
        elif word := words.get(place):
            lexeme = Lexeme(place, _OPERATORS.get(word.word) or _term(text, word))
            place = word.end + isinstance(lexeme.value, Prefix)
            yield lexeme
        elif bracket := _BRACKETS.get(text[place]):
            yield Lexeme(place, bracket)
            place += 1
        else:
            closing = _closing_quote(text, place)
            yield Lexeme(place, _phrase(text, place, closing))
            place = closing + 1
    yield Lexeme(len(text), Sign.END)


def _closing_quote(text: str, opening: int) -> int:
    sign = _QUOTES.get(text[opening])
    if sign is None:
        raise QueryError(QueryFault.UNKNOWN_SIGN, opening)
    closing = text.find(sign, opening + 1)
    if closing < 0:
        raise QueryError(QueryFault.UNCLOSED_QUOTE, opening)
    return closing


def _phrase(text: str, opening: int, closing: int) -> Term:
    words = tuple(
        _term(text, word)
        for word in russian.tokens(text[:closing])
        if word.start > opening
    )
    if not words:
        raise QueryError(QueryFault.EMPTY_PHRASE, opening)
    return Phrase(words) if len(words) > 1 else words[0]


def _term(text: str, word: russian.Token) -> Word | Prefix:
    if text[word.end : word.end + 1] != "*":
        return Word(russian.lemma(word.word))
    start = russian.plain(word.word)
    if len(start) < SHORTEST_PREFIX:
        raise QueryError(QueryFault.SHORT_PREFIX, word.start)
    return Prefix(start)
