"""Phone, document, card and account numbers in free text."""

import re
from collections.abc import Iterator
from typing import Final

from services.ingest.domain.redaction.marks import PersonalData, Span

# What stands between the digits of one number; never a line end.
_GAP: Final = r"[ \t\u00a0\u2007-\u200b\u202f().\-‐‑–—−_*]{0,3}"
_DASH: Final = r"[-‐‑–—−]"
_SPACE: Final = r"[ \t\u00a0\u202f]"
_FILLER: Final = r"[^\d\n\[]"
_END: Final = rf"(?!\d)(?!{_SPACE}?(?:руб|₽|тыс|млн|млрд|коп))"
_DATE: Final = (
    r"(?!\d{1,2}\.\d{1,2}\.(?:\d{4}|\d{2})(?!\d))"
    r"(?!\d{1,2}-\d{1,2}-(?:19|20)\d\d)(?!(?:19|20)\d\d-\d\d-\d\d)"
)

# Cheap look first: most posts have no number of five digits or more but dates.
_LONG_NUMBER: Final = re.compile(rf"\d(?:{_GAP}\d){{4,}}+")
_ONLY_DATE: Final = re.compile(
    r"\d{1,2}\.\d{1,2}\.\d{2,4}(?: \d{1,2})?|(?:19|20)\d\d-\d\d-\d\d(?: \d\d)?"
)

# 8-800 is an organisation's free line, not a person's phone.
_PHONE: Final = re.compile(
    rf"(?<![\d+])(?<!\d\.)(?:"
    rf"\+{_GAP}(?:[1-6]|9)(?:{_GAP}\d){{9,13}}"
    rf"|(?:\+{_GAP}7|[78]){_GAP}(?!8{_GAP}0{_GAP}0)\d{{3}}(?:{_GAP}\d){{7}}"
    rf"|\(?9\d\d(?:{_GAP}\d){{7}}"
    rf"|\((?:\d{{3}}\){_GAP}\d\d|\d{{4}}\){_GAP}\d|\d{{5}}\))(?:{_GAP}\d){{5}}"
    rf"){_END}"
)
_LOCAL: Final = rf"{_DATE}(?!8?{_GAP}800)\d(?:{_GAP}\d){{4,10}}{_END}"
_LOCAL_PHONE: Final = re.compile(
    rf"(?<![\w\[])(?:(?:тел|моб|сот|факс|телефон\w{{0,3}}|whats ?app|в[ао]тсап\w{{0,2}}"
    rf"|viber|вайбер\w{{0,2}}){_FILLER}{{0,20}}?|т\.{_SPACE}?)"
    rf"(?P<number>{_LOCAL}(?:{_SPACE}?[,;/и]{_SPACE}?{_LOCAL}){{0,5}})"
    rf"|(?<![\w\[])(?:по)?звон\w{{1,8}}{_FILLER}{{0,20}}?"
    rf"(?P<called>{_DATE}\d(?:{_DASH}?\d){{4,10}}{_END})",
    re.IGNORECASE,
)

_UNITS: Final = (
    "ноль|один|одна|два|две|три|четыре|пять|шесть|семь|восемь|девять"
    r"|\w{1,7}надцать|десять|двадцать|тридцать|сорок|\w{2,6}десят|девяносто"
    r"|сто|двести|триста|четыреста|\w{3,6}сот"
)
_SPOKEN_PHONE: Final = re.compile(
    rf"(?<!\w)(?:плюс\s+)?(?:семь|восемь)[\s,-]{{1,3}}девятьсот"
    rf"(?:[\s,-]{{1,3}}(?:{_UNITS})(?!\w)){{3,12}}",
    re.IGNORECASE,
)

_SERIES: Final = rf"\d\d{_SPACE}?\d\d"
_NUMBER_SIGN: Final = rf"{_SPACE}?,?{_SPACE}?(?:№|N|номер){_SPACE}?"
_ROMAN_SERIES: Final = rf"[IVX]{{1,4}}-[А-Я]{{2}}{_SPACE}?(?:№{_SPACE}?)?\d{{6}}"
_DOCUMENT: Final = re.compile(
    rf"(?<![\w\[])(?:(?:\w{{0,8}}паспорт\w{{0,3}}|удостоверени\w{{1,2}}|снилс\w?|инн"
    rf"|свидетельств\w{{1,2}}|полис\w{{0,2}}|омс|военн\w{{2,3}} билет\w{{0,2}}"
    rf"|водительск\w{{2,3}} прав\w{{0,2}}){_FILLER}{{0,30}}?"
    rf"(?P<number>{_SERIES}{_NUMBER_SIGN}\d{{6}}|{_ROMAN_SERIES}"
    rf"|{_DATE}\d(?:[ \u00a0.\-–]{{0,2}}\d){{5,19}}){_END}"
    rf"|сери[яию]{_FILLER}{{0,5}}?"
    rf"(?P<series>{_SERIES}(?:{_SPACE}|{_NUMBER_SIGN})\d{{6}}|{_ROMAN_SERIES}){_END})",
    re.IGNORECASE,
)
_DOCUMENT_SHAPE: Final = re.compile(
    rf"(?<![\d.,])(?:\d{{3}}{_DASH}\d{{3}}{_DASH}\d{{3}}[ -]\d\d"
    rf"|{_SERIES}(?:{_SPACE}|{_NUMBER_SIGN})\d{{6}}){_END}"
)

