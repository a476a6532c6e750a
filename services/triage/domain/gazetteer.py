"""Finds names of places in a text, in any form, and what they are part of."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from services.triage.domain.phrases import Found, PhraseIndex
from shared import russian
from shared.russian import Token


class PlaceKind(StrEnum):
    MUNICIPALITY = "municipality"
    SETTLEMENT = "settlement"
    STREET = "street"


@dataclass(frozen=True, slots=True)
class Place:
    """A named place; `municipality` is the code of the one it is or lies in."""

    kind: PlaceKind
    name: str
    municipality: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Mention:
    """Places a piece of the text may name: several when they share the name."""

    start: int
    end: int
    places: tuple[Place, ...]


_SENTENCE_END: Final = re.compile(r"[.!?…\n]")
_ENDING: Final = "аеиоуыэюяйь"


class Gazetteer:
    """Names of a region's places. `kind_words` are "street", "district" and such."""

    def __init__(self, places: Iterable[Place], kind_words: Iterable[str]) -> None:
        self._kind_words = frozenset(kind_words)
        self._names = PhraseIndex(
            (
                (self._own_words(name), place)
                for place in places
                for name in dict.fromkeys((place.name, *place.aliases))
            ),
            key=_place_key,
        )

    def mentions(self, text: str) -> list[Mention]:
        """Places named in the text, from left to right.

        An ordinary word is a name when a kind of place stands beside it or when it
        has a capital letter within a sentence («на Садовой», not «садовый сезон»).
        """
        tokens = russian.tokens(text)
        return [
            Mention(
                tokens[found.first].start, tokens[found.after - 1].end, found.labels
            )
            for found in self._names.find(tokens)
            if self._is_name(text, tokens, found)
        ]

    def _own_words(self, name: str) -> list[str]:
        words = [token.word for token in russian.tokens(name)]
        return [word for word in words if not self._is_kind(word)] or words

    def _is_kind(self, word: str) -> bool:
        return not self._kind_words.isdisjoint(
            {russian.plain(word), russian.lemma(word)}
        )

    def _is_name(self, text: str, tokens: Sequence[Token], found: Found[Place]) -> bool:
        words = tokens[found.first : found.after]
        if not all(russian.is_ordinary(token.word) for token in words):
            return True
        beside = [*tokens[found.first - 1 : found.first], *tokens[found.after :][:1]]
        if any(self._is_kind(token.word) for token in beside):
            return True
        return words[0].word[0].isupper() and _is_within_sentence(
            text, tokens, found.first
        )


def _is_within_sentence(text: str, tokens: Sequence[Token], place: int) -> bool:
    if not place:
        return False
    between = text[tokens[place - 1].end : tokens[place].start]
    return not _SENTENCE_END.search(between)


def _place_key(word: str) -> str:
    """A key that forms of a name share even when the dictionary lacks the name."""
    return russian.lemma(word).rstrip(_ENDING)
