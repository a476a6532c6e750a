"""Writes a sentence from a template.

`[a|b]` is a choice, `<сам|сама>` follows the writer's gender, `{slot}` is filled in.
"""

import re
from collections.abc import Callable, Iterable
from random import Random

_CHOICE = re.compile(r"\[([^\[\]]*)\]")
_GENDER = re.compile(r"<([^<>|]*)\|([^<>|]*)>")
_SLOT = re.compile(r"\{(\w+)\}")
_SPACES = re.compile(r" {2,}")
_BEFORE_SIGN = re.compile(r" +(?=[,.;:?!])")
_ENDINGS = (".", "!", "?", ",", ":", "…")


def write(
    template: str, fill: Callable[[str], str], dice: Random, *, female: bool
) -> str:
    """Expand a template; the innermost choices are made first."""
    while found := _CHOICE.search(template):
        chosen = dice.choice(found[1].split("|"))
        template = template[: found.start()] + chosen + template[found.end() :]
    template = _GENDER.sub(r"\2" if female else r"\1", template)
    filled = _SLOT.sub(lambda slot: fill(slot[1]), template)
    return _BEFORE_SIGN.sub("", _SPACES.sub(" ", filled)).strip()


def slots_of(template: str) -> set[str]:
    """Names of the slots a template asks for."""
    return set(_SLOT.findall(template))


def sentence(text: str) -> str:
    """Begin with a capital letter and end with a sign; a link stays as it is."""
    if not text or "http" in text:
        return text[:1].upper() + text[1:] if text[:4] != "http" else text
    last = text[-1]
    end = "" if last in _ENDINGS or not (last.isalnum() or last in "»)%") else "."
    return text[0].upper() + text[1:] + end


def joined(parts: Iterable[str]) -> str:
    """Put sentences after each other; after a comma the next goes on small."""
    text = ""
    for part in filter(None, parts):
        if text.endswith((",", ":")):
            text += " " + sentence(part)[:1].lower() + sentence(part)[1:]
        else:
            text += (" " if text else "") + sentence(part)
    return text


def count(number: int, one: str, few: str, many: str) -> str:
    """Join a number with a noun in the form it asks for: 1 день, 3 дня, 5 дней."""
    if number % 10 == 1 and number % 100 != 11:  # noqa: PLR2004 -- Russian numerals
        return f"{number} {one}"
    if number % 10 in {2, 3, 4} and number % 100 not in {12, 13, 14}:
        return f"{number} {few}"
    return f"{number} {many}"
