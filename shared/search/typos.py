"""Slips of the pen: words that differ by one letter or two letters exchanged."""

import string
from typing import Final

# Shorter words have too many neighbours: «дом», «дым», «дам».
SHORTEST: Final = 4
_LONGEST: Final = 40

_CYRILLIC: Final = "".join(map(chr, range(ord("а"), ord("я") + 1)))


def may_be_misspelt(word: str) -> bool:
    """Say whether it is worth looking for another spelling; numbers have none."""
    return SHORTEST <= len(word) <= _LONGEST and any(map(str.isalpha, word))


def neighbours(word: str) -> set[str]:
    """All rows of letters one slip away from a word (some 65 for each letter)."""
    halves = [(word[:cut], word[cut:]) for cut in range(len(word) + 1)]
    alphabet = string.ascii_lowercase if word.isascii() else _CYRILLIC
    lost = {left + right[1:] for left, right in halves if right}
    swapped = {a + b[1] + b[0] + b[2:] for a, b in halves if len(b) > 1}
    changed = {a + new + b[1:] for a, b in halves if b for new in alphabet}
    added = {left + new + right for left, right in halves for new in alphabet}
    return (lost | swapped | changed | added) - {word}


def is_near(one: str, other: str) -> bool:
    """Say whether two different words are one slip apart."""
    if one == other or abs(len(one) - len(other)) > 1:
        return False
    if len(one) > len(other):
        one, other = other, one
    same = next(
        (place for place, (a, b) in enumerate(zip(one, other, strict=False)) if a != b),
        len(one),
    )
    return _rest_is_near(one[same:], other[same:])


def _rest_is_near(one: str, other: str) -> bool:
    """Compare from the first difference on; `one` is not the longer."""
    if len(one) < len(other):
        return one == other[1:]
    return one[1:] == other[1:] or (one[2:] == other[2:] and one[:2] == other[1::-1])
