"""Which fields of the rules an attribute of a post satisfies."""

from collections import defaultdict
from functools import lru_cache
from itertools import count

from services.ingest.rules.posts import BY_WORDS, Field, FieldName, Post
from services.ingest.rules.vocabulary import Ids, Vocabulary, wanted
from services.ingest.rules.words import TOKEN, parts
from shared import russian

_Words = tuple[frozenset[str], ...]

_KEPT = 20_000


class FieldIndex:
    """Fields by number; add all fields of all rules first, then ask for posts."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._known: dict[Field, int] = {}
        self._codes: dict[tuple[FieldName, str], int] = {}
        self._named: defaultdict[tuple[FieldName, str], list[tuple[_Words, int]]]
        self._named = defaultdict(list)
        self._of = lru_cache(maxsize=_KEPT)(self._found)

    def __bool__(self) -> bool:
        return bool(self._known)

    def add(self, field: Field) -> int:
        """Number a field."""
        if field not in self._known:
            self._known[field] = self._numbered(field)
        return self._known[field]

    def of(self, post: Post) -> Ids:
        """Numbers of the fields that the post satisfies."""
        return self._of(post.place, post.network, post.source, post.language, post.kind)

    def _numbered(self, field: Field) -> int:
        number = self._vocabulary.new()
        if field.name not in BY_WORDS:
            self._codes[field.name, field.words[0]] = number
            return number
        words = tuple(frozenset(wanted(word)) for word in field.words)
        for lemma in words[0]:
            self._named[field.name, lemma].append((words, number))
        return number

    def _found(self, *values: str | None) -> Ids:
        found: set[int] = set()
        for name, value in zip(FieldName, values, strict=True):
            if value is None:
                continue
            if name in BY_WORDS:
                found.update(self._by_words(name, value))
            elif (number := self._codes.get((name, value.lower()))) is not None:
                found.add(number)
        return frozenset(found)

    def _by_words(self, name: FieldName, value: str) -> set[int]:
        stands = [
            frozenset(russian.readings(part))
            for token in TOKEN.findall(value)
            for part in parts(token)
        ]
        return {
            number
            for place, readings in zip(count(), stands, strict=False)
            for lemma in readings
            for words, number in self._named.get((name, lemma), ())
            if _starts_with(stands[place : place + len(words)], words)
        }


def _starts_with(stands: list[frozenset[str]], words: _Words) -> bool:
    return len(stands) == len(words) and not any(
        map(frozenset.isdisjoint, stands, words)
    )
