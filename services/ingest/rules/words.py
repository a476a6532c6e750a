"""Words of texts and queries: where they stand and how their spellings are folded.

A text is cut once. Each piece is a word, a compound held together by hyphens, or an
emoji; folding makes one spelling of all spellings of a form.
"""

import re
import unicodedata
from typing import Final

from shared import russian

# Signs inside a word that are no letters of it: stress and other combining marks, the
# soft hyphen, zero-width signs, variation selectors, the keycap frame.
_MARKS: Final = "\u0300-\u036f\u00ad\u200b-\u200d\u2060\ufe0e\ufe0f\ufeff\u20e3"
_HYPHENS: Final = "\\-\u2010\u2011"
_PICTURE: Final = (
    "[\u203c\u2049\u2139\u231a\u231b\u23e9-\u23fa\u25aa\u25ab\u25b6\u25c0"
    "\u25fb-\u25fe\u2600-\u27bf\u2b05-\u2b07\u2b1b\u2b1c\u2b50\u2b55"
    "\U0001f000-\U0001f1e5\U0001f200-\U0001faff]"
)
_TINTS: Final = "[\ufe0e\ufe0f\u20e3\U0001f3fb-\U0001f3ff]*"
_EMOJI: Final = (
    f"[\U0001f1e6-\U0001f1ff]{{2}}|{_PICTURE}{_TINTS}(?:\u200d{_PICTURE}{_TINTS})*"
)
TOKEN: Final = re.compile(
    rf"[^\W_]+(?:(?:[{_MARKS}]|[{_HYPHENS}](?=[^\W_]))[^\W_]*)*|{_EMOJI}"
)
"""A word, a compound with its hyphens, or an emoji."""

TAG: Final = re.compile(rf"(?<![\w&])[#\uff03]((?:\w[{_MARKS}]*)+)")
"""A hashtag; group 1 is its name."""

_NOT_LETTERS: Final = re.compile(f"[{_MARKS}\U0001f3fb-\U0001f3ff]")
_HYPHEN: Final = re.compile(f"[{_HYPHENS}]")
_STRETCH: Final = re.compile(r"([^\W\d_])\1\1+")
_HOUSE: Final = re.compile(r"\d{1,4}-[абвгд]")

# Latin letters that look Cyrillic, in words that have Cyrillic letters and no Latin
# ones of another shape («CHEГ», «дорóга»), and after a house number («12a»).
_LATIN: Final = "abcehkmoptxyáàéèóòý"
_MIXED: Final = re.compile(
    rf"(?=[^а-я]*[а-я])(?=[^{_LATIN}]*[{_LATIN}])[{_LATIN}а-я0-9_]+|\d+[{_LATIN}]"
)
_LOOKALIKES: Final = str.maketrans(_LATIN, "авсенкмортхуааееооу")


def fold(word: str) -> str:
    """One spelling of a word without hyphens, of a hashtag or of an emoji.

    Small letters, «е» for «ё», no marks, look-alike letters Cyrillic, stretched
    letters («дооорога») as the dictionary spells them. Folding twice changes nothing.
    """
    form = word.lower()
    if not form.isalpha():
        form = _NOT_LETTERS.sub("", unicodedata.normalize("NFC", form)) or form
    form = form.replace("ё", "е")
    if _MIXED.fullmatch(form):
        form = form.translate(_LOOKALIKES)
    return _unstretched(form) if _STRETCH.search(form) else form


def parts(token: str) -> tuple[str, ...]:
    """Folded words of a token: one, or those between the hyphens of a compound.

    A house number keeps its letter: «12-а» is «12а».
    """
    pieces = tuple(fold(piece) for piece in _HYPHEN.split(token) if piece)
    if len(pieces) == 2 and _HOUSE.fullmatch("-".join(pieces)):  # noqa: PLR2004 -- a pair
        return ("".join(pieces),)
    return pieces


def _unstretched(form: str) -> str:
    """Three letters in a row and more are two if that is a word («ванннна»), or one."""
    once = _STRETCH.sub(r"\1", form)
    twice = _STRETCH.sub(r"\1\1", form)
    return next(filter(russian.is_known, (form, twice)), once)
