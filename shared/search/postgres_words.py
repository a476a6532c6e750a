"""The vocabulary of a region: which words of its posts a typing slip may have meant."""

from collections.abc import Iterable, Sequence
from typing import Final

from shared.search.typos import SHORTEST, may_be_misspelt
from shared.search.words import Word

# A busy process meets the same words all day; beyond this it begins to learn anew.
_MOST_REMEMBERED: Final = 200_000

Place = tuple[str, int]
"""An index by name, and a region in it."""


class Learnt:
    """Words this process has already put into a vocabulary, and need not send again.

    Forgetting is harmless: the vocabulary keeps a word once, however often it comes.
    """

    def __init__(self) -> None:
        self._words: dict[Place, set[tuple[str, str]]] = {}

    def unknown(
        self, place: Place, texts: Iterable[Sequence[Word]]
    ) -> set[tuple[str, str]]:
        """Words (as spelt, dictionary form) not yet sent, dictionary forms too."""
        seen = {(word.form, word.lemma) for text in texts for word in text}
        seen |= {(lemma, lemma) for _, lemma in seen}
        new = seen - self._words.get(place, set())
        return {pair for pair in new if _is_worth_keeping(pair[0])}

    def remember(self, place: Place, words: Iterable[tuple[str, str]]) -> None:
        """Take note of words that have been committed."""
        if sum(map(len, self._words.values())) > _MOST_REMEMBERED:
            self._words.clear()
        self._words.setdefault(place, set()).update(words)


def _is_worth_keeping(word: str) -> bool:
    """A neighbour of the shortest word that is put right can be one letter shorter."""
    return may_be_misspelt(word) or (len(word) == SHORTEST - 1 and word.isalpha())
