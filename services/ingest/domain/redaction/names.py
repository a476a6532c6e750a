"""Full names of people: a surname with a name, a name with a patronymic, initials."""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from services.ingest.domain.redaction.marks import (
    NameKind,
    NameKindOf,
    PersonalData,
    Span,
)
from services.ingest.domain.redaction.places import is_on_a_street, is_place

_GAP: Final = r"[ \t\u00a0]"
_LETTER: Final = "[А-ЯЁа-яё]"
_TOKEN: Final = rf"[А-ЯЁ](?:\.|{_LETTER}++(?:-[А-ЯЁ]{_LETTER}++)?)"
_WORD: Final = re.compile(rf"{_TOKEN}|оглы|кызы|улы|гызы")
_RUN: Final = re.compile(
    rf"(?<![\w-]){_TOKEN}(?:{_GAP}{{0,2}}{_TOKEN}"
    rf"|(?<={_LETTER}){_GAP}(?:оглы|кызы|улы|гызы)(?!\w))++"
)

# One letter stands for one word: Surname, Name, Patronymic, Initial, Unknown word
# with the look of a surname, x for the rest.
# Before a patronymic any word is a name: many peoples have names the dictionary
# does not.
_FULL_NAME: Final = re.compile(
    "[SU]?[NUSx][NUSPx]O|[SU][NUx]P|NP[SU]?|N[SU]P|SPS?|[Ux]PS?|PS|SN|N[SU]"
    "|[SU]II?|II[SU]|NI[SU]|IS"
)
# Before a surname these are more often «г. Павлов», «с. Петров» than a person.
_PLACE_INITIALS: Final = frozenset("ГСДПКХ")
_INITIAL_AND_SURNAME: Final = 2
_SURNAME_LOOK: Final = re.compile(
    r"\w{2,}(?:[оеё]в|[иы]н)(?:|а|у|ым|е|ой|ых|ы)\Z"
    r"|\w{2,}(?:ск|цк)(?:ий|ого|ому|им|ая|ой|ую)\Z"
    r"|\w{2,}(?:енко|чук|юк|швили|дзе|[ая]нц?|ых|их|улл?ин)\Z"
)
# «Сидоров» is also «of several Sidors» to a dictionary; «Яков» is a name.
_SURNAME_BEYOND_DOUBT: Final = re.compile(r"\w{3,}[оеё]в(?:|а|у|ым|е|ой|ых|ы)\Z")

_CONSONANTS: Final = "бвгджзйклмнпрстфхцчшщ"

# Patronymics written small, by their endings, which few other words have.
_PATRONYMIC: Final = re.compile(
    r"(?:[ое]вич|ьич|[ое]вн|ичн)(?:а|у|ем|ом|е|ы|ой|ою|и)?(?![\w-])"
)
_BEFORE: Final = re.compile(rf"(?<![\w-])({_LETTER}{{2,30}}){_GAP}{{1,2}}\Z")
_AFTER: Final = re.compile(rf"{_GAP}{{1,2}}({_LETTER}{{2,30}}(?:-{_LETTER}{{2,30}})?)")
_START_OF_WORD: Final = re.compile(rf"(?<![\w-]){_LETTER}{{1,20}}\Z")
_LOOK: Final = 34

# An unknown word costs the analyser up to 60 microseconds. Ten pages of prose have
# some hundreds of words in places where names can stand.
_MOST_WORDS: Final = 1_000


class _Word(NamedTuple):
    start: int
    end: int
    text: str
    letter: str


def names(text: str, name_kind: NameKindOf) -> Iterator[Span]:
    """Spans of full names of people, not of streets and schools called after them."""
    kind_of = _thrifty(name_kind)
    for run in _RUN.finditer(text):
        yield from _in_run(text, run, kind_of)
    for ending in _PATRONYMIC.finditer(text):
        yield from _small_name(text, ending, kind_of)


def _thrifty(name_kind: NameKindOf) -> NameKindOf:
    """Ask once about each word, and about so many words that no text takes long."""
    known: dict[str, NameKind | None] = {}

    def kind_of(word: str) -> NameKind | None:
        if word not in known:
            if len(known) >= _MOST_WORDS:
                return None
            known[word] = name_kind(word)
        return known[word]

    return kind_of


def _in_run(text: str, run: re.Match[str], name_kind: NameKindOf) -> Iterator[Span]:
    words = [
        _Word(*each.span(), each[0], _letter(each[0], name_kind))
        for each in _WORD.finditer(text, *run.span())
    ]
    letters = "".join(word.letter for word in words)
    position = 0
    while found := _FULL_NAME.search(letters, position):
        first, last = found.span()
        if _is_street_before_a_name(text, words[first:last]):
            position = first + 1
            continue
        if _is_person(text, words[first:last]):
            yield Span(words[first].start, words[last - 1].end, PersonalData.NAME)
        position = last


def _letter(word: str, name_kind: NameKindOf) -> str:
    if word.endswith("."):
        return "I"
    if word.islower():
        return "O"
    # Words in capitals would be taken for abbreviations.
    kind = name_kind(word.title() if word.isupper() else word)
    if kind == "name" and _SURNAME_BEYOND_DOUBT.match(word.lower()):
        return "S"
    if kind is None:
        return "U" if _SURNAME_LOOK.match(word.lower()) else "x"
    return kind[0].upper()


def _is_street_before_a_name(text: str, words: list[_Word]) -> bool:
    """Say whether the first word is a street: «на Ленина Иван Петров».

    A surname in the genitive does not go with a first name in the nominative.
    """
    if words[0].letter not in "SU" or words[1].letter != "N":
        return False
    disagree = words[0].text.endswith("а") and words[1].text[-1] in _CONSONANTS
    return disagree and is_on_a_street(text, words[0].start)


def _is_person(text: str, words: list[_Word]) -> bool:
    if words[0].letter == "I" and len(words) == _INITIAL_AND_SURNAME:
        return words[0].text[0] not in _PLACE_INITIALS
    plain = [word.text.lower().replace("ё", "е") for word in words]
    return not is_place(text, words[0].start, words[-1].end, plain)


def _small_name(
    text: str, ending: re.Match[str], name_kind: NameKindOf
) -> Iterator[Span]:
    """Name before a patronymic in small letters, and a surname on either side."""
    patronymic = _START_OF_WORD.search(
        text[max(0, ending.start() - 20) : ending.start()]
    )
    if patronymic is None:
        return
    start = ending.start() - len(patronymic[0])
    if _kind(text[start : ending.end()], name_kind) != "patronymic":
        return
    name = _BEFORE.search(text[max(0, start - _LOOK) : start])
    if name is None or _kind(name[1], name_kind) != "name":
        return
    start -= len(name[0])
    yield Span(
        start - _surname_before(text, start, name_kind),
        ending.end() + _surname_after(text, ending.end(), name_kind),
        PersonalData.NAME,
    )


def _surname_before(text: str, start: int, name_kind: NameKindOf) -> int:
    word = _BEFORE.search(text[max(0, start - _LOOK) : start])
    return len(word[0]) if word and _kind(word[1], name_kind) == "surname" else 0


def _surname_after(text: str, end: int, name_kind: NameKindOf) -> int:
    word = _AFTER.match(text, end, end + 2 * _LOOK)
    return len(word[0]) if word and _kind(word[1], name_kind) == "surname" else 0


def _kind(word: str, name_kind: NameKindOf) -> str | None:
    return name_kind(word.capitalize())
