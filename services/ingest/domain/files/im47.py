"""A row of the incumbent's export as an incident and the post it grew from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from typing import Final

from services.ingest.domain.checks import Refused
from services.ingest.domain.files.cells import (
    duration_of,
    flag_of,
    id_of,
    is_nothing,
    moment_of,
    text_of,
    utc_of,
)
from services.ingest.domain.files.headers47 import COLUMNS_47, Role
from services.ingest.domain.files.links import (
    is_page_of_a_person,
    linked_post,
    network_of,
)
from services.ingest.domain.files.post_rows import (
    ImportOptions,
    Values,
    id_by_content,
    text_in,
    url_in,
)
from services.ingest.domain.files.tables import Cell
from services.ingest.domain.posts import IncomingPost, PostKind


@dataclass(frozen=True, slots=True)
class ImportedIncident:
    """An incident as the incumbent told it: our codes where we know the word.

    Texts are as in the file: who stores them redacts them first. `moments`,
    `durations`, `flags` and `extra` are by the header of the full export and hold
    everything that has no field of its own, so that an export loses nothing.
    """

    number: str
    created_at: datetime
    authority: str | None = None
    executor: str | None = None
    topic_group: str | None = None
    topic: str | None = None
    municipality: str | None = None
    settlement: str | None = None
    street: str | None = None
    house: str | None = None
    kind: str | None = None
    outcome: str | None = None
    closing_reason: str | None = None
    first_answer_at: datetime | None = None
    closed_at: datetime | None = None
    answers: tuple[str, ...] = ()
    step: str | None = None
    tags: str | None = None
    note: str | None = None
    moments: Mapping[str, datetime] = field(default_factory=dict)
    durations: Mapping[str, timedelta] = field(default_factory=dict)
    flags: Mapping[str, bool] = field(default_factory=dict)
    extra: Mapping[str, str] = field(default_factory=dict)


_TEXT: Final = "Текст инцидента"
_POST_URL: Final = "Урл поста"
_BLOG_URL: Final = "Урл блога"
_CREATED: Final = "Дата создания"
_CLOSED: Final = "Дата окончания"
_NUMBERS: Final = ("Номер инцидента", "ID")
_FIRST_ANSWER: Final = "Общее время первого ответа"
_FIRST_ANSWER_AFTER: Final = "Время с даты создания инцидента до времени первого ответа"
_FIRST_OWN_ANSWER: Final = "Время 1го ответа ПИ"
_FIRST_ANSWER_TEXT: Final = "Общий текст первого ответа"
_ANSWERS: Final = ("1ый ответ ПИ", "2ой ответ ПИ", "3ий ответ ПИ")

_FIELDS: Final[Mapping[str, str]] = {
    "Отдел": "authority",
    "Исполнитель": "executor",
    "Группа тем": "topic_group",
    "Тема": "topic",
    "Муниципалитет": "municipality",
    "Населенный пункт": "settlement",
    "Улица": "street",
    "Дом": "house",
    "Текущий шаг инцидента": "step",
    "Теги": "tags",
    "Примечание": "note",
}
_CODES: Final[Mapping[str, tuple[str, Mapping[str, str]]]] = {
    "Тип инцидента": (
        "kind",
        {
            "решаемый": "solvable",
            "не решаемый": "not_solvable",
            "нерешаемый": "not_solvable",
            "информационный": "informational",
        },
    ),
    "Итог": (
        "outcome",
        {
            "решено": "solved",
            "разъяснено": "explained",
            "отложено": "postponed",
            "не решено": "not_solved",
        },
    ),
    "Причина закрытия": (
        "closing_reason",
        {
            "автор доволен": "author_satisfied",
            "нет ответа от автора": "no_reply_from_author",
            "дальнейший диалог нецелесообразен": "dialogue_pointless",
        },
    ),
}


def incident_of(
    values: Values, options: ImportOptions
) -> tuple[IncomingPost, ImportedIncident]:
    """Read a row; raises `Refused` with the header it is refused for."""
    created_at = _created_at(values, options)
    times = _times(values, options.zone)
    moments = {name: time for name, time in times.items() if isinstance(time, datetime)}
    durations = {
        name: time for name, time in times.items() if isinstance(time, timedelta)
    }
    codes = _coded(values)
    answers = _answers(values)
    incident = ImportedIncident(
        number=_number(values),
        created_at=created_at,
        closed_at=moments.get(_CLOSED),
        first_answer_at=_first_answer_at(created_at, moments, durations),
        answers=answers,
        moments=moments,
        durations=durations,
        flags=_flags(values),
        extra=_extra(values, times, codes, answers),
        **{name: _text(values, header) for header, name in _FIELDS.items()},
        **codes,
    )
    return _post(values, created_at, options), incident


def _created_at(values: Values, options: ImportOptions) -> datetime:
    cell = values.get(_CREATED, "")
    if is_nothing(cell):
        raise Refused(_CREATED, "is missing")
    return moment_of(cell, _CREATED, zone=options.zone, now=options.now)


def _number(values: Values) -> str:
    for header in _NUMBERS:
        cell = values.get(header, "")
        if not is_nothing(cell):
            return id_of(cell, header)
    raise Refused(_NUMBERS[0], "is missing")


def _post(values: Values, created_at: datetime, options: ImportOptions) -> IncomingPost:
    """Take the post with the time of its incident: the export has no other."""
    text = text_in(_without_mark(values.get(_TEXT, "")), _TEXT)
    url = url_in(values.get(_POST_URL, ""), _POST_URL)
    linked = linked_post(url) if url else None
    network = (linked.network if linked else None) or (network_of(url) if url else None)
    return IncomingPost(
        network=network or options.network,
        source=options.source,
        external_id=id_by_content(linked, options.source, created_at, text),
        kind=linked.kind if linked else PostKind.POST,
        parent_id=None,
        url=url,
        text=text,
        published_at=created_at,
    )


def _without_mark(cell: Cell) -> Cell:
    """Every text of this export may begin with the spreadsheet's apostrophe."""
    return cell.strip().removeprefix("'") if isinstance(cell, str) else cell


