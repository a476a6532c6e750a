"""Reading uploaded files with posts: what is recognised, row by row."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from services.ingest.domain.files import (
    Column,
    FileFormat,
    ImportedRow,
    Profile,
    RefusedRow,
)
from services.ingest.domain.posts import Network, PostKind
from tests.services.ingest.files_read import NOON, imported, opened, post
from tests.services.ingest.incoming import post_object
from tests.services.ingest.workbooks import workbook


def test_russian_excel_is_read(samples: Path) -> None:
    file = opened((samples / "file_import" / "excel_ru.csv").read_bytes())
    rows: list[Any] = list(file.rows())

    assert (file.profile, file.format) == (Profile.POSTS, FileFormat.CSV)
    assert (file.encoding, file.delimiter) == ("windows-1251", ";")
    assert file.columns == (
        Column("Дата", "published_at"),
        Column("Источник", "source"),
        Column("Ссылка", "url"),
        Column("Текст", "text"),
    )
    assert file.preview[0] == {
        "Дата": "11.11.2025 12:00",
        "Источник": "ВК",
        "Ссылка": "https://vk.com/wall-900000001_4101",
        "Текст": 'Яма; вода "по колено"',
    }
    assert rows[0] == ImportedRow(
        2,
        post(
            'Яма; вода "по колено"',
            network=Network.VK,
            external_id="wall:-900000001_4101",
            url="https://vk.com/wall-900000001_4101",
        ),
        {},
    )
    assert rows[1].post.text == '=HYPERLINK("http://x")'
    assert rows[1].post.network is Network.OK
    assert rows[1].post.published_at == NOON


def test_utf8_with_a_mark_and_lines_in_quotes_is_read(samples: Path) -> None:
    file = opened((samples / "file_import" / "utf8_bom.csv").read_bytes())

    assert (file.encoding, file.delimiter) == ("utf-8-sig", ",")
    assert [row.post for row in file.rows() if isinstance(row, ImportedRow)] == [
        post(
            "Строка 1\nСтрока 2",
            network=Network.TELEGRAM,
            external_id="test_district/501",
            url="https://t.me/test_district/501",
        )
    ]


TABLE = [
    ["ID", "Дата", "Текст", "Район"],
    ["1", "11.11.2025 12:00", 'Яма; у дома, "пять"', "Северный"],
    ["2", "11.11.2025 12:00", "Ёлка\nне\tубрана", "Южный"],
    ["3", "11.11.2025 12:00", "Света нет|воды нет", ""],
]


def csv_of(delimiter: str, end: str = "\r\n") -> str:
    def quoted(cell: str) -> str:
        return '"' + cell.replace('"', '""') + '"'

    return end.join(delimiter.join(map(quoted, row)) for row in TABLE)


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
@pytest.mark.parametrize(
    ("encoding", "told"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("cp1251", "windows-1251"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("utf-16", "utf-16-le"),
    ],
)
def test_csv_of_every_kind_gives_the_same_rows(
    delimiter: str, end: str, encoding: str, told: str
) -> None:
    file = opened(csv_of(delimiter, end).encode(encoding))

    assert (file.encoding, file.delimiter) == (told, delimiter)
    assert list(file.rows()) == [
        ImportedRow(2, post('Яма; у дома, "пять"'), {"Район": "Северный"}),
        ImportedRow(3, post("Ёлка\nне\tубрана", external_id="2"), {"Район": "Южный"}),
        ImportedRow(4, post("Света нет|воды нет", external_id="3"), {}),
    ]


def test_workbook_gives_the_same_rows() -> None:
    rows = (
        [[*TABLE[0], "Автор", "Просмотры", "Удалено"]]
        + [
            [float(row[0]), datetime(2025, 11, 11, 12), *row[2:], "Имярек", 7, False]  # noqa: DTZ001 -- as a sheet has it
            for row in TABLE[1:]
        ]
    )

    file = opened(workbook(rows))

    assert (file.format, file.encoding, file.delimiter) == ("xlsx", None, None)
    assert "Имярек" not in repr((file.preview, list(file.rows())))
    assert next(file.rows()) == ImportedRow(
        2, post('Яма; у дома, "пять"', metrics={"views": 7}), {"Район": "Северный"}
    )
    assert len(list(file.rows())) == 3


def test_first_visible_sheet_with_rows_is_read_and_titles_are_passed_over() -> None:
    sheet = [["Выгрузка за ноябрь"], [], ["", *TABLE[0]], ["", *TABLE[1]]]

    rows = imported(workbook([["скрыто"]], [], sheet, TABLE, hidden=[0]))

    assert [(row.line, row.post.external_id) for row in rows] == [(4, "1")]


def test_sheet_with_known_headers_is_preferred_to_a_cover() -> None:
    cover: list[list[Any]] = [["Сводка за ноябрь"], ["Всего", 3]]

    assert len(imported(workbook(cover, TABLE))) == 3
    assert opened(workbook(cover)).missing == ("text", "published_at")


def test_announced_delimiter_is_taken() -> None:
    rows = imported("sep=;\r\nДата;Текст\r\n11.11.2025;Яма, вода")

    assert [(row.line, row.post.text) for row in rows] == [(3, "Яма, вода")]


def test_titles_above_the_headers_are_passed_over() -> None:
    text = "Отчёт за ноябрь;;\n;;\nДата;Текст;Район\n11.11.2025;Яма;Север\n"

    assert [(row.line, row.post.text) for row in imported(text)] == [(4, "Яма")]


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (
            {"Источник": "Телеграм", "Соцсеть": ""},
            {"network": Network.TELEGRAM, "source": "import-1"},
        ),
        (
            {"Источник": "Наш район", "Соцсеть": "ВКонтакте"},
            {"network": Network.VK, "source": "Наш район"},
        ),
        (
            {"Источник": "Наш район", "Ссылка": "https://www.tiktok.com/@x/video/1"},
            {"network": Network.TIKTOK, "source": "Наш район"},
        ),
        ({"Источник": "Наш район"}, {"network": Network.FILE, "source": "Наш район"}),
        (
            {"Ссылка": "vk.com/wall-1_2?reply=3"},
            {"network": Network.VK, "kind": PostKind.COMMENT},
        ),
        (
            {"Ссылка": "https://vk.com/wall-1_2", "ID": "77"},
            {"network": Network.VK, "external_id": "77"},
        ),
        ({"Тип": "Комментарий", "Родитель": 5}, {"parent_id": "5"}),
        ({"Удалено": "Да", "Текст": ""}, {"deleted": True, "text": ""}),
        ({"Дата изменения": "11.11.2025 12:00"}, {"edited_at": NOON}),
        (
            {"Лайки": "1 200", "Просмотры": "?"},
            {"metrics": {"likes": 1200, "views": None}},
        ),
    ],
)
def test_row_is_read_with_what_its_columns_say(
    row: dict[str, object], expected: dict[str, object]
) -> None:
    full: dict[str, object] = {"Дата": "11.11.2025 12:00", "Текст": "Яма", **row}

    (found,) = imported(workbook([list(full), list(full.values())]))

    assert {name: getattr(found.post, name) for name in expected} == expected


def test_key_without_id_and_link_is_made_of_the_content_alone() -> None:
    def key(line: str) -> str:
        (row,) = imported(f"Автор;Дата;Текст\n{line}\n")
        return str(row.post.external_id)

    first = key("Имярек;11.11.2025;Яма")

    assert len(first) == 64
    assert key("Другой;11.11.2025;Яма") == first
    assert key("Имярек;11.11.2025;Вода") != first
    assert key("Имярек;12.11.2025;Яма") != first


def test_preview_has_ten_rows_and_never_the_author() -> None:
    lines = "".join(f"Имярек;11.11.2025;Яма {n};id{n}\n" for n in range(50))

    file = opened(f"Автор;Дата;Текст;URL автора\n{lines}")

    assert len(file.preview) == 10
    assert file.preview[9] == {"Дата": "11.11.2025", "Текст": "Яма 9"}
    assert "Имярек" not in repr(list(file.rows()))


def test_mapping_of_the_user_is_followed() -> None:
    mapping = {"Когда": "published_at", "Что": "text", "ID": None}

    (row,) = imported("ID;Когда;Что\n5;11.11.2025 12:00;Яма\n", mapping=mapping)

    assert row.post.text == "Яма"
    assert len(row.post.external_id) == 64
    assert row.extra == {"ID": "5"}


def test_missing_fields_are_told_for_the_mapping_screen() -> None:
    file = opened("Когда;Что\n11.11.2025 12:00;Яма\n")

    assert file.missing == ("text", "published_at")
    assert file.preview == ({"Когда": "11.11.2025 12:00", "Что": "Яма"},)


def test_ndjson_is_read_as_a_push_call_is() -> None:
    first = post_object()
    second = {
        "external_id": "B",
        "text": "Вода",
        "published_at": "2025-11-11T09:00:00Z",
    }
    lines = [
        json.dumps(first),
        "",
        '{"broken": ',
        json.dumps(second, indent=None),
        "[1]",
        json.dumps(second | {"kind": "photo"}),
    ]

    file = opened("\r\n".join(lines))
    rows: list[Any] = list(file.rows())

    assert (file.format, file.encoding, file.delimiter) == ("ndjson", "utf-8", None)
    assert [each.header for each in file.columns if each.dropped] == ["author"]
    assert file.missing == ()
    assert "Житель" not in repr((file.preview, rows))
    assert rows[0].post.source == "city-portal"
    assert rows[1:] == [
        RefusedRow(3, "line: is not valid JSON: Expecting value"),
        ImportedRow(4, post("Вода", external_id="B"), {}),
        RefusedRow(5, "line: must be a JSON object"),
        RefusedRow(6, "kind: must be one of post, comment"),
    ]
