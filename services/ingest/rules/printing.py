"""Writes a parsed query as text again: `parse(printed(query)) == query`."""

from services.ingest.rules.posts import Field
from services.ingest.rules.query import (
    And,
    Close,
    Exact,
    Gap,
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

_FIELDS = {
    "place": "место",
    "network": "сеть",
    "source": "источник",
    "language": "язык",
    "kind": "вид",
}


def printed(query: Query) -> str:
    """Write a query in its shortest form, operators as signs."""
    match query:
        case Or(operands):
            return " | ".join(_inside(part, Or) for part in operands)
        case And(operands):
            return " ".join(_inside(part, Or, And) for part in operands)
        case Not(operand):
            return f"-{_inside(operand, Or, And, Near)}"
        case Near(operands, gaps):
            first, *others = (_inside(part, Or) for part in operands)
            steps = zip(gaps, others, strict=True)
            return first + "".join(f" {_gap(gap)} {part}" for gap, part in steps)
        case _:
            return _term(query)


def tree(query: Query, depth: int = 0) -> str:
    """Write a query as an indented tree, a node a line."""
    indent = "  " * depth
    match query:
        case And(operands) | Or(operands) | Near(operands, _):
            below = "".join(f"\n{tree(part, depth + 1)}" for part in operands)
            return f"{indent}{_headline(query)}{below}"
        case Not(operand):
            return f"{indent}NOT\n{tree(operand, depth + 1)}"
        case _:
            return f"{indent}{_kind(query)} {_term(query)}"


def _inside(part: Query, *looser: type) -> str:
    return f"({printed(part)})" if isinstance(part, looser) else printed(part)


def _term(term: Query) -> str:
    match term:
        case Phrase(words):
            return _quoted(words)
        case Close(words, distance):
            return f"{_quoted(words)}~{distance}"
        case Tag(name):
            return f"#{name}"
        case Field(name, words):
            return f'{_FIELDS[name]}:"{" ".join(words)}"'
        case Word() | Exact() | Prefix() | Slip():
            return _piece(term)
        case _:
            raise TypeError(term)


def _quoted(words: tuple[Piece, ...]) -> str:
    return f'"{" ".join(map(_piece, words))}"'


def _piece(piece: Piece) -> str:
    match piece:
        case Word(text):
            return text
        case Exact(text):
            return f"!{text}"
        case Prefix(start):
            return f"{start}*"
        case Slip(text):
            return f"{text}~"


def _gap(gap: Gap) -> str:
    return f"/+{gap.distance}" if gap.ordered else f"/{gap.distance}"


def _headline(query: Query) -> str:
    if isinstance(query, Near):
        return f"NEAR {' '.join(map(_gap, query.gaps))}"
    return type(query).__name__.upper()


def _kind(term: Query) -> str:
    return type(term).__name__.upper()
