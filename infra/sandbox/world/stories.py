"""Composes what residents say: the neat sentences of one story, before the typing."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Final

from infra.sandbox.world import phrasebook
from infra.sandbox.world.dice import chance, weighted
from infra.sandbox.world.grammar import joined, write
from infra.sandbox.world.model import Tone
from infra.sandbox.world.phrasebook import ComplaintKind, Talk, TopicTalk
from infra.sandbox.world.slots import Scene, Slots

# The shapes of a complaint and how often people use them.
_SHAPES: Final[tuple[tuple[tuple[str, ...], float], ...]] = (
    (("short",), 14),
    (("core",), 9),
    (("core", "detail"), 17),
    (("core", "effect"), 9),
    (("core", "emotion"), 5),
    (("core", "detail", "effect"), 9),
    (("core", "detail", "ask"), 9),
    (("opening", "core", "ask"), 8),
    (("opening", "core", "detail", "ask"), 9),
    (("opening", "core", "detail", "effect", "ask"), 5),
    (("opening", "core", "detail", "repeat", "ask", "signature"), 4),
    (("emotion", "core", "effect", "ask"), 3),
    (("core", "detail", "detail", "effect", "emotion", "ask"), 3),
)
_WITH_PERSONAL_DATA: Final = 7
_HERE: Final = {
    "house": "{at}",
    "street": "{road}",
    "town": "{town_in}",
    "outskirts": "{town_in}",
}


@dataclass(frozen=True, slots=True)
class Story:
    """What is said, in neat sentences, and what about."""

    tone: Tone
    topic: str | None
    text: str


def complaint(
    kind: ComplaintKind, scene: Scene, dice: Random, *, formal: bool
) -> Story:
    """Tell a trouble of this kind."""
    common = phrasebook.load().common
    sources = {
        "short": kind.short,
        "core": kind.core,
        "detail": kind.detail,
        "effect": kind.effect,
        "ask": kind.ask if chance(dice, 60) else common.ask,
        "opening": common.formal_opening if formal else common.opening,
        "emotion": common.emotion,
        "repeat": common.repeat,
        "signature": common.signature,
        "personal": common.personal,
    }
    pieces: list[str] = []
    for part in _shape(scene, dice):
        fitting = phrasebook.in_season(sources[part], scene.when.month)
        pieces.append(dice.choice([one for one in fitting if one not in pieces]))
    text = _told(pieces, Slots(scene, dice), scene, dice)
    return Story(Tone.COMPLAINT, kind.topic, text)


def topical(tone: Tone, talk: TopicTalk, scene: Scene, dice: Random) -> Story:
    """Ask, wish or thank about some public service."""
    topic, sentences = dice.choice(talk.topics)
    pieces = (
        dice.choice(talk.opening),
        dice.choice(sentences),
        dice.choice(talk.closing),
    )
    return Story(tone, topic, _told(pieces, Slots(scene, dice), scene, dice))


def idle(tone: Tone, talk: Talk, scene: Scene, dice: Random) -> Story:
    """Quarrel, sell or lure: nothing a public service could answer."""
    pieces = [dice.choice(talk.opening), dice.choice(talk.core)]
    if tone is Tone.UNCONSTRUCTIVE and chance(dice, 35):
        pieces.append(dice.choice(talk.core))
    pieces.append(dice.choice(talk.closing))
    pieces = list(dict.fromkeys(pieces))
    return Story(tone, None, _told(pieces, Slots(scene, dice), scene, dice))


def support(kind: ComplaintKind, scene: Scene, dice: Random) -> Story:
    """Say under a complaint of this kind that it is the same here."""
    talk = phrasebook.load().support
    pieces = (dice.choice(talk.core), dice.choice(talk.closing))
    here = [piece.replace("{here}", _HERE[kind.place]) for piece in pieces]
    text = _told(here, Slots(scene, dice), scene, dice)
    return Story(Tone.COMPLAINT, kind.topic, text)


def other(tone: Tone, scene: Scene, dice: Random) -> Story:
    """Say something of this tone that is not a complaint."""
    book = phrasebook.load()
    match tone:
        case Tone.QUESTION:
            return topical(tone, book.question, scene, dice)
        case Tone.WISH:
            return topical(tone, book.wish, scene, dice)
        case Tone.THANKS:
            return topical(tone, book.thanks, scene, dice)
        case Tone.ADVERT:
            return idle(tone, book.advert, scene, dice)
        case Tone.SPAM:
            return idle(tone, book.spam, scene, dice)
        case _:
            return idle(Tone.UNCONSTRUCTIVE, book.unconstructive, scene, dice)


def retold(story: Story, scene: Scene, dice: Random, *, formal: bool) -> Story:
    """Tell nearly the same: a greeting before it, or a plea after it."""
    common = phrasebook.load().common
    openings = common.formal_opening if formal else common.opening
    before = dice.choice(openings) if chance(dice, 50) else ""
    after = dice.choice((*common.ask, *common.emotion))
    slots = Slots(scene, dice)
    pieces = [_written(before, slots, scene, dice), story.text]
    return Story(
        story.tone,
        story.topic,
        joined([*pieces, _written(after, slots, scene, dice)]),
    )


def amended(story: Story, scene: Scene, dice: Random) -> Story:
    """Come back later and add how it stands."""
    update = dice.choice(phrasebook.load().common.update)
    added = _written(update, Slots(scene, dice), scene, dice)
    return Story(story.tone, story.topic, joined([story.text, added]))


def _shape(scene: Scene, dice: Random) -> tuple[str, ...]:
    """Short texts name their place, so people who leave it out write longer."""
    shape = weighted(dice, _SHAPES[1:] if scene.place.tacit else _SHAPES)
    return (*shape, "personal") if chance(dice, _WITH_PERSONAL_DATA) else shape


def _told(templates: Sequence[str], slots: Slots, scene: Scene, dice: Random) -> str:
    return joined(_written(template, slots, scene, dice) for template in templates)


def _written(template: str, slots: Slots, scene: Scene, dice: Random) -> str:
    return write(template, slots.fill, dice, female=scene.female)
