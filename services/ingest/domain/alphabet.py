"""The language of a text as far as its letters tell."""

from typing import Final, Literal

FEWEST_LETTERS: Final = 3


def language_of(text: str) -> Literal["ru", "en"] | None:
    """Say `ru` where most letters are Cyrillic, `en` where most are Latin.

    Letters tell an alphabet, no more: Tatar written in Cyrillic is `ru` here, German is
    `en`. A text of a few letters or of two halves has none.
    """
    letters = [sign for sign in text.lower() if sign.isalpha()]
    cyrillic = sum("а" <= sign <= "я" or sign == "ё" for sign in letters)
    latin = sum("a" <= sign <= "z" for sign in letters)
    if len(letters) < FEWEST_LETTERS:
        return None
    if cyrillic * 2 > len(letters):
        return "ru"
    return "en" if latin * 2 > len(letters) else None
