"""Flat and room numbers; the street and the house stay, they say where it hurts."""

import re
from collections.abc import Iterator
from typing import Final

from services.ingest.domain.redaction.marks import PersonalData, Span

_SPACE: Final = r"[ \t\u00a0]"
_NUMBER: Final = r"\d{1,4}(?:-?[а-яё](?![\w-]))?(?![\w²°])"
# «В квартире 12 градусов», «квартира 45 кв. м», «квартира 2 комнаты», «3 детей».
_NO_UNIT: Final = (
    rf"(?!{_SPACE}?(?:кв\.?{_SPACE}?м|м[2²]?(?!\w)|метр|°|[сc°](?!\w)|градус|тепла"
    r"|комн|чел|дет|реб|инвалид|семь|семей|жильц|люд|взросл|лет(?!\w)|год|месяц|мес(?!\w)"
    r"|недел|дн|день|час|минут|раз(?!\w)|руб|тыс|млн|₽|%|процент|кошек|кошк|собак"
    r"|окн|окон|батаре|розет|квт|квадрат|соток|литр))"
)
# More numbers of a list: «5 и 7», «12-18», «5, 7, 9.», but not «12, 3 подъезд».
_MORE: Final = (
    rf"(?:(?:{_SPACE}и{_SPACE}|[-–]|{_SPACE}?,{_SPACE}?"
    rf"(?=(?:№{_SPACE}?)?\d{{1,4}}(?:[,.;)]|{_SPACE}и{_SPACE}[№\d]|\s*(?:\Z|\n))))"
    rf"(?:№{_SPACE}?)?{_NUMBER}{_NO_UNIT}"
    rf"(?!{_SPACE}?-?(?:й|го|м)?{_SPACE}?(?:подъезд|этаж|дом|корп|стояк))"
    r"){0,20}"
)
_FLAT: Final = re.compile(
    rf"(?<!\w)(?:кв(?:артир(?:а|ы|е|у|ой|ою|ах|ам|ами)?|-р[аеуы]|ра)?\.?"
    rf"|комн(?:ат[аеуы]|\.)?){_SPACE}{{0,2}}"
    rf"(?:(?:№|N|номер\w{{0,2}}){_SPACE}?)?{_NUMBER}{_NO_UNIT}{_MORE}",
    re.IGNORECASE,
)
_ORDINAL_FLAT: Final = re.compile(
    rf"(?<![\w,.-])(?P<number>\d{{1,4}})(?:(?P<ordinal>-?(?:я|й|ю|ой|ую|ая|ей))(?!\w))?"
    rf"{_SPACE}(?:(?P<noun>квартир(?:а|е|у|ой|ы))(?!\w)"
    rf"|кв\.?+(?!{_SPACE}?(?:к?м|километр|\d))(?![\w-]))",
    re.IGNORECASE,
)
# «ул. Ленина, д. 5-12»: house and flat; «5-7» without «д.» may be two houses.
_WITH_DASH: Final = re.compile(
    r"(?<![\w/-])(?P<house>\d{1,3})[а-яё]?(?:/\d{1,3})?-(?P<flat>\d{1,4})(?![\w-])"
)
_STREET_BEFORE: Final = re.compile(
    rf"(?<!\w)(?:ул|улиц[аеуы]|пр|просп\w{{0,6}}|пр-т|пер|переул\w{{0,4}}|шоссе|б-р"
    rf"|бульвар\w?|мкр|наб|проезд\w?)\.?{_SPACE}{{0,2}}[^\d\n,;]{{2,40}}+"
    rf"(?:,{_SPACE}?(?:д\.?{_SPACE}?|дом{_SPACE})?)?\Z",
    re.IGNORECASE,
)
_HOUSE_SIGN: Final = re.compile(rf"(?<!\w)(?:д\.?|дом){_SPACE}?\Z", re.IGNORECASE)
_LOOK: Final = 60
_NEIGHBOURS: Final = 10


def dwellings(text: str) -> Iterator[Span]:
    """Spans of flat numbers with their word, so that no bare digit is left."""
    small = text.lower()
    if "кв" in small or "комн" in small:
        for found in _FLAT.finditer(text):
            yield Span(*found.span(), PersonalData.FLAT)
        for found in _ORDINAL_FLAT.finditer(text):
            if _is_number_of_a_flat(found):
                yield Span(*found.span(), PersonalData.FLAT)
    if "-" in text:
        for found in _WITH_DASH.finditer(text):
            if _is_house_and_flat(found):
                yield Span(*found.span("flat"), PersonalData.FLAT)


def _is_number_of_a_flat(found: re.Match[str]) -> bool:
    """Tell «в 45 квартире» from «45 квартир» and «3 квартиры» by the grammar."""
    noun = (found["noun"] or "").lower()
    if found["ordinal"] or not noun:
        return True
    last, teens = int(found["number"]) % 10, int(found["number"]) % 100 in range(11, 15)
    if teens or last in {0, 5, 6, 7, 8, 9}:
        return True
    return noun != ("квартира" if last == 1 else "квартиры")


def _is_house_and_flat(found: re.Match[str]) -> bool:
    before = found.string[max(0, found.start() - _LOOK) : found.start()]
    if not _STREET_BEFORE.search(before):
        return False
    ahead = int(found["flat"]) - int(found["house"])
    return not 0 < ahead <= _NEIGHBOURS or _HOUSE_SIGN.search(before) is not None
