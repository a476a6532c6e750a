"""Words as the reference sees them: cut and folded by letters, looked up alone."""

import unicodedata
from collections.abc import Callable, Iterator
from functools import cache, partial

import pymorphy3

from services.ingest.rules import Exact, Or, Prefix, Query, Slip, Word

_ANALYZER = pymorphy3.MorphAnalyzer(lang="ru")
_LATIN, _CYRILLIC = "abcehkmoptxyáàéèóòý", "авсенкмортхуааееооу"
_HYPHENS = "-\u2010\u2011"
_TINTS = "\ufe0e\ufe0f\u20e3\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff"


@cache
def asking_for(piece: Query) -> Callable[[str], bool]:
    """Ask `is_piece` of this single word, once about each spelling."""
    return cache(partial(is_piece, piece))


def is_piece(piece: Query, face: str) -> bool:
    """Say whether a spelling is what a single word of a query asks for.

    Nothing is kept of it: many words and many spellings together are a gigabyte.
    """
    match piece:
        case Or(operands):
            return any(is_piece(part, face) for part in operands)
        case Exact(text):
            return face == text
        case Prefix(start):
            return face.startswith(start)
        case Word(text):
            return not wanted(text).isdisjoint(readings(face))
        case Slip(text):
            return is_piece(Word(text), face) or any(
                _slips(face, form) <= 1 for form in _slip_forms(text)
            )
    raise TypeError(piece)


@cache
def readings(form: str) -> frozenset[str]:
    """Dictionary forms of a spelling."""
    russian = set("абвгдежзийклмнопрстуфхцчшщъыьэюя0123456789-")
    if len(form) > 48 or not set(form) <= russian or not set(form) - set("0123456789-"):
        return frozenset({form})
    parsed = _ANALYZER.parse(form)
    lemmas = {each.normal_form.replace("ё", "е") for each in parsed}
    if not _ANALYZER.word_is_known(form):
        lemmas = {lemma for lemma in lemmas if lemma.startswith(form[:3])}
    return frozenset(lemmas or {form})


@cache
def wanted(text: str) -> frozenset[str]:
    """Dictionary forms that a word of a query stands for."""
    return frozenset({text}) if text in readings(text) else readings(text)


@cache
def forms(lemma: str) -> frozenset[str]:
    """All spellings of a dictionary form."""
    return frozenset(
        form.word.replace("ё", "е")
        for reading in _ANALYZER.parse(lemma)
        if reading.normal_form.replace("ё", "е") == lemma
        for form in reading.lexeme
    )


@cache
def _slip_forms(text: str) -> frozenset[str]:
    meant = frozenset({text}).union(*map(forms, wanted(text)))
    return frozenset(form for form in meant if len(form) >= len(text) - 1)


def _slips(a: str, b: str) -> int:
    """The number of letters wrong, missing, extra or swapped, by the textbook table."""
    if abs(len(a) - len(b)) > 1 or len(_letters(a) ^ _letters(b)) > 2:
        return 2
    table = {(row, -1): row + 1 for row in range(-1, len(a))}
    table |= {(-1, column): column + 1 for column in range(-1, len(b))}
    for row, letter in enumerate(a):
        for column, other in enumerate(b):
            costs = [
                table[row - 1, column] + 1,
                table[row, column - 1] + 1,
                table[row - 1, column - 1] + (letter != other),
            ]
            if row and column and letter == b[column - 1] and other == a[row - 1]:
                costs.append(table[row - 2, column - 2] + 1)
            table[row, column] = min(costs)
    return table[len(a) - 1, len(b) - 1]


@cache
def _letters(word: str) -> frozenset[str]:
    return frozenset(word)


def _is_mark(sign: str) -> bool:
    return (
        "\u0300" <= sign <= "\u036f"
        or "\u200b" <= sign <= "\u200d"
        or sign in "\u00ad\u2060\ufeff\ufe0e\ufe0f\u20e3"
    )


def _is_picture(sign: str) -> bool:
    return sign >= "\u2600" and unicodedata.category(sign) in {"So", "Sk"}


def _is_flag(pair: str) -> bool:
    return len(pair) == 2 and all("\U0001f1e6" <= x <= "\U0001f1ff" for x in pair)


def cut(text: str) -> Iterator[tuple[int, int]]:
    place = 0
    while place < len(text):
        end = place
        if text[place].isalnum():
            end += 1
            while end < len(text) and (
                text[end].isalnum()
                or _is_mark(text[end])
                or (text[end] in _HYPHENS and text[end + 1 : end + 2].isalnum())
            ):
                end += 1
        elif _is_picture(text[place]):
            end += 2 if _is_flag(text[place : place + 2]) else 1
            while end < len(text) and text[end] in _TINTS:
                end += 1
        if end > place:
            yield place, end
        place = max(end, place + 1)


def hashtags(text: str) -> Iterator[tuple[str, tuple[int, int]]]:
    for place, sign in enumerate(text):
        before = text[place - 1] if place else " "
        if sign not in "#\uff03" or before.isalnum() or before in "_&":
            continue
        end = place + 1
        while end < len(text) and (
            text[end].isalnum()
            or text[end] == "_"
            or (_is_mark(text[end]) and end > place + 1)
        ):
            end += 1
        if end > place + 1:
            yield _fold(text[place + 1 : end]), (place, end)


def pieces_of(token: str) -> list[str]:
    for hyphen in _HYPHENS:
        token = token.replace(hyphen, " ")
    pieces = [_fold(piece) for piece in token.split()]
    match pieces:
        case [number, letter] if number.isdigit() and len(number) < 5:
            return [number + letter] if letter in list("абвгд") else pieces
    return pieces


@cache
def _fold(word: str) -> str:
    letters = unicodedata.normalize("NFC", word.lower())
    form = "".join(x for x in letters if not _is_mark(x) and x not in _TINTS)
    form = form.replace("ё", "е") or letters
    latin = {x for x in form if "a" <= x <= "z" or x in _LATIN}
    cyrillic = {x for x in form if "а" <= x <= "я"}
    is_house = form[:-1].isdigit() and form[:-1].isascii() and len(latin) == 1
    known = latin | cyrillic | set("0123456789_")
    if latin <= set(_LATIN) and set(form) <= known and (is_house or cyrillic):
        form = form.translate(str.maketrans(_LATIN, _CYRILLIC))
    return _unstretched(form)


def _unstretched(form: str) -> str:
    runs: list[str] = []
    for letter in form:
        if runs and runs[-1][0] == letter:
            runs[-1] += letter
        else:
            runs.append(letter)
    if not any(len(run) > 2 and run.isalpha() for run in runs):
        return form
    shorter = [
        "".join(run[:size] if len(run) > 2 and run.isalpha() else run for run in runs)
        for size in (2, 1)
    ]
    for guess in (form, shorter[0]):
        if len(guess) <= 48 and _ANALYZER.word_is_known(guess):
            return guess
    return shorter[1]
