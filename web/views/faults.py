"""What is wrong with a refused query, said in the reader's language, and where."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from web.clients import ApiError
from web.highlight import Piece, pieces
from web.languages import N_, Language
from web.shapes.base import FieldError

_FAULTS: Mapping[str, str] = {
    "empty": N_("The query is empty."),
    "too_long": N_("The query is too long."),
    "too_many_terms": N_("The query has too many words."),
    "too_deep": N_("There are too many brackets inside each other."),
    "unknown_sign": N_("This sign means nothing in a query: leave it out."),
    "unclosed_quote": N_("The quoted phrase has no closing quote."),
    "empty_phrase": N_("There are no words between the quotes."),
    "short_prefix": N_("More letters must stand before the star."),
    "unclosed_bracket": N_("This bracket is not closed."),
    "unopened_bracket": N_("This bracket closes nothing."),
    "term_expected": N_("A word, a phrase or a bracket is expected here."),
    "nothing_to_find": N_(
        "This only excludes words and would catch almost everything: "
        "add a word to look for."
    ),
}
_QUOTED = re.compile('["«“„][^"»”“]*["»”“]?')
_SMALL = re.compile(r"(?<=\s)(?:и|или|and|or)(?=\s)")
_SMALL_OPERATOR = N_(
    "“%(word)s” in small letters is a word to look for, like the others. For “or” "
    "write | or ИЛИ; for “and” a space is enough."
)
_AROUND = 24
_PARTS = ("message", "expected", "suggestion")


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a query, and where: the marked place among its words."""

    text: str
    hints: tuple[str, ...]
    pieces: tuple[Piece, ...]


def fault(error: ApiError, query: str, language: Language) -> Fault | None:
    """Find the place of the fault in a refused query, if that is what is wrong."""
    for one in error.problem.errors:
        if one.field == "query" and one.position is not None:
            text, *hints = _told(one, language)
            return Fault(text, tuple(hints), _around(query, one.position))
    return None


def slip(query: str, language: Language) -> str | None:
    """Say of a right query what was probably not meant: an operator as a word."""
    found = _SMALL.search(_QUOTED.sub(" ", query))
    return language.say(_SMALL_OPERATOR, word=found[0]) if found else None


def _told(one: FieldError, language: Language) -> list[str]:
    """Say a fault as the service does in this language, else by its code."""
    said = one.said.get(language.code, {})
    told = [_part(part, said[part], language) for part in _PARTS if said.get(part)]
    known = _FAULTS.get(one.code or "")
    return told or [language.say(known) if known else one.message]


def _part(part: str, text: str, language: Language) -> str:
    if part != "expected":
        return text
    return language.say("Expected here: %(what)s.", what=text)


def _around(query: str, position: int) -> tuple[Piece, ...]:
    """Cut the query around a place; behind its end a space is marked."""
    padded = f"{query} " if position >= len(query) else query
    at = min(position, len(padded) - 1)
    start, end = max(0, at - _AROUND), min(len(padded), at + _AROUND)
    return pieces(padded[start:end], [(at - start, at - start + 1)])
