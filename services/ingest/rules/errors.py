"""What can be wrong with a query, told with the place where it is wrong."""

import tomllib
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from importlib.resources import files
from typing import Final, Literal, TypeAlias

Language: TypeAlias = Literal["ru", "en"]

LONGEST_QUERY: Final = 8_000
MOST_TERMS: Final = 500
DEEPEST_NESTING: Final = 20
SHORTEST_PREFIX: Final = 2
SHORTEST_SLIP: Final = 4
LONGEST_DISTANCE: Final = 100
MOST_CLOSE_WORDS: Final = 10

_NUMBERS: Final = {
    "longest_query": LONGEST_QUERY,
    "most_terms": MOST_TERMS,
    "deepest_nesting": DEEPEST_NESTING,
    "shortest_prefix": SHORTEST_PREFIX,
    "shortest_slip": SHORTEST_SLIP,
    "longest_distance": LONGEST_DISTANCE,
    "most_close_words": MOST_CLOSE_WORDS,
}


class QueryFault(StrEnum):
    """The kind of a fault, stable for translation; its value is the API's code."""

    EMPTY = "empty"
    TOO_LONG = "too_long"
    TOO_MANY_TERMS = "too_many_terms"
    TOO_DEEP = "too_deep"
    UNKNOWN_SIGN = "unknown_sign"
    STRAY_DASH = "stray_dash"
    STRAY_SLASH = "stray_slash"
    UNCLOSED_QUOTE = "unclosed_quote"
    EMPTY_PHRASE = "empty_phrase"
    SHORT_PREFIX = "short_prefix"
    LEADING_STAR = "leading_star"
    SHORT_SLIP = "short_slip"
    SLIP_NUMBER = "slip_number"
    EXACT_WORD_EXPECTED = "exact_word_expected"
    EXACT_WITH_SIGN = "exact_with_sign"
    TAG_EXPECTED = "tag_expected"
    UNKNOWN_FIELD = "unknown_field"
    FIELD_VALUE_EXPECTED = "field_value_expected"
    UNKNOWN_VALUE = "unknown_value"
    DISTANCE_RANGE = "distance_range"
    DISTANCE_TOO_SHORT = "distance_too_short"
    DISTANCE_OPERAND = "distance_operand"
    CLOSE_WORDS = "close_words"
    UNCLOSED_BRACKET = "unclosed_bracket"
    UNOPENED_BRACKET = "unopened_bracket"
    TERM_EXPECTED = "term_expected"
    NOTHING_TO_FIND = "nothing_to_find"
    ONLY_FIELDS = "only_fields"
    TOO_BROAD = "too_broad"


@dataclass(frozen=True, slots=True)
class Told:
    """A fault in the words of one language."""

    message: str
    expected: str
    suggestion: str


class QueryError(ValueError):
    """A query that cannot be a rule; `position` counts characters from 0.

    `message` is the English sentence of the API; `told` gives message, expectation
    and suggestion in Russian or English.
    """

    def __init__(self, fault: QueryFault, position: int) -> None:
        self.fault = fault
        self.position = position
        self.message = self.told("en").message
        super().__init__(f"{self.message} (character {position + 1})")

    def told(self, language: Language) -> Told:
        """Say what is wrong, what was expected there and what to do about it."""
        texts = _texts()[self.fault.value]
        return Told(
            *(
                texts[f"{part}_{language}"].format_map(_NUMBERS)
                for part in ("message", "expected", "suggestion")
            )
        )


@lru_cache(maxsize=1)
def _texts() -> dict[str, dict[str, str]]:
    return tomllib.loads(files(__package__).joinpath("faults.toml").read_text("utf-8"))