_ACCOUNT: Final = re.compile(
    rf"(?<![\w\[])(?:(?:лиц(?:ев\w{{2,3}}|\.)?|расч[её]тн\w{{2,3}}){_SPACE}?сч[её]т\w{{0,2}}"
    rf"|[лр]/сч?|абонентск\w{{2,3}} номер\w?){_FILLER}{{0,15}}?"
    rf"(?P<number>\d(?:[ \u00a0-]?\d){{4,22}}){_END}"
    rf"|(?<![\w\[])сч[её]т(?:а|у|е|ом)?(?!\w){_FILLER}{{0,5}}?"
    rf"(?P<plain>\d(?:[ -]?\d){{7,22}}){_END}",
    re.IGNORECASE,
)
_ACCOUNT_SHAPE: Final = re.compile(
    rf"(?<!\d)(?:\d{{4}}(?P<gap>[ \u00a0-]?)\d{{4}}(?P=gap)\d{{4}}(?P=gap)\d{{4}}"
    rf"|\d{{20}}|\d{{5}}[ .]\d{{3}}[ .]\d[ .]\d{{4}}[ .]\d{{7}}){_END}"
)

# Patterns that begin with a word (not with a mark, which stands in brackets), and
# parts of their words that are quick to find.
_SAID: Final = (
    (
        [
            "паспорт",
            "удостовер",
            "снилс",
            "инн",
            "свидет",
            "полис",
            "омс",
            "билет",
            "водит",
            "сери",
        ],
        _DOCUMENT,
        PersonalData.DOCUMENT,
    ),
    (
        ["счет", "счёт", "л/с", "р/с", "л/сч", "р/сч", "абонент"],
        _ACCOUNT,
        PersonalData.ACCOUNT,
    ),
    (
        [
            "тел",
            "моб",
            "сот",
            "факс",
            "what",
            "ватс",
            "вотс",
            "viber",
            "вайб",
            "т.",
            "звон",
        ],
        _LOCAL_PHONE,
        PersonalData.PHONE,
    ),
)

# Numbers of papers that are not about a person and must stay findable.
# «по договорённости» is none, and a number in the next sentence is another matter.
_OFFICE_NUMBER: Final = re.compile(
    r"(?<!\w)(?:(?:обращени|заявк|заявлени|инцидент|заказ|контракт|сч[её]тчик)\w{0,4}"
    r"|договор(?:а|у|ом|е|ы|ов|ам|ами|ах)?|кадастр\w{0,6})(?!\w)"
    rf"(?:(?![.!?]\s){_FILLER}){{0,15}}\Z",
    re.IGNORECASE,
)
_LOOK_BACK: Final = 35


def numbers(text: str) -> Iterator[Span]:
    """Spans of personal numbers; what a word before says beats what it looks like."""
    small = text.lower()
    if "девятьсот" in small:
        for found in _SPOKEN_PHONE.finditer(text):
            yield Span(*found.span(), PersonalData.PHONE)
    if all(_ONLY_DATE.fullmatch(each[0]) for each in _LONG_NUMBER.finditer(text)):
        return
    for signs, pattern, kind in _SAID:
        if any(sign in small for sign in signs):
            yield from _after_words(pattern, text, kind)
    yield from _by_shape(_DOCUMENT_SHAPE, text, PersonalData.DOCUMENT)
    yield from _by_shape(_ACCOUNT_SHAPE, text, PersonalData.ACCOUNT)
    yield from _by_shape(_PHONE, text, PersonalData.PHONE)


def _after_words(
    pattern: re.Pattern[str], text: str, kind: PersonalData
) -> Iterator[Span]:
    for found in pattern.finditer(text):
        yield Span(*found.span(str(found.lastgroup)), kind)


def _by_shape(
    pattern: re.Pattern[str], text: str, kind: PersonalData
) -> Iterator[Span]:
    for found in pattern.finditer(text):
        before = text[max(0, found.start() - _LOOK_BACK) : found.start()]
        if not _OFFICE_NUMBER.search(before):
            yield Span(*found.span(), kind)
