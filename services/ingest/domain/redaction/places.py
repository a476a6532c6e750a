"""Tells the name of a street or an institution from the name of a person."""

import re
from typing import Final

# Words between «улица» and the name: «площадь маршала Георгия Вымышленного».
_TITLES: Final = frozenset(
    [
        "дважды",
        "трижды",
        "героя",
        "героев",
        "советского",
        "союза",
        "россии",
        "российской",
        "федерации",
        "труда",
        "маршала",
        "генерала",
        "адмирала",
        "академика",
        "космонавта",
        "лётчика",
        "летчика",
        "поэта",
        "писателя",
        "доктора",
        "профессора",
        "врача",
        "учителя",
        "капитана",
        "майора",
        "лейтенанта",
        "сержанта",
        "полковника",
        "рядового",
        "братьев",
        "сестёр",
        "сестер",
        "революционера",
        "композитора",
        "художника",
        "архитектора",
        "святого",
        "святой",
        "князя",
        "княгини",
        "партизана",
        "комиссара",
        "комдива",
        "инженера",
        "конструктора",
        "воина",
        "бойца",
        "старшего",
    ]
)

# After these there is always a place. Written out, the word can also stand before
# a person, «сквозь двор улицы Иван Петров», so the name must be in the genitive.
_SHORT: Final = frozenset(
    [
        "ул",
        "пр",
        "пр-т",
        "пр-кт",
        "просп",
        "пер",
        "пл",
        "бул",
        "б-р",
        "бр",
        "наб",
        "туп",
        "ал",
        "мкр",
        "мкрн",
        "ост",
        "им",
        "имени",
    ]
)
_WRITTEN_OUT: Final = (
    "улиц",
    "проспект",
    "переул",
    "площад",
    "бульвар",
    "набережн",
    "шоссе",
    "проезд",
    "тупик",
    "алле",
    "сквер",
    "парк",
    "мост",
    "остановк",
    "станци",
    "памятник",
    "бюст",
    "музе",
    "театр",
    "библиотек",
    "храм",
    "стадион",
    "дворц",
    "дворец",
    "микрорайон",
)
_AT: Final = frozenset(
    ["на", "по", "около", "возле", "напротив", "вдоль", "угол", "адрес", "адресу"]
)
_ON_STREET: Final = _AT | _SHORT | {"с", "улица", "улицу", "улице", "улицы"}

_SPACES: Final = r"[ \t\u00a0]{1,2}"
_AFTER: Final = re.compile(
    rf"[»\"]?{_SPACES}(?:ул(?:\.|иц\w{{1,3}})?|просп\w{{0,6}}|пр(?:\.|-т|-кт)|пер\."
    r"|переул\w{2,4}|площад\w{1,3}|бульвар\w{0,3}|б-р|наб(?:\.|ережн\w{2,3})|шоссе"
    r"|проезд\w{0,3}|тупик\w{0,3}|алле\w{1,3})(?!\w)",
    re.IGNORECASE,
)
_HOUSE: Final = re.compile(
    rf",?{_SPACES}?(?:(?:д\.?|дом){_SPACES}?\d|\d{{1,3}}(?:[а-я]|/\d{{1,3}})?(?!\w)"
    rf"(?!{_SPACES}(?:лет|год|раз|тыс|руб|жалоб|обращ|человек|дн|час|месяц|шт)))",
    re.IGNORECASE,
)
_NOMINATIVE: Final = re.compile(r"(?:[бвгджзклмнпрстфхцчшщй]|вна|чна)\Z")
_LOOK: Final = 90

# People of the history books whom streets are called after: their names are not
# personal data. Surname and first name by their beginnings: «гагарин» is also
# «Гагарина» and «Гагарину». Only names that hardly any neighbour has.
_HISTORY: Final[tuple[tuple[str, str], ...]] = (
    ("гагарин", "юри"),
    ("маркс", "карл"),
    ("люксембург", "роз"),
    ("цеткин", "клар"),
    ("либкнехт", "карл"),
    ("энгельс", "фридрих"),
    ("ленин", "владимир"),
    ("пушкин", "александр"),
    ("толст", "лев"),
    ("толст", "льв"),
    ("горьк", "максим"),
    ("чехов", "антон"),
    ("есенин", "серге"),
    ("лермонтов", "михаил"),
    ("гогол", "никола"),
    ("достоевск", "федор"),
    ("маяковск", "владимир"),
    ("космодемьянск", "зо"),
    ("кошев", "олег"),
    ("морозов", "павлик"),
    ("разин", "степан"),
    ("пугачев", "емельян"),
    ("хмельницк", "богдан"),
    ("невск", "александр"),
    ("донск", "дмитри"),
    ("суворов", "александр"),
    ("кутузов", "михаил"),
    ("жуков", "георги"),
    ("чкалов", "валери"),
    ("раск", "марин"),
    ("осипенко", "полин"),
    ("терешков", "валентин"),
    ("циолковск", "константин"),
    ("юлаев", "салават"),
    ("джалил", "мус"),
    ("тука", "габдулл"),
    ("чапаев", "васили"),
    ("дзержинск", "феликс"),
    ("чайкин", "лиз"),
    ("перовск", "софь"),
    ("ломоносов", "михаил"),
    ("менделеев", "дмитри"),
    ("рублев", "андре"),
)
_BY_BEGINNING: Final = {
    beginning: [pair for pair in _HISTORY if pair[0].startswith(beginning)]
    for beginning in {surname[:4] for surname, _ in _HISTORY}
}


def is_place(text: str, start: int, end: int, words: list[str]) -> bool:
    """Say whether `text[start:end]` names a place; `words` are its words, small."""
    sign = _sign_before(text, start)
    after = text[end : end + _LOOK]
    if sign in _SHORT or _AFTER.match(after):
        return True
    if not any(_NOMINATIVE.search(word) for word in words):
        if sign.startswith(_WRITTEN_OUT):
            return True
        if sign in _AT and _HOUSE.match(after):
            return True
    return is_history(words)


def is_on_a_street(text: str, start: int) -> bool:
    """Say whether a street may begin here: «на Ленина», «ул. Гагарина»."""
    return _sign_before(text, start) in _ON_STREET


def is_history(words: list[str]) -> bool:
    """Say whether the words name somebody of the history books."""
    return any(
        word.startswith(surname) and any(_is_first_name(each, name) for each in words)
        for word in words
        for surname, name in _BY_BEGINNING.get(word[:4], ())
    )


def _sign_before(text: str, start: int) -> str:
    """Last word before the place, titles left out, small and without its point."""
    before = text[max(0, start - _LOOK) : start].lower().split()
    while before and len(before) > 1 and _bare(before[-1]) in _TITLES:
        before.pop()
    return _bare(before[-1]) if before else ""


def _bare(word: str) -> str:
    return word.strip('«"„(').rstrip(".:")


def _is_first_name(word: str, name: str) -> bool:
    return word.startswith(name) or (word.endswith(".") and name.startswith(word[0]))
