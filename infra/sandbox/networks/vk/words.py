"""How the network searches: all words by their beginnings, phrases, exclusions."""

import re
from typing import Final

_TERM: Final = re.compile(r'(-?)"([^"]+)"|(-?)(\S+)')
_SHORT: Final = 4


def matches(query: str, text: str) -> bool:
    """Tell whether a text has every word of the query and none of the excluded."""
    lower = text.lower()
    words = re.findall(r"[\w#]+", lower)
    for minus, phrase, minus_word, word in _TERM.findall(query.lower()):
        is_there = phrase in lower if phrase else _has(words, word)
        if is_there == bool(minus or minus_word):
            return False
    return True


def _has(words: list[str], word: str) -> bool:
    """Look for a word in any form: the ends of words are left out."""
    ending = 1 if len(word) <= _SHORT else 2
    stem = word[: max(2, len(word) - ending)]
    return any(one.startswith(stem) for one in words)
