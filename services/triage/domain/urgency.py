"""Tells complaints that cannot wait by the words they use."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from services.triage.domain.phrases import PhraseIndex, tokens_of
from shared import russian


class Urgency(StrEnum):
    HIGH = "high"
    NORMAL = "normal"


@dataclass(frozen=True, slots=True)
class UrgentSign:
    """A kind of sign and the words of the text that show it."""

    kind: str
    words: str


@dataclass(frozen=True, slots=True)
class UrgencyFound:
    urgency: Urgency
    signs: tuple[UrgentSign, ...] = ()


class UrgentWords:
    """Built from a table such as `shared/library/urgent_words.toml`."""

    def __init__(self, table: Mapping[str, Any]) -> None:
        self._threshold = int(table["threshold"])
        signs: Mapping[str, Mapping[str, Any]] = table["signs"]
        self._weights = {kind: int(sign["weight"]) for kind, sign in signs.items()}
        self._phrases = PhraseIndex(
            ([token.word for token in russian.tokens(phrase)], kind)
            for kind, sign in signs.items()
            for phrase in sign["phrases"]
        )

    def weigh(self, text: str) -> UrgencyFound:
        """Sum the weights of the kinds of signs in the text, each kind once."""
        tokens = tokens_of(text)
        seen: dict[str, str] = {}
        for found in self._phrases.find(tokens):
            words = text[tokens[found.first].start : tokens[found.after - 1].end]
            for kind in found.labels:
                seen.setdefault(kind, words)
        if sum(self._weights[kind] for kind in seen) < self._threshold:
            return UrgencyFound(Urgency.NORMAL)
        signs = tuple(UrgentSign(kind, words) for kind, words in seen.items())
        return UrgencyFound(Urgency.HIGH, signs)
