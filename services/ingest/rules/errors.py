"""What can be wrong with a query, told with the place where it is wrong."""

from enum import StrEnum

LONGEST_QUERY = 2_000
MOST_TERMS = 200
DEEPEST_NESTING = 20
SHORTEST_PREFIX = 2


class QueryFault(StrEnum):
    """The kind of a fault, stable for translation; its value is the API's code."""

    EMPTY = "empty"
    TOO_LONG = "too_long"
    TOO_MANY_TERMS = "too_many_terms"
    TOO_DEEP = "too_deep"
    UNKNOWN_SIGN = "unknown_sign"
    UNCLOSED_QUOTE = "unclosed_quote"
    EMPTY_PHRASE = "empty_phrase"
    SHORT_PREFIX = "short_prefix"
    UNCLOSED_BRACKET = "unclosed_bracket"
    UNOPENED_BRACKET = "unopened_bracket"
    TERM_EXPECTED = "term_expected"
    NOTHING_TO_FIND = "nothing_to_find"


_MESSAGES = {
    QueryFault.EMPTY: "The query is empty.",
    QueryFault.TOO_LONG: f"A query has at most {LONGEST_QUERY} characters.",
    QueryFault.TOO_MANY_TERMS: f"A query has at most {MOST_TERMS} words.",
    QueryFault.TOO_DEEP: f"Brackets and NOT nest at most {DEEPEST_NESTING} deep.",
    QueryFault.UNKNOWN_SIGN: "This sign means nothing in a query: leave it out.",
    QueryFault.UNCLOSED_QUOTE: "The quoted phrase has no closing quote.",
    QueryFault.EMPTY_PHRASE: "There are no words between the quotes.",
    QueryFault.SHORT_PREFIX: (
        f"At least {SHORTEST_PREFIX} letters must stand before the star."
    ),
    QueryFault.UNCLOSED_BRACKET: "This bracket is not closed.",
    QueryFault.UNOPENED_BRACKET: "This bracket closes nothing.",
    QueryFault.TERM_EXPECTED: "A word, a phrase or a bracket is expected here.",
    QueryFault.NOTHING_TO_FIND: (
        "This part only excludes words, so it would match almost every text: "
        "add a word to look for."
    ),
}


class QueryError(ValueError):
    """A query that cannot be a rule; `position` counts characters from 0."""

    def __init__(self, fault: QueryFault, position: int) -> None:
        self.fault = fault
        self.position = position
        self.message = _MESSAGES[fault]
        super().__init__(f"{self.message} (character {position + 1})")