def _text(values: Values, header: str) -> str | None:
    cell = _without_mark(values.get(header, ""))
    return None if is_nothing(cell) else text_of(cell)


def _times(values: Values, zone: tzinfo) -> dict[str, datetime | timedelta]:
    read = {
        header: _time(values[header], zone)
        for header, role in COLUMNS_47.items()
        if role is Role.TIME and header in values
    }
    return {header: time for header, time in read.items() if time is not None}


def _time(cell: Cell, zone: tzinfo) -> datetime | timedelta | None:
    return utc_of(cell, zone) or duration_of(cell)


def _first_answer_at(
    created_at: datetime,
    moments: Mapping[str, datetime],
    durations: Mapping[str, timedelta],
) -> datetime | None:
    """Moment of the first answer, or the creation and the time that went by."""
    for header in (_FIRST_ANSWER, _FIRST_OWN_ANSWER):
        if header in moments:
            return moments[header]
    for header in (_FIRST_ANSWER, _FIRST_ANSWER_AFTER):
        if header in durations:
            return created_at + durations[header]
    return None


def _answers(values: Values) -> tuple[str, ...]:
    answers = [text for text in (_text(values, each) for each in _ANSWERS) if text]
    first = _text(values, _FIRST_ANSWER_TEXT)
    return tuple(answers or ([first] if first else []))


def _flags(values: Values) -> dict[str, bool]:
    flags = {
        header: flag_of(values[header])
        for header, role in COLUMNS_47.items()
        if role is Role.FLAG and header in values
    }
    return {header: flag for header, flag in flags.items() if flag is not None}


def _coded(values: Values) -> dict[str, str]:
    """Our codes for the incumbent's words; a word without a code stays in `extra`."""
    found = {}
    for header, (name, codes) in _CODES.items():
        code = codes.get((_text(values, header) or "").lower())
        if code:
            found[name] = code
    return found


def _extra(
    values: Values,
    times: Mapping[str, object],
    codes: Mapping[str, str],
    answers: tuple[str, ...],
) -> dict[str, str]:
    """Everything that was written and is not in a field of its own."""
    read = {_NUMBERS[0], _TEXT, _POST_URL, _CREATED, *_ANSWERS, *_FIELDS}
    read |= {*times, *_flags(values)}
    read |= {header for header, (name, _) in _CODES.items() if name in codes}
    texts = {header: _text(values, header) for header in values if header not in read}
    if texts.get(_FIRST_ANSWER_TEXT) in answers:
        del texts[_FIRST_ANSWER_TEXT]
    if is_page_of_a_person(texts.get(_BLOG_URL) or ""):
        del texts[_BLOG_URL]
    return {header: text for header, text in texts.items() if text}
