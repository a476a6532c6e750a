"""Russian words: where they stand in a text and which dictionary form they have."""

import re
import unicodedata
from functools import lru_cache
from typing import Any, Final, Literal, NamedTuple, TypeAlias

import pymorphy3

from shared import library

NameKind: TypeAlias = Literal["name", "surname", "patronymic"]

# Longer "words" are noise (a pasted key, a row of letters): they are compared as
# they stand, are not kept in the caches and cannot make the analyser work long.
LONGEST_WORD: Final = 48

START: Final = 3
"""How many letters a guessed dictionary form shares with a word, at least."""

# Signs that stand inside a word without being letters of it: stress and other
# combining marks, the soft hyphen, the joiners.
_MARKS: Final = "\u0300-\u036f\u00ad\u200c\u200d\u2060"
_TOKEN: Final = re.compile(
    rf"[^\W_]+(?:(?:[{_MARKS}]|[-\u2010\u2011](?=[^\W_]))[^\W_]*)*"
)
_MARK: Final = re.compile(rf"[{_MARKS}]")
_SPELLING: Final = str.maketrans("ё\u2010\u2011", "е--")
_RUSSIAN: Final = re.compile(r"[0-9-]*[а-я][0-9а-я-]*")

# Words typed with Latin letters that look Cyrillic, to slip past a filter or by a
# scanner's mistake: «CHEГ» is the word for snow, «IT-отдел» is left alone.
_MIXED: Final = re.compile(r"(?=[^а-я]*[а-я])(?=[^a-z]*[a-z])[abcehkmoptxyа-я0-9-]+")
_LOOKALIKES: Final = str.maketrans("abcehkmoptxy", "авсенкмортху")
_PARTICLE: Final = re.compile(r"(.+)-(?:то|ка|таки)")

_NAMES: Final[dict[str, NameKind]] = {
    "Name": "name",
    "Surn": "surname",
    "Patr": "patronymic",
}
_PROPER: Final = frozenset({"Name", "Surn", "Patr", "Geox", "Orgn"})
_LONGEST_PARTICLE: Final = 2
_LONGEST_ABBREVIATION: Final = 4
# The share of its readings in which a word must be a name. Words the dictionary
# lacks are read by their endings: «-енко» tells a surname, nothing a first name.
_SURE: Final = {True: 0.5, False: 0.4}
_GUESSED_BY_ENDING: Final = ("Surn", "Patr")


class Token(NamedTuple):
    """A word or number as it stands in the text: `text[start:end] == word`."""

    start: int
    end: int
    word: str


def tokens(text: str) -> list[Token]:
    """Words and numbers of a text in order; a hyphen inside holds one together."""
    return [
        Token(found.start(), found.end(), found.group())
        for found in _TOKEN.finditer(text)
    ]


def lemma(word: str) -> str:
    """Dictionary form in lower case with «е» for «ё»; other words as they stand."""
    return _lemma(word) if len(word) <= LONGEST_WORD else plain(word)


def lemmas(text: str) -> list[str]:
    """Dictionary forms of the words of a text, in order, repeats kept."""
    return [lemma(word) for word in _TOKEN.findall(text)]


def readings(form: str) -> tuple[str, ...]:
    """Return every dictionary form a plain form may belong to, likeliest first.

    «стали» may be steel or the past of «стать». For words the dictionary lacks these
    are guesses by their endings; a guess keeps the first three letters of the word.
    """
    if len(form) > LONGEST_WORD or not _RUSSIAN.fullmatch(form):
        return (form,)
    return _readings(form)


def forms(dictionary_form: str) -> frozenset[str]:
    """Return all plain forms of the words that have this dictionary form."""
    if len(dictionary_form) > LONGEST_WORD or not _RUSSIAN.fullmatch(dictionary_form):
        return frozenset({dictionary_form})
    return _forms(dictionary_form)


def is_known(form: str) -> bool:
    """Say whether the dictionary has the plain form."""
    return len(form) <= LONGEST_WORD and bool(_analyzer().word_is_known(form))


