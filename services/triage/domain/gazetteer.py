"""Finds names of places in a text, in any form, and what they are part of."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Final

from services.triage.domain.phrases import Found, PhraseIndex, tokens_of
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


@dataclass(frozen=True, slots=True)
class _Name:
    """One name of a place, and the kinds of place that were written with it.

    The name of a district is an adjective: without its kind beside it, it may as
    well speak of a town, a region or a street («Курский район», «Курская область»).
    """

    place: Place
    kinds: frozenset[str]
    needs_kind: bool

    def is_of(self, kinds: frozenset[str]) -> bool:
        return not self.kinds.isdisjoint(kinds)


_SENTENCE_END: Final = re.compile(r"[.!?…\n]")
_ENDING: Final = "аеиоуыэюяйь"
_ADJECTIVE: Final = ("ий", "ый", "ой")


class Gazetteer:
    """Names of a region's places.

    `kinds` are lines such as "улица ул": a kind of place and its short forms, as in
    `shared/library/place_words.txt`.
    """

    def __init__(self, places: Iterable[Place], kinds: Iterable[str]) -> None:
        self._kinds = {word: line.split()[0] for line in kinds for word in line.split()}
        self._names = PhraseIndex(
            (
                self._name(place, spelling)
                for place in places
                for spelling in dict.fromkeys((place.name, *place.aliases))
            ),
            key=_place_key,
        )

    def mentions(self, text: str) -> list[Mention]:
        """Places named in the text, from left to right.

        An ordinary word is a name when a kind of place stands beside it or when it
        has a capital letter within a sentence («на Садовой», not «садовый сезон»).
        """
        tokens = tokens_of(text)
        return [
            Mention(tokens[found.first].start, tokens[found.after - 1].end, places)
            for found in self._names.find(tokens)
            if (places := self._places(text, tokens, found))
        ]

    def _name(self, place: Place, spelling: str) -> tuple[list[str], _Name]:
        words = [token.word for token in russian.tokens(spelling)]
        own = [word for word in words if not self._kind(word)]
        kinds = frozenset(kind for word in words if (kind := self._kind(word)))
        needs_kind = (
            place.kind is PlaceKind.MUNICIPALITY
            and bool(kinds and own)
            and russian.lemma(own[-1]).endswith(_ADJECTIVE)
        )
        return own or words, _Name(place, kinds, needs_kind)

    def _kind(self, word: str) -> str | None:
        return self._kinds.get(russian.plain(word)) or self._kinds.get(
            russian.lemma(word)
        )

    def _places(
        self, text: str, tokens: Sequence[Token], found: Found[_Name]
    ) -> tuple[Place, ...]:
        """Places of the kind that stands beside, else all that may be meant."""
        first, after = found.first, found.after
        beside = [*tokens[first - 1 : first], *tokens[after : after + 1]]
        kinds = frozenset(kind for t in beside if (kind := self._kind(t.word)))
        exact = [name for name in found.labels if name.is_of(kinds)]
        names = exact or [name for name in found.labels if not name.needs_kind]
        if not kinds and not _is_name_alone(text, tokens, found):
            return ()
        return tuple(dict.fromkeys(name.place for name in names))


def _is_name_alone(text: str, tokens: Sequence[Token], found: Found[_Name]) -> bool:
    words = tokens[found.first : found.after]
    if not all(russian.is_ordinary(token.word) for token in words):
        return True
    is_capital = words[0].word[0].isupper()
    return is_capital and _is_within_sentence(text, tokens, found.first)


def _is_within_sentence(text: str, tokens: Sequence[Token], place: int) -> bool:
    if not place:
        return False
    between = text[tokens[place - 1].end : tokens[place].start]
    return not _SENTENCE_END.search(between)


@lru_cache(maxsize=100_000)
def _place_key(word: str) -> str:
    """A key that forms of a name share even when the dictionary lacks the name."""
    lemma = russian.lemma(word)
    return lemma if lemma.endswith(_ADJECTIVE) else lemma.rstrip(_ENDING)
