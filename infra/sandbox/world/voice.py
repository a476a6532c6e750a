"""How a resident types: neatly or carelessly, with slips, shouting or emoji."""

import re
from dataclasses import dataclass
from random import Random

from infra.sandbox.world.dice import chance, weighted

NEAT, PLAIN, CARELESS, LOUD = "neat", "plain", "careless", "loud"

# What people write wrongly and often; each stands for one slip.
_SLIPS = (
    ("вообще", "вобще"),
    ("сейчас", "щас"),
    ("здравствуйте", "здраствуйте"),
    ("Здравствуйте", "Здраствуйте"),
    ("пожалуйста", "пожалуста"),
    ("пожалуйста", "пж"),
    ("невозможно", "не возможно"),
    ("никто", "ни кто"),
    ("кто-нибудь", "кто нибудь"),
    ("что-то", "что то"),
    ("до сих пор", "досих пор"),
    ("сегодня", "седня"),
    ("подъезд", "подьезд"),
    ("объявлен", "обьявлен"),
    ("асфальт", "асвальт"),
    ("тротуар", "тратуар"),
    ("поликлиник", "поликлинник"),
    ("администраци", "админестраци"),
    ("отопление", "отапление"),
    ("освещение", "осващение"),
    ("сколько", "скоко"),
    ("больше", "болше"),
    ("чтобы", "чтоб"),
    ("человек", "чел"),
    ("не работает", "неработает"),
    (" нет ", " нету "),
    ("ться", "тся"),
    ("тся", "ться"),
    ("по-прежнему", "по прежнему"),
    ("вряд ли", "врядли"),
    ("ребёнок", "ребенак"),
)
_LONG_WORD = re.compile(r"\b[а-яё]{7,}\b")
_SENTENCE = re.compile(r"[^.!?]+[.!?]?\s*")
_LETTERS_ENOUGH = 12


@dataclass(frozen=True, slots=True)
class Voice:
    """A way of typing; `slips` counts misspellings, `yo` keeps the letter «ё»."""

    manner: str
    slips: int
    yo: bool
    emoji: str


def some_voice(dice: Random, emoji: tuple[str, ...], *, careful: bool) -> Voice:
    """Pick a voice; on an official form people are careful."""
    if careful:
        return Voice(NEAT, int(chance(dice, 15)), chance(dice, 30), "")
    manner = weighted(dice, ((NEAT, 25), (PLAIN, 40), (CARELESS, 27), (LOUD, 8)))
    slips = weighted(dice, ((0, 66), (1, 25), (2, 7), (3, 2)))
    sign = dice.choice(emoji) * weighted(dice, ((0, 78), (1, 14), (2, 4), (3, 4)))
    if manner == NEAT:
        return Voice(manner, 0, chance(dice, 40), "")
    return Voice(manner, slips, chance(dice, 10), sign)


def spoken(text: str, voice: Voice, dice: Random) -> str:
    """Type a neat text in this voice; facts such as phones and links stay whole."""
    if not voice.yo:
        text = text.replace("ё", "е").replace("Ё", "Е")
    if voice.manner != NEAT:
        text = text.replace("«", '"').replace("»", '"')
    for _ in range(voice.slips):
        text = _slip(text, dice)
    match voice.manner:
        case "careless":
            text = _carelessly(text, dice)
        case "loud":
            text = _loudly(text, dice)
        case "plain" if text.endswith(".") and chance(dice, 60):
            text = text[:-1]
    return f"{text} {voice.emoji}".strip()


def _slip(text: str, dice: Random) -> str:
    known = [slip for slip in _SLIPS if slip[0] in text]
    if known and chance(dice, 75):
        return text.replace(*dice.choice(known), 1)
    words = list(_LONG_WORD.finditer(text))
    if not words:
        return text
    word = dice.choice(words)
    return text[: word.start()] + _mistyped(word[0], dice) + text[word.end() :]


def _mistyped(word: str, dice: Random) -> str:
    place = dice.randrange(2, len(word) - 2)
    match dice.choice(("drop", "drop", "swap", "double")):
        case "drop":
            return word[:place] + word[place + 1 :]
        case "double":
            return word[:place] + word[place] + word[place:]
        case _:
            return word[:place] + word[place + 1] + word[place] + word[place + 2 :]


def _carelessly(text: str, dice: Random) -> str:
    """Small letters, few commas, no full stop at the end."""
    small = chance(dice, 60)
    if small:
        text = text.lower()
    if chance(dice, 70):
        text = re.sub(r",(?= [а-яё])", lambda _: dice.choice((",", "", "")), text)
    if chance(dice, 40):
        text = re.sub(r"(?<=[а-яё])\. ", lambda _: dice.choice((" ", ", ", ". ")), text)
    return text.removesuffix(".")


def _loudly(text: str, dice: Random) -> str:
    """Shout one sentence, or end with a row of signs."""
    sentences = _SENTENCE.findall(text)
    number = dice.randrange(len(sentences))
    if (
        len(sentences[number]) > _LETTERS_ENOUGH
        and "@" not in text
        and "http" not in text
    ):
        sentences[number] = sentences[number].upper()
    loud = "".join(sentences).strip()
    if loud.endswith("?"):
        return loud + dice.choice(("??", "?!!", "??!"))
    return loud.rstrip(".!") + dice.choice(("!!!", "!", "!!", "!!!!"))
