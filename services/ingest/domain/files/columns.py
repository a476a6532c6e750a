"""Which field a column holds, by its header, and which columns are never read."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from services.ingest.domain.files.headers47 import (
    COLUMNS_47,
    Role,
    compact,
    is_export,
    known_column,
)
from services.ingest.domain.files.tables import FileRefused


class Profile(StrEnum):
    """What kind of export a file is."""

    POSTS = "posts"
    IM47 = "im47"


COUNTERS: Final = frozenset(
    {"comments", "likes", "reach", "reactions", "reposts", "shares", "views"}
)

# Fields with the headers people give them, Russian and English; parted by «|».
_HEADERS: Final[Mapping[str, str]] = {
    "external_id": (
        "external_id|id|ид|идентификатор|post_id|message_id|id сообщения|id поста"
        "|ид сообщения|номер сообщения|внешний id|код сообщения"
    ),
    "published_at": (
        "published_at|published|date|datetime|created_at|timestamp|дата|дата и время"
        "|дата публикации|дата/время|время публикации|дата сообщения|дата поста"
        "|дата создания|опубликовано|время"
    ),
    "edited_at": "edited_at|updated_at|дата изменения|изменено|дата правки",
    "text": (
        "text|message|content|body|текст|сообщение|текст сообщения|текст поста"
        "|текст комментария|содержание|комментарий|пост|текст обращения|описание"
    ),
    "url": (
        "url|link|permalink|href|ссылка|ссылка на пост|ссылка на сообщение|урл"
        "|урл поста|url поста|адрес страницы|ссылка на публикацию|урл сообщения"
    ),
    "source": (
        "source|источник|площадка|название источника|сообщество|группа|канал|паблик"
    ),
    "network": "network|сеть|соцсеть|социальная сеть|платформа|platform|тип источника",
    "kind": "kind|type|тип|тип сообщения|вид|вид сообщения",
    "parent_id": "parent_id|id родителя|id поста родителя|в ответ на|родитель",
    "deleted": "deleted|is_deleted|удалено|удален",
    "views": "views|просмотры|просмотров|число просмотров|количество просмотров",
    "likes": "likes|лайки|лайков|нравится|число лайков|количество лайков",
    "comments": "comments|комментарии|комментариев|число комментариев",
    "reposts": "reposts|репосты|репостов|поделились|число репостов",
    "shares": "shares",
    "reactions": "reactions|реакции|реакций",
    "reach": "reach|охват",
}
_FIELDS: Final[Mapping[str, str]] = {
    compact(header): field
    for field, headers in _HEADERS.items()
    for header in headers.split("|")
}

# A person's data is not read at all, so it can not get anywhere from here.
_ABOUT_A_PERSON: Final = re.compile(
    r"(?<![^\W_])(?:автор\w*|author\w*|фио|ф\.? ?и\.? ?о\.?|user\w*|юзер\w*"
    r"|пользовател\w*"
    r"|ник|никнейм\w*|nick\w*|логин\w*|login|профил\w*|profile|телефон\w*|phone\w*"
    r"|e.?mail\w*|имейл|почта|заявител\w*|отправител\w*|sender\w*|owner\w*|from|from_id"
    r"|фамилия|имя|отчество|пол|возраст|дата рождения|паспорт\w*|снилс|инн)(?![^\W_])",
    re.IGNORECASE,
)
_REQUIRED: Final = ("text", "published_at")


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a file and what is done with it."""

    header: str
    field: str | None
    dropped: bool = False
    reason: str | None = None


def known_headers(headers: Sequence[str]) -> int:
    """How many headers say something: the row with most of them is the header row."""
    return sum(
        known_column(header) is not None or compact(header) in _FIELDS
        for header in headers
    )


def profile_of(headers: Sequence[str], wanted: str) -> Profile:
    """Profile that was asked for, or the one the headers show."""
    recognised = Profile.IM47 if is_export(headers) else Profile.POSTS
    if wanted == "auto":
        return recognised
    if wanted == Profile.IM47 and recognised is not Profile.IM47:
        raise FileRefused(
            "the file is not an export of incidents: there is no column"
            " «Текст инцидента» with at least four other known columns"
        )
    return Profile(wanted)


def unique_headers(cells: Sequence[str]) -> tuple[str, ...]:
    """Headers that tell columns apart: empty and repeated ones get a number."""
    seen: dict[str, int] = {}
    unique = []
    for number, cell in enumerate(cells, 1):
        header = " ".join(cell.split()) or f"column {number}"
        seen[header] = seen.get(header, 0) + 1
        unique.append(header if seen[header] == 1 else f"{header} ({seen[header]})")
    return tuple(unique)


def columns_of(
    headers: Sequence[str], profile: Profile, mapping: Mapping[str, str | None]
) -> tuple[Column, ...]:
    """Say of each header which field it holds; `mapping` overrules what headers say."""
    if profile is Profile.IM47:
        return _first_come(headers, {each: _column47(each) for each in headers})
    unknown = set(mapping) - set(headers)
    if unknown:
        raise FileRefused(
            f"the mapping names columns the file lacks: {sorted(unknown)}"
        )
    wrong = {field for field in mapping.values() if field} - set(_HEADERS)
    if wrong:
        raise FileRefused(f"the mapping names unknown fields: {sorted(wrong)}")
    chosen = {field for field in mapping.values() if field}
    columns = {each: _column(each, mapping, chosen) for each in headers}
    return _first_come(headers, columns)


def missing_fields(columns: Sequence[Column]) -> tuple[str, ...]:
    """Fields without which no row can be taken; the mapping screen asks for them."""
    found = {column.field for column in columns}
    return tuple(field for field in _REQUIRED if field not in found)


def _column47(header: str) -> Column:
    known = known_column(header)
    if known is None:
        return _unknown(header)
    if COLUMNS_47[known] is Role.DROPPED:
        return Column(header, None, dropped=True, reason=_PERSONAL)
    return Column(header, known)


def _column(header: str, mapping: Mapping[str, str | None], chosen: set[str]) -> Column:
    field = mapping.get(header)
    if _is_about_a_person(header):
        return Column(header, None, dropped=True, reason=_PERSONAL)
    if header in mapping:
        return Column(header, field, reason=None if field else "left out by choice")
    field = _FIELDS.get(compact(header))
    if field in chosen:
        return Column(header, None, reason=f"another column was chosen as {field}")
    return Column(header, field) if field else _unknown(header)


_PERSONAL: Final = "personal data of the author is not read"


def _unknown(header: str) -> Column:
    if _is_about_a_person(header):
        return Column(header, None, dropped=True, reason=_PERSONAL)
    return Column(header, None, reason="unknown column, kept beside the post")


def _is_about_a_person(header: str) -> bool:
    return compact(header) not in _FIELDS and bool(_ABOUT_A_PERSON.search(header))


def _first_come(
    headers: Sequence[str], columns: Mapping[str, Column]
) -> tuple[Column, ...]:
    """Give a field to the first column that holds it; later ones are kept as extra."""
    taken: set[str] = set()
    given = []
    for header in headers:
        column = columns[header]
        if column.field in taken:
            reason = f"an earlier column holds {column.field}"
            column = Column(header, None, reason=reason)
        elif column.field:
            taken.add(column.field)
        given.append(column)
    return tuple(given)
