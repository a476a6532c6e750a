"""Open incidents that may be about the same problem, most alike first."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from shared import russian

# Edited copies of a text share 0.42 of its words and more, and unrelated texts
# hardly ever do; two people's words for one thing share fewer, so there the same
# topic in the same place has to speak too.
_LIKE: Final = 0.35
_LIKE_IN_PLACE: Final = 0.15
_WORDS_WEIGHT: Final = 0.6
_TOPIC_WEIGHT: Final = 0.2
_PLACE_WEIGHT: Final = 0.2


@dataclass(frozen=True, slots=True)
class Described:
    """What there is to compare: topic, place and the telling words of the text."""

    topic: str | None
    municipality: str | None
    words: frozenset[str]


@dataclass(frozen=True, slots=True)
class OpenIncident:
    id: UUID
    number: int
    title: str
    described: Described


@dataclass(frozen=True, slots=True)
class Similar:
    """An incident, how alike it is from 0 to 1, and the codes of what is alike."""

    id: UUID
    number: int
    title: str
    score: float
    reasons: tuple[str, ...]


def telling_words(text: str) -> frozenset[str]:
    """Dictionary forms of a text without the words every text has."""
    return frozenset(
        lemma for lemma in russian.lemmas(text) if not russian.is_common(lemma)
    )


def similar(
    candidate: Described, incidents: Iterable[OpenIncident], *, most: int = 5
) -> list[Similar]:
    """Incidents like the candidate, the best first, between equals the newest."""
    found = [
        alike for incident in incidents if (alike := _compare(candidate, incident))
    ]
    return sorted(found, key=lambda alike: (-alike.score, -alike.number))[:most]


def _compare(candidate: Described, incident: OpenIncident) -> Similar | None:
    """Compare by words, topic and place; another place is another problem."""
    other = incident.described
    same_place = _is_same(candidate.municipality, other.municipality)
    if not same_place and candidate.municipality and other.municipality:
        return None
    same_topic = _is_same(candidate.topic, other.topic)
    words = _jaccard(candidate.words, other.words)
    if words < (_LIKE_IN_PLACE if same_topic and same_place else _LIKE):
        return None
    signs = {
        "same_topic": _TOPIC_WEIGHT * same_topic,
        "same_municipality": _PLACE_WEIGHT * same_place,
        "same_words": _WORDS_WEIGHT * words,
    }
    reasons = tuple(sign for sign, weight in signs.items() if weight)
    score = round(sum(signs.values()), 2)
    return Similar(incident.id, incident.number, incident.title, score, reasons)


def _is_same(ours: str | None, theirs: str | None) -> bool:
    return ours is not None and ours == theirs


def _jaccard(ours: frozenset[str], theirs: frozenset[str]) -> float:
    together = len(ours & theirs)
    return together / (len(ours) + len(theirs) - together) if together else 0.0
