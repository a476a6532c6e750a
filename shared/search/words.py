"""The words of a text as the index knows them, and where they stand."""

import re
from collections.abc import Iterator
from itertools import chain, islice
from typing import Final, NamedTuple

from shared.russian import Token, lemma, plain, tokens

# Of a longer text only the beginning can be searched: an index keeps positions in
# 14 bits and all words of a document in 1 MB. A post has 30 words, a long one 2,000.
MOST_WORDS: Final = 8_000
_MOST_CHARACTERS: Final = 200_000
_LONGEST_BYTES: Final = 100

_PART: Final = re.compile(r"[^-\u2010\u2011]+")


class Word(NamedTuple):
    """A word at `text[start:end]`: as spelt there and as the dictionary has it."""

    start: int
    end: int
    form: str
    lemma: str


def words(text: str) -> list[Word]:
    """Words in order; both halves of «кафе-бар» are words of their own."""
    return list(islice(chain.from_iterable(compounds(text)), MOST_WORDS))


def compounds(text: str) -> Iterator[list[Word]]:
    """Words grouped as they are written: one, or those that hyphens hold together."""
    for token in tokens(text[:_MOST_CHARACTERS]):
        yield list(_parts(token))


def storable(text: str) -> str:
    """Replace what no index can keep (NUL, lone surrogates), leaving all positions."""
    return text.replace("\0", " ").encode("utf-8", "replace").decode()


def _parts(token: Token) -> Iterator[Word]:
    for part in _PART.finditer(token.word):
        start = token.start + part.start()
        yield Word(
            start,
            start + len(part[0]),
            _short(plain(part[0])),
            _short(lemma(part[0])),
        )


def _short(word: str) -> str:
    """Cut rows of letters nobody would type, which an index may refuse."""
    if len(word) * 4 <= _LONGEST_BYTES:
        return word
    return word.encode()[:_LONGEST_BYTES].decode(errors="ignore")
