"""The 47 columns of the incumbent's export, recognised by their headers."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Final


class Role(StrEnum):
    """How the values of a column are read."""

    TEXT = "text"
    TIME = "time"  # a moment or a length of time: exports have both
    FLAG = "flag"
    DROPPED = "dropped"


# In the order of the full export; order and presence differ between regions.
COLUMNS_47: Final[Mapping[str, Role]] = {
    "Кабинет": Role.TEXT,
    "ID": Role.TEXT,
    "Номер инцидента": Role.TEXT,
    "Отдел": Role.TEXT,
    "Исполнитель": Role.TEXT,
    "Общее время первого ответа": Role.TIME,
    "Общий текст первого ответа": Role.TEXT,
    "Время с даты создания инцидента до времени первого ответа": Role.TIME,
    "Время с даты создания инцидента до времени первого ответа, рабочее время": (
        Role.TIME
    ),
    "Время назначения последнего исполнителя": Role.TIME,
    "Время 1го ответа ПИ": Role.TIME,
    "Первая реакция с момента назн. ПИ": Role.TIME,
    "Уложились или нет после назн. ПИ": Role.FLAG,
    "Время с начала создания инцидента до окончания": Role.TIME,
    "Время отправки первого ответа ПИ на согласование": Role.TIME,
    "Время, которое первый ответ ПИ находился на согласовании": Role.TIME,
    "Текущий шаг инцидента": Role.TEXT,
    "Дата создания": Role.TIME,
    "Дата окончания": Role.TIME,
    "Группа тем": Role.TEXT,
    "Тема": Role.TEXT,
    "Регион": Role.TEXT,
    "Муниципалитет": Role.TEXT,
    "Населенный пункт": Role.TEXT,
    "Улица": Role.TEXT,
    "Дом": Role.TEXT,
    "Объект старый": Role.TEXT,
    "Объект": Role.TEXT,
    "Тип инцидента": Role.TEXT,
    "Итог": Role.TEXT,
    "Есть медиафайл в ответе": Role.FLAG,
    "Есть медиафайл в сообщении": Role.FLAG,
    "Урл поста": Role.TEXT,
    "Урл блога": Role.TEXT,
    "Текст инцидента": Role.TEXT,
    "1ый ответ ПИ": Role.TEXT,
    "2ой ответ ПИ": Role.TEXT,
    "3ий ответ ПИ": Role.TEXT,
    "Причина закрытия": Role.TEXT,
    "Аудитория": Role.TEXT,
    "Вовлеченность": Role.TEXT,
    "URL автора": Role.DROPPED,
    "Аккаунт публикации ответа": Role.TEXT,
    "Теги": Role.TEXT,
    "Примечание": Role.TEXT,
    "Время попадания на шаг оценка удовлетворенности": Role.TIME,
    "Опрос отправлен": Role.FLAG,
}

_OTHER_SPELLINGS: Final[Mapping[str, str]] = {
    "URL поста": "Урл поста",
    "Ссылка на пост": "Урл поста",
    "URL блога": "Урл блога",
    "Урл автора": "URL автора",
    "Ссылка на автора": "URL автора",
    "1-й ответ ПИ": "1ый ответ ПИ",
    "2-й ответ ПИ": "2ой ответ ПИ",
    "3-й ответ ПИ": "3ий ответ ПИ",
    "Время первого ответа ПИ": "Время 1го ответа ПИ",
    "Тэги": "Теги",
}
_SIGN: Final = "Текст инцидента"
_ENOUGH: Final = 5
_NOT_A_SIGN: Final = re.compile(r"[\W_]+")


def compact(header: str) -> str:
    """Letters and digits of a header alone: case, «ё», spaces, quotes do not count."""
    folded = unicodedata.normalize("NFKC", header).lower().replace("ё", "е")
    return _NOT_A_SIGN.sub("", folded)


_KNOWN: Final[Mapping[str, str]] = {
    compact(header): header for header in COLUMNS_47
} | {compact(other): header for other, header in _OTHER_SPELLINGS.items()}


def known_column(header: str) -> str | None:
    """Header as the full export writes it, if it is one of the 47."""
    return _KNOWN.get(compact(header))


def is_export(headers: Iterable[str]) -> bool:
    """Recognise an export of incidents by its text column and some others."""
    known = {known_column(header) for header in headers} - {None}
    return _SIGN in known and len(known) >= _ENOUGH
