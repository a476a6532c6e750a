"""Finds phrases of a fixed list in a text, each word in any of its forms."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Generic, NamedTuple, TypeVar

from shared import russian
from shared.russian import Token

Label = TypeVar("Label", bound=Hashable)


class Found(NamedTuple, Generic[Label]):
    """A phrase in a text: its first word, the word after its last, its labels."""

    first: int
    after: int
    labels: tuple[Label, ...]


@lru_cache(maxsize=8)
def tokens_of(text: str) -> tuple[Token, ...]:
    """Words of a text; several indexes look at one text in a row."""
    return tuple(russian.tokens(text))


class PhraseIndex(Generic[Label]):
    """Looks phrases up by the key of their first word; `key` joins forms."""

    def __init__(
        self,
        phrases: Iterable[tuple[Sequence[str], Label]],
        key: Callable[[str], str] = russian.lemma,
    ) -> None:
        self._key = key
        labels: dict[tuple[str, ...], list[Label]] = {}
        for words, label in phrases:
            labels.setdefault(tuple(map(key, words)), []).append(label)
        self._by_first: dict[str, list[tuple[tuple[str, ...], tuple[Label, ...]]]] = {}
        for keys in sorted(filter(None, labels), key=len, reverse=True):
            entry = (keys, tuple(dict.fromkeys(labels[keys])))
            self._by_first.setdefault(keys[0], []).append(entry)

    def find(self, tokens: Sequence[Token]) -> Iterator[Found[Label]]:
        """Yield phrases from left to right; at one place the longest wins."""
        keys = [self._key(token.word) for token in tokens]
        begins, free = self._by_first, 0
        for place, key in enumerate(keys):
            # Most words begin no phrase: they must cost next to nothing.
            if key not in begins or place < free:
                continue
            found = self._at(keys, place)
            if found:
                yield found
                free = found.after

    def _at(self, keys: list[str], place: int) -> Found[Label] | None:
        for phrase, labels in self._by_first[keys[place]]:
            after = place + len(phrase)
            if tuple(keys[place:after]) == phrase:
                return Found(place, after, labels)
        return None
