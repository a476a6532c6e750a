"""The fragments that texts are put together from, read from texts/*.toml."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

_KIND_FILES = ("housing.toml", "streets.toml", "services.toml")
_YEAR = tuple(range(1, 13))
_SEASONS = {"winter": {11, 12, 1, 2, 3}, "summer": {5, 6, 7, 8, 9}}

# Where a complaint of a kind can come from: any place, a place with blocks of
# flats, a town.
ANYWHERE, FLATS, CITY = "any", "flats", "city"


@dataclass(frozen=True, slots=True)
class ComplaintKind:
    """Fragments about one topic: any core goes with any detail, effect and ask."""

    topic: str
    weight: int
    place: str
    core: tuple[str, ...]
    detail: tuple[str, ...]
    effect: tuple[str, ...]
    ask: tuple[str, ...]
    short: tuple[str, ...]
    where: str = ANYWHERE
    months: tuple[int, ...] = _YEAR


@dataclass(frozen=True, slots=True)
class TopicTalk:
    """Questions, wishes or thanks: sentences by topic between two frames."""

    opening: tuple[str, ...]
    closing: tuple[str, ...]
    topics: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class Talk:
    """Quarrels, adverts, spam: one part from each list."""

    opening: tuple[str, ...]
    core: tuple[str, ...]
    closing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Support:
    """What people with the same trouble say under a complaint."""

    core: tuple[str, ...]
    closing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Common:
    """Pieces that fit any complaint."""

    opening: tuple[str, ...]
    formal_opening: tuple[str, ...]
    emotion: tuple[str, ...]
    ask: tuple[str, ...]
    signature: tuple[str, ...]
    personal: tuple[str, ...]
    repeat: tuple[str, ...]
    update: tuple[str, ...]
    emoji: tuple[str, ...]
    emoji_asking: tuple[str, ...]
    emoji_kind: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Phrasebook:
    kinds: tuple[ComplaintKind, ...]
    common: Common
    question: TopicTalk
    wish: TopicTalk
    thanks: TopicTalk
    unconstructive: Talk
    advert: Talk
    spam: Talk
    support: Support


@cache
def load() -> Phrasebook:
    """Read all fragments; a misspelt field in a file is an error."""
    talk = _read("talk.toml")
    return Phrasebook(
        kinds=tuple(
            ComplaintKind(**_frozen(kind))
            for name in _KIND_FILES
            for kind in _read(name)["kind"]
        ),
        common=Common(**_frozen(_read("common.toml"))),
        question=_topic_talk(talk["question"]),
        wish=_topic_talk(talk["wish"]),
        thanks=_topic_talk(talk["thanks"]),
        unconstructive=Talk(**_frozen(talk["unconstructive"])),
        advert=Talk(**_frozen(talk["advert"])),
        spam=Talk(**_frozen(talk["spam"])),
        support=Support(**_frozen(talk["support"])),
    )


def in_season(templates: tuple[str, ...], month: int) -> tuple[str, ...]:
    """Leave out what cannot be said in this month; marks are `winter:`, `summer:`."""
    said = []
    for template in templates:
        season, mark, text = template.partition(": ")
        if not mark or season not in _SEASONS:
            said.append(template)
        elif month in _SEASONS[season]:
            said.append(text)
    return tuple(said)


def _topic_talk(data: Mapping[str, Any]) -> TopicTalk:
    topics = tuple((topic, tuple(texts)) for topic, texts in data["topics"].items())
    return TopicTalk(tuple(data["opening"]), tuple(data["closing"]), topics)


def _frozen(data: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key: tuple(value) if isinstance(value, list) else value
        for key, value in data.items()
    }


def _read(name: str) -> dict[str, Any]:
    folder = files(__package__).joinpath("texts")
    return tomllib.loads(folder.joinpath(name).read_text("utf-8"))
