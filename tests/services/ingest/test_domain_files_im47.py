"""Reading the incumbent's export of 47 columns."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from services.ingest.domain.files import (
    ImportedFile,
    ImportedIncident,
    ImportOptions,
    Profile,
    RefusedRow,
    read_file,
)
from services.ingest.domain.files.headers47 import COLUMNS_47
from services.ingest.domain.posts import IncomingPost, Network, PostKind
from tests.services.ingest.incoming import NOW
from tests.services.ingest.workbooks import workbook

ROW: dict[str, Any] = dict.fromkeys(COLUMNS_47, "-") | {
    "Кабинет": "Вымышленный край",
    "ID": "900000000123",
    "Номер инцидента": "77",
    "Отдел": "Дорожная служба",
    "Исполнитель": "ПИ Дороги",
    "Общее время первого ответа": "2025-10-02 10:00:00",
    "Общий текст первого ответа": "'Мария, здравствуйте! Проверим.",
    "Время с даты создания инцидента до времени первого ответа": "22:00:00",
    "Время с даты создания инцидента до времени первого ответа, рабочее время": (
        "11 days, 12:10:25.217"
    ),
    "Первая реакция с момента назн. ПИ": "0,5",
    "Уложились или нет после назн. ПИ": "Да",
    "Текущий шаг инцидента": "Готово",
    "Дата создания": "2025-10-01 12:00:00",
    "Дата окончания": "2025-10-20 18:30:00",
    "Группа тем": "Дороги",
    "Тема": "Ямы",
    "Регион": "Вымышленный край",
    "Муниципалитет": "Северный район",
    "Населенный пункт": "Вымысел",
    "Улица": "Садовая",
    "Дом": "5",
    "Тип инцидента": "Решаемый",
    "Итог": "Решено",
    "Есть медиафайл в ответе": "Нет",
    "Есть медиафайл в сообщении": "Да",
    "Урл поста": "https://vk.com/wall-900000001_4101",
    "Урл блога": "https://vk.com/club900000001",
    "Текст инцидента": "'Яма на Садовой, 5",
    "1ый ответ ПИ": "'Мария, здравствуйте! Проверим.",
    "2ой ответ ПИ": "'Яму засыпали.",
    "3ий ответ ПИ": "'",
    "Причина закрытия": "Автор доволен",
    "Аудитория": "1500",
    "URL автора": "https://vk.com/id900000077",
    "Теги": "дороги, ямы",
    "Примечание": "срочно",
    "Опрос отправлен": "Нет",
}
AS_TEXT = "format the column as text in the spreadsheet and export it again"
SHORT = "Время с даты создания инцидента до времени первого ответа"


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc,arg-type]


POST = IncomingPost(
    network=Network.VK,
    source="export",
    external_id="wall:-900000001_4101",
    kind=PostKind.POST,
    parent_id=None,
    url="https://vk.com/wall-900000001_4101",
    text="Яма на Садовой, 5",
    published_at=utc(2025, 10, 1, 9),
)
INCIDENT = ImportedIncident(
    number="77",
    created_at=utc(2025, 10, 1, 9),
    authority="Дорожная служба",
    executor="ПИ Дороги",
    topic_group="Дороги",
    topic="Ямы",
    municipality="Северный район",
    settlement="Вымысел",
    street="Садовая",
    house="5",
    kind="solvable",
    outcome="solved",
    closing_reason="author_satisfied",
    first_answer_at=utc(2025, 10, 2, 7),
    closed_at=utc(2025, 10, 20, 15, 30),
    answers=("Мария, здравствуйте! Проверим.", "Яму засыпали."),
    step="Готово",
    tags="дороги, ямы",
    note="срочно",
    moments={
        "Общее время первого ответа": utc(2025, 10, 2, 7),
        "Дата создания": utc(2025, 10, 1, 9),
        "Дата окончания": utc(2025, 10, 20, 15, 30),
    },
    durations={
        SHORT: timedelta(hours=22),
        f"{SHORT}, рабочее время": timedelta(11, 43825, 217000),
        "Первая реакция с момента назн. ПИ": timedelta(hours=12),
    },
    flags={
        "Уложились или нет после назн. ПИ": True,
        "Есть медиафайл в ответе": False,
        "Есть медиафайл в сообщении": True,
        "Опрос отправлен": False,
    },
    extra={
        "Кабинет": "Вымышленный край",
        "ID": "900000000123",
        "Регион": "Вымышленный край",
        "Урл блога": "https://vk.com/club900000001",
        "Аудитория": "1500",
    },
)


def opened(*rows: Mapping[str, object], csv: bool = False) -> ImportedFile:
    table: list[list[object]] = [list(rows[0]), *(list(row.values()) for row in rows)]
    options = ImportOptions(source="export", zone=ZoneInfo("Europe/Moscow"), now=NOW)
    if csv:
        lines = (";".join(f'"{cell}"' for cell in row) for row in table)
        return read_file("\r\n".join(lines).encode("cp1251"), options)
    return read_file(workbook(table), options)


def only(row: Mapping[str, object]) -> Any:  # noqa: ANN401 -- a good or a refused row
    (found,) = opened(row).rows()
    return found


@pytest.mark.parametrize("csv", [False, True])
def test_export_is_recognised_and_read_whole(*, csv: bool) -> None:
    file = opened(ROW, csv=csv)
    row: Any = next(file.rows())

    assert (file.profile, file.missing) == (Profile.IM47, ())
    assert (row.line, row.post, row.incident, row.extra) == (2, POST, INCIDENT, {})


def test_order_and_presence_of_columns_do_not_matter() -> None:
    headers = sorted(ROW, key=lambda header: header[::-1])
    shuffled = {header: ROW[header] for header in headers}
    few = {header: shuffled[header] for header in headers if ROW[header] != "-"}

    assert only(shuffled).incident == INCIDENT
    assert only(few).incident == INCIDENT


def test_author_is_nowhere() -> None:
    file = opened(ROW, ROW | {"Урл блога": "https://vk.com/id900000077"})

    assert [each.header for each in file.columns if each.dropped] == ["URL автора"]
    assert "id900000077" not in repr(list(file.rows()))
    assert "URL автора" not in file.preview[0]
    assert len(file.preview[0]) == 46


def test_times_and_flags_of_a_spreadsheet_are_read() -> None:
    row = ROW | {
        "Дата создания": datetime(2025, 10, 1, 12),  # noqa: DTZ001 -- as a sheet has it
        "Дата окончания": 45950.770833333336,
        "Первая реакция с момента назн. ПИ": timedelta(hours=12),
        SHORT: 22 / 24,
        "Есть медиафайл в ответе": False,
        "ID": 900000000123,
        "Номер инцидента": 77,
        "Дом": 5,
    }

    assert only(row).incident == INCIDENT


def test_empty_cells_are_nothing() -> None:
    row = dict.fromkeys(COLUMNS_47, "") | {
        "Номер инцидента": "78",
        "Дата создания": "2025-10-01 12:00:00",
        "Текст инцидента": "Темно",
        "1ый ответ ПИ": "'",
    }

    found = only(row)

    assert found.incident == ImportedIncident(
        number="78",
        created_at=utc(2025, 10, 1, 9),
        moments={"Дата создания": utc(2025, 10, 1, 9)},
    )
    assert found.post.network is Network.FILE
    assert len(found.post.external_id) == 64


@pytest.mark.parametrize(
    ("changes", "moment"),
    [
        ({"Общее время первого ответа": "03:00:00"}, utc(2025, 10, 1, 12)),
        (
            {
                "Общее время первого ответа": "-",
                "Время 1го ответа ПИ": "2025-10-02 11:00:00",
            },
            utc(2025, 10, 2, 8),
        ),
        ({"Общее время первого ответа": "-"}, utc(2025, 10, 2, 7)),
        ({"Общее время первого ответа": "-", SHORT: "-"}, None),
    ],
)
def test_first_answer_is_found_where_the_export_has_it(
    changes: dict[str, str], moment: datetime | None
) -> None:
    assert only(ROW | changes).incident.first_answer_at == moment


def test_general_text_of_the_answer_counts_when_there_is_no_other() -> None:
    none = {"1ый ответ ПИ": "'", "2ой ответ ПИ": "'"}
    other = {"Общий текст первого ответа": "'Иное"}

    assert only(ROW | none).incident.answers == ("Мария, здравствуйте! Проверим.",)
    assert only(ROW | other).incident.extra["Общий текст первого ответа"] == "Иное"


def test_words_and_columns_we_do_not_know_are_kept() -> None:
    row = ROW | {
        "Итог": "Передано",
        "Уложились или нет после назн. ПИ": "частично",
        "Дата окончания": "скоро",
        "Новый столбец": "что-то",
    }

    found = only(row)

    assert found.incident.outcome is None
    assert found.incident.closed_at is None
    assert found.incident.extra == {
        **INCIDENT.extra,
        "Итог": "Передано",
        "Уложились или нет после назн. ПИ": "частично",
        "Дата окончания": "скоро",
    }
    assert found.extra == {"Новый столбец": "что-то"}


@pytest.mark.parametrize(
    ("header", "values"),
    [
        (
            "Тип инцидента",
            {
                "Решаемый": "solvable",
                "Не решаемый": "not_solvable",
                "Информационный": "informational",
            },
        ),
        (
            "Итог",
            {
                "Решено": "solved",
                "Разъяснено": "explained",
                "Не решено": "not_solved",
                "Отложено": "postponed",
            },
        ),
        (
            "Причина закрытия",
            {
                "Нет ответа от автора": "no_reply_from_author",
                "Автор доволен": "author_satisfied",
                "Дальнейший диалог нецелесообразен": "dialogue_pointless",
            },
        ),
    ],
)
def test_words_of_the_incumbent_have_our_codes(
    header: str, values: dict[str, str]
) -> None:
    field = {"Тип инцидента": "kind", "Итог": "outcome"}.get(header, "closing_reason")

    found = {
        word: getattr(only(ROW | {header: word}).incident, field) for word in values
    }

    assert found == values


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"Дата создания": "-"}, "Дата создания: is missing"),
        (
            {"Дата создания": "вчера"},
            "Дата создания: is not a date and time, such as 11.11.2025 12:00",
        ),
        ({"Текст инцидента": "'"}, "Текст инцидента: is empty"),
        ({"Номер инцидента": "", "ID": "-"}, "Номер инцидента: is missing"),
        ({"Урл поста": "нечто"}, "Урл поста: must be an http or https address"),
        (
            {"Номер инцидента": "9E+11"},
            f"Номер инцидента: is in scientific notation: {AS_TEXT}",
        ),
    ],
)
def test_bad_row_is_refused_by_its_header(changes: dict[str, str], reason: str) -> None:
    rows = list(opened(ROW | changes, ROW).rows())

    assert rows[0] == RefusedRow(2, reason)
    assert not isinstance(rows[1], RefusedRow)


def test_id_stands_in_for_a_missing_number() -> None:
    assert only(ROW | {"Номер инцидента": "-"}).incident.number == "900000000123"