def plain(word: str) -> str:
    """One spelling for one form: lower case, «е» for «ё», no stress or soft hyphen."""
    if not word.isalpha():  # then there may be marks among the letters
        word = _MARK.sub("", unicodedata.normalize("NFC", word))
    form = word.lower().translate(_SPELLING)
    return form.translate(_LOOKALIKES) if _MIXED.fullmatch(form) else form


def name_kind(word: str) -> NameKind | None:
    """Say whether a capitalised word is most likely part of a person's name.

    Streets are named after people, so a surname alone proves nothing: look at the
    words beside it. Short words in capitals are taken for abbreviations.
    """
    if not word[:1].isupper() or len(word) > LONGEST_WORD:
        return None
    if word.isupper() and len(word) <= _LONGEST_ABBREVIATION:
        return None
    return _name_kind(plain(word))


def is_ordinary(word: str) -> bool:
    """Say whether the dictionary has the word, and not first as somebody's name."""
    return len(word) <= LONGEST_WORD and _is_ordinary(plain(word))


def is_common(lemma_of_word: str) -> bool:
    """Say whether a dictionary form stands in most texts and tells nothing."""
    return len(lemma_of_word) <= _LONGEST_PARTICLE or lemma_of_word in _common()


@lru_cache(maxsize=1)
def _analyzer() -> Any:  # noqa: ANN401 -- pymorphy3 has no types
    return pymorphy3.MorphAnalyzer(lang="ru")


@lru_cache(maxsize=200_000)
def _lemma(word: str) -> str:
    form = plain(word)
    return _dictionary_form(form) if _RUSSIAN.fullmatch(form) else form


@lru_cache(maxsize=200_000)
def _readings(form: str) -> tuple[str, ...]:
    parsed = _analyzer().parse(form)
    found = dict.fromkeys(str(each.normal_form).replace("ё", "е") for each in parsed)
    if not parsed[0].is_known:
        start = form[:START]
        found = {each: None for each in found if each.startswith(start)}
    return tuple(found) or (form,)


@lru_cache(maxsize=2_000)
def _forms(dictionary_form: str) -> frozenset[str]:
    return frozenset(
        str(form.word).replace("ё", "е")
        for reading in _analyzer().parse(dictionary_form)
        if reading.normal_form.replace("ё", "е") == dictionary_form
        for form in reading.lexeme
    ) | {dictionary_form}


@lru_cache(maxsize=1)
def _preferred() -> frozenset[str]:
    return frozenset(library.lines("preferred_words.txt"))


@lru_cache(maxsize=1)
def _common() -> frozenset[str]:
    return frozenset(library.lines("common_words.txt"))


def _dictionary_form(form: str) -> str:
    """Take the likeliest reading unless a preferred word is among the readings."""
    particle = _PARTICLE.fullmatch(form)
    if particle and not _analyzer().word_is_known(form):
        return _dictionary_form(particle[1])
    readings = [str(reading.normal_form) for reading in _analyzer().parse(form)]
    meant = next(filter(_preferred().__contains__, readings), readings[0])
    return meant.replace("ё", "е")


@lru_cache(maxsize=50_000)
def _is_ordinary(form: str) -> bool:
    if not _RUSSIAN.fullmatch(form):
        return False
    first = _analyzer().parse(form)[0]
    return bool(first.is_known) and _PROPER.isdisjoint(first.tag.grammemes)


@lru_cache(maxsize=50_000)
def _name_kind(form: str) -> NameKind | None:
    if not _RUSSIAN.fullmatch(form):
        return None
    readings = _analyzer().parse(form)
    is_known = readings[0].is_known
    shares = dict.fromkeys(_NAMES if is_known else _GUESSED_BY_ENDING, 0.0)
    for reading in readings:
        for tag in shares.keys() & reading.tag.grammemes:
            shares[tag] += reading.score
    likeliest = max(shares, key=lambda tag: shares[tag])
    return _NAMES[likeliest] if shares[likeliest] >= _SURE[is_known] else None
