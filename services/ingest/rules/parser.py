"""Reads a query text into its parts, or says where it cannot be read."""

from collections.abc import Callable

from services.ingest.rules.breadth import breadth_fault
from services.ingest.rules.errors import (
    DEEPEST_NESTING,
    LONGEST_QUERY,
    MOST_TERMS,
    QueryError,
    QueryFault,
)
from services.ingest.rules.lexer import Lexeme, Sign, Value, cut
from services.ingest.rules.query import (
    And,
    Exact,
    Gap,
    Near,
    Not,
    Or,
    Phrase,
    Prefix,
    Query,
    Slip,
    Word,
    push_negation,
)


def parse(text: str) -> Query:
    """Read a query; raise QueryError with the place of the first fault."""
    if len(text) > LONGEST_QUERY:
        raise QueryError(QueryFault.TOO_LONG, LONGEST_QUERY)
    lexemes = list(cut(text))
    if lexemes[0].value is Sign.END:
        raise QueryError(QueryFault.EMPTY, 0)
    _refuse_too_many_words(lexemes)
    parser = _Parser(lexemes)
    query = parser.whole()
    for start, part in parser.alternatives(query):
        if fault := breadth_fault(push_negation(part)):
            raise QueryError(fault, start)
    return query


def _refuse_too_many_words(lexemes: list[Lexeme]) -> None:
    words = 0
    for lexeme in lexemes:
        words += lexeme.size
        if words > MOST_TERMS:
            raise QueryError(QueryFault.TOO_MANY_TERMS, lexeme.position)


class _Parser:
    """Recursive descent: any of (OR) all of (AND) near each other (/N) one thing."""

    def __init__(self, lexemes: list[Lexeme]) -> None:
        self._lexemes = lexemes
        self._place = 0
        self._depth = 0
        self._starts: list[int] = []

    def whole(self) -> Query:
        query = self._any_of()
        if self._value is Sign.CLOSE:
            raise QueryError(QueryFault.UNOPENED_BRACKET, self._position)
        return query

    def alternatives(self, query: Query) -> list[tuple[int, Query]]:
        """The parts of which one must hold, each with the place where it starts."""
        if isinstance(query, Or) and len(self._starts) > 1:
            return list(zip(self._starts, query.operands, strict=True))
        return [(self._starts[0], query)]

    @property
    def _value(self) -> Value:
        return self._lexemes[self._place].value

    @property
    def _position(self) -> int:
        return self._lexemes[self._place].position

    def _any_of(self) -> Query:
        parts = [self._alternative()]
        while self._value is Sign.OR:
            self._place += 1
            parts.append(self._alternative())
        return Or(tuple(parts)) if len(parts) > 1 else parts[0]

    def _alternative(self) -> Query:
        if not self._depth:
            self._starts.append(self._position)
        return self._all_of()

    def _all_of(self) -> Query:
        parts = [self._near()]
        while self._value not in {Sign.OR, Sign.CLOSE, Sign.END}:
            if self._value is Sign.AND:
                self._place += 1
            parts.append(self._near())
        return And(tuple(parts)) if len(parts) > 1 else parts[0]

    def _near(self) -> Query:
        start = self._position
        first = self._one()
        if not isinstance(self._value, Gap):
            return first
        operands = [_distant(first, start)]
        gaps = []
        while isinstance(gap := self._value, Gap):
            gaps.append(gap)
            self._place += 1
            start = self._position
            operands.append(_distant(self._one(), start))
        return Near(tuple(operands), tuple(gaps))

    def _one(self) -> Query:
        opening = self._position
        match self._value:
            case Sign.NOT:
                return Not(self._nested(self._one))
            case Sign.OPEN:
                query = self._nested(self._any_of)
                self._close_bracket(opening)
                return query
            case Sign() | Gap():
                raise QueryError(QueryFault.TERM_EXPECTED, opening)
            case term:
                self._place += 1
                return term

    def _close_bracket(self, opening: int) -> None:
        if self._value is not Sign.CLOSE:
            raise QueryError(QueryFault.UNCLOSED_BRACKET, opening)
        self._place += 1

    def _nested(self, read: Callable[[], Query]) -> Query:
        """Step over a NOT or an opening bracket and read what it holds."""
        if self._depth == DEEPEST_NESTING:
            raise QueryError(QueryFault.TOO_DEEP, self._position)
        self._place += 1
        self._depth += 1
        query = read()
        self._depth -= 1
        return query


def _distant(query: Query, start: int) -> Query:
    """Let only words, phrases and alternatives of these stand beside a distance."""
    plain = (Word, Exact, Prefix, Slip, Phrase)
    parts = query.operands if isinstance(query, Or) else (query,)
    if not all(isinstance(part, plain) for part in parts):
        raise QueryError(QueryFault.DISTANCE_OPERAND, start)
    return query
