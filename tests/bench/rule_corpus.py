"""Invented rules and posts for the bench of the matcher, the same at every run.

Words come from the dictionary. The nth most frequent word of the posts stands in them
about n times more rarely than the first, as in real texts.
"""

import random
from bisect import bisect
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, product
from typing import NamedTuple

import pymorphy3

from shared import russian

LEXICON = 20_000
HEAD = 300
"""So many words are frequent ones: the broad rules ask for one of them."""


@dataclass(frozen=True, slots=True)
class FlatRule:
    """Any of `first`, and any of `second`, and none of `excluded`."""

    first: tuple[str, ...]
    second: tuple[str, ...]
    excluded: tuple[str, ...]

    @property
    def words(self) -> tuple[str, ...]:
        """All words of the rule."""
        return self.first + self.second + self.excluded

    @property
    def query(self) -> str:
        """Write the rule in our language."""
        excluded = "".join(f" -{word}" for word in self.excluded)
        return f"({' | '.join(self.first)}) ({' | '.join(self.second)}){excluded}"

    @property
    def tsquery(self) -> str:
        """Write the rule in PostgreSQL's language, before its stemmer."""
        excluded = "".join(f" & !{word}" for word in self.excluded)
        return f"({' | '.join(self.first)}) & ({' | '.join(self.second)}){excluded}"


@dataclass(frozen=True, slots=True)
class Corpus:
    """Posts and the two kinds of rules."""

    posts: Sequence[str]
    narrow: Sequence[FlatRule]
    broad: Sequence[FlatRule]


class RuleSet(NamedTuple):
    """Rules that are measured together."""

    kind: str
    rules: Sequence[FlatRule]

    @property
    def label(self) -> str:
        """Name the set in a table."""
        return f"{len(self.rules):,} {self.kind}"


def corpus(posts: int, narrow: int, broad: int) -> Corpus:
    """Make so many of each."""
    luck = random.Random(11)  # noqa: S311 -- invented texts, not secrets
    words = _lexicon(luck)
    weights = list(accumulate(1 / (place + 3) for place in range(len(words))))

    def likely() -> tuple[str, ...]:
        return words[bisect(weights, luck.random() * weights[-1])]

    def some(pool: Sequence[tuple[str, ...]], least: int, most: int) -> tuple[str, ...]:
        return tuple(luck.choice(pool)[0] for _ in range(luck.randint(least, most)))

    head, tail = words[:HEAD], words[HEAD:]
    return Corpus(
        [
            " ".join(luck.choice(likely()) for _ in range(luck.randint(15, 50)))
            for _ in range(posts)
        ],
        [
            FlatRule(some(tail, 1, 3), some(tail, 1, 3), some(words, 0, 2))
            for _ in range(narrow)
        ],
        [
            FlatRule(some(tail, 2, 8), some(head, 2, 10), some(words, 0, 3))
            for _ in range(broad)
        ],
    )


def _lexicon(luck: random.Random) -> list[tuple[str, ...]]:
    """Words as tuples of their forms, dictionary form first; frequent words first."""
    dictionary = pymorphy3.MorphAnalyzer(lang="ru").dictionary
    starts = list(product("абвгдежзийклмнопрстуфхцчшэюя", repeat=2))
    luck.shuffle(starts)
    found: set[str] = set()
    for start in starts:
        found.update(
            word
            for word, _, lemma, *_ in dictionary.iter_known_words("".join(start))
            if word == lemma and word.isalpha() and 3 < len(word) < 14
            if "ё" not in word and luck.random() < 0.4
        )
        if len(found) > LEXICON:
            break
    lemmas = luck.sample(sorted(found), LEXICON)
    return [(lemma, *sorted(russian.forms(lemma) - {lemma})[:12]) for lemma in lemmas]
