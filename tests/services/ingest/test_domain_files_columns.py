"""Which field a column holds."""

import pytest

from services.ingest.domain.files.columns import (
    Column,
    Profile,
    columns_of,
    known_headers,
    missing_fields,
    profile_of,
    unique_headers,
)
from services.ingest.domain.files.headers47 import COLUMNS_47, compact, known_column
from services.ingest.domain.files.tables import FileRefused


def fields(*headers: str) -> list[str | None]:
    return [column.field for column in columns_of(headers, Profile.POSTS, {})]


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("Дата", "published_at"),
        ("  ДАТА  ПУБЛИКАЦИИ ", "published_at"),
        ("«Дата и время»", "published_at"),
        ("Published At", "published_at"),
        ("published-at", "published_at"),
        ("Текст сообщения", "text"),
        ("Ссылка", "url"),
        ("Источник", "source"),
        ("Соц. сеть", "network"),
        ("Соцсеть", "network"),
        ("ID поста", "external_id"),
        ("Количество лайков:", "likes"),
        ("Удалён", "deleted"),
        ("Настроение", None),
    ],
)
def test_header_names_the_field_whatever_its_spelling(
    header: str, field: str | None
) -> None:
    assert fields(header) == [field]


@pytest.mark.parametrize(
    "header",
    [
        "Автор",
        "URL автора",
        "author_name",
        "Author",
        "ФИО",
        "Ф.И.О.",
        "Имя пользователя",
        "user id",
        "Username",
        "Ник",
        "Телефон",
        "E-mail",
        "Профиль",
        "Заявитель",
        "from_id",
        "Подписчики автора",
        "Возраст",
    ],
)
def test_columns_about_a_person_are_never_read(header: str) -> None:
    reason = "personal data of the author is not read"
    mapped = columns_of([header], Profile.POSTS, {header: "text"})

    assert columns_of([header], Profile.POSTS, {}) == (
        Column(header, None, dropped=True, reason=reason),
    )
    assert mapped == (Column(header, None, dropped=True, reason=reason),)
    assert columns_of([header], Profile.IM47, {})[0].dropped


@pytest.mark.parametrize("header", ["Настроение", "Кабинет", "Тема", "Район"])
def test_other_columns_are_kept_beside_the_post(header: str) -> None:
    assert columns_of([header], Profile.POSTS, {}) == (
        Column(header, None, reason="unknown column, kept beside the post"),
    )


def test_first_of_two_columns_for_a_field_holds_it() -> None:
    assert columns_of(["Текст", "Сообщение"], Profile.POSTS, {}) == (
        Column("Текст", "text"),
        Column("Сообщение", None, reason="an earlier column holds text"),
    )


def test_mapping_overrules_the_headers() -> None:
    mapping = {"Суть": "text", "Дата": None}

    columns = columns_of(["Текст", "Суть", "Дата"], Profile.POSTS, mapping)

    assert columns == (
        Column("Текст", None, reason="another column was chosen as text"),
        Column("Суть", "text"),
        Column("Дата", None, reason="left out by choice"),
    )


@pytest.mark.parametrize(
    ("mapping", "message"),
    [
        ({"Нет такой": "text"}, "mapping names columns the file lacks"),
        ({"Текст": "mood"}, r"mapping names unknown fields: \['mood'\]"),
    ],
)
def test_wrong_mapping_is_refused(mapping: dict[str, str | None], message: str) -> None:
    with pytest.raises(FileRefused, match=message):
        columns_of(["Текст"], Profile.POSTS, mapping)


def test_missing_fields_are_told() -> None:
    assert missing_fields(columns_of(["Текст"], Profile.POSTS, {})) == ("published_at",)
    assert missing_fields(columns_of(["Дата", "Пост"], Profile.POSTS, {})) == ()


def test_empty_and_repeated_headers_can_be_told_apart() -> None:
    assert unique_headers(["A", "", "A", " a\nb ", ""]) == (
        "A",
        "column 2",
        "A (2)",
        "a b",
        "column 5",
    )


def test_there_are_47_columns_and_all_are_recognised() -> None:
    assert len(COLUMNS_47) == 47
    assert len({compact(header) for header in COLUMNS_47}) == 47
    assert [known_column(header) for header in COLUMNS_47] == list(COLUMNS_47)


@pytest.mark.parametrize(
    ("written", "known"),
    [
        ("НАСЕЛЁННЫЙ  ПУНКТ", "Населенный пункт"),
        ("«Урл поста»", "Урл поста"),
        ("URL поста", "Урл поста"),
        ("1-ый ответ ПИ", "1ый ответ ПИ"),
        ("1-й ответ ПИ", "1ый ответ ПИ"),
        (
            "Время с даты создания инцидента до времени первого ответа рабочее время",
            "Время с даты создания инцидента до времени первого ответа, рабочее время",
        ),
        ("Нечто", None),
    ],
)
def test_columns_of_the_export_are_known_by_name(
    written: str, known: str | None
) -> None:
    assert known_column(written) == known


def test_export_is_recognised_by_itself() -> None:
    some = ["Тема", "Итог", "Текст инцидента", "Отдел", "Дата создания"]

    assert profile_of(some, "auto") is Profile.IM47
    assert profile_of(some, "posts") is Profile.POSTS
    assert profile_of(some[:4], "auto") is Profile.POSTS
    assert profile_of(["Дата", "Текст"], "auto") is Profile.POSTS
    with pytest.raises(FileRefused, match="not an export of incidents"):
        profile_of(some[:4], "im47")


def test_author_of_the_export_is_dropped() -> None:
    columns = columns_of(list(COLUMNS_47), Profile.IM47, {})

    assert [each.header for each in columns if each.dropped] == ["URL автора"]
    assert sum(each.field is not None for each in columns) == 46


def test_header_row_is_told_by_what_it_says() -> None:
    assert known_headers(["Выгрузка за ноябрь", ""]) == 0
    assert known_headers(["Дата", "Текст", "Настроение"]) == 2
