"""Reading uploaded files with posts."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from itertools import repeat
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ingest.domain.files import (
    Column,
    FileFormat,
    FileRefused,
    ImportedFile,
    ImportedRow,
    ImportOptions,
    Profile,
    RefusedRow,
    read_file,
)
from services.ingest.domain.posts import IncomingPost, Network, PostKind
from tests.services.ingest.incoming import NOW, post_object
from tests.services.ingest.workbooks import workbook

NOON = datetime(2025, 11, 11, 9, 0, tzinfo=UTC)


def options(**changes: Any) -> ImportOptions:  # noqa: ANN401 -- any field
    fields: dict[str, Any] = {
        "source": "import-1",
        "zone": ZoneInfo("Europe/Moscow"),
        "now": NOW,
    }
    return ImportOptions(**(fields | changes))


def opened(content: str | bytes, **changes: object) -> ImportedFile:
    data = content if isinstance(content, bytes) else content.encode()
    return read_file(data, options(**changes))


def imported(content: str | bytes, **changes: object) -> list[Any]:
    return list(opened(content, **changes).rows())


def texts(content: str | bytes) -> list[str]:
    return [
        row.post.text if isinstance(row, ImportedRow) else row.reason
        for row in imported(content)
    ]


def post(text: str, **changes: Any) -> IncomingPost:  # noqa: ANN401 -- any field
    fields: dict[str, Any] = {
        "network": Network.FILE,
        "source": "import-1",
        "external_id": "1",
        "kind": PostKind.POST,
        "parent_id": None,
        "url": None,
        "text": text,
        "published_at": NOON,
    }
    return IncomingPost(**(fields | changes))


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


AS_TEXT = "format the column as text in the spreadsheet and export it again"


def test_bad_rows_never_lose_the_good_ones() -> None:
    text = (
        "ID;Дата;Текст;Ссылка\n"
        "1;11.11.2025;Яма;\n"
        "9E+11;11.11.2025;Яма;\n"
        "3;вчера;Яма;\n"
        "4;11.11.2025;;\n"
        "5;11.11.2025;Яма;javascript:alert(1)\n"
        "6;;Яма;\n"
        "7;11.11.2025;Яма;;лишнее\n"
        '8;11.11.2025;"не закрыто;\n'
        "9;11.11.2025;Вода;-\n"
    )

    assert texts(text) == [
        "Яма",
        f"external_id: is in scientific notation: {AS_TEXT}",
        "published_at: is not a date and time, such as 11.11.2025 12:00",
        "text: is empty",
        "url: must be an http or https address",
        "published_at: is missing",
        "row: has 5 values for 4 columns",
        "row: a quoted value is not closed or too long (unexpected end of data)",
        "Вода",
    ]
    assert [row.line for row in imported(text)] == [2, 3, 4, 5, 6, 7, 8, 9, 10]


def test_text_after_a_closing_quote_is_not_worth_a_row() -> None:
    assert texts('Дата;Текст\n11.11.2025;"ООО ""Дом"" и"ко\n11.11.2025;Яма') == [
        'ООО "Дом" ико',
        "Яма",
    ]


def test_quote_inside_a_value_is_a_letter() -> None:
    assert texts('Дата;Текст\n11.11.2025;труба 5" течёт') == ['труба 5" течёт']


def test_endless_quote_loses_only_its_row() -> None:
    filler = "".join(f"11.11.2025;Строка {number}\n" for number in range(12_000))

    found = texts(f'Дата;Текст\n11.11.2025;"без конца\n{filler}')

    assert len(found) == 12_001
    assert found[0].startswith("row: a quoted value is not closed or too long")
    assert found[1:3] == ["Строка 0", "Строка 1"]


def test_bytes_that_are_no_utf8_lose_only_their_row() -> None:
    text = "Дата;Текст\n11.11.2025;Яма первая\n11.11.2025;@\n11.11.2025;Яма третья\n"

    data = text.encode().replace(b"@", b"\xd0")

    assert texts(data) == ["Яма первая", "row: is not valid UTF-8", "Яма третья"]


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ("Я\0ма", "text: must not contain NUL characters"),
        ("я" * 100_001, "text: must not be longer than 100,000 characters"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
    ],
)
def test_texts_are_checked_as_pushed_ones_are(bad: str, reason: str) -> None:
    assert texts(f"Дата;Текст\n11.11.2025;{bad}\n11.11.2025;Яма\n") == [reason, "Яма"]


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


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "the file is empty"),
        (b" \n \r\n", "the file is empty"),
        (b"\xef\xbb\xbf", "the file is empty"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest", "old .xls or has a password"),
        (b"PK\x03\x04broken", "the XLSX file is damaged"),
        (bytes(range(32)) * 9, "none of CSV, NDJSON and XLSX"),
        (b'"never closed', "the file has no rows that can be read"),
        (";".join(["a"] * 600).encode(), "more than 500 columns"),
        (b" " * 50_000_001, "larger than 50,000,000 bytes"),
    ],
)
def test_file_that_can_not_be_read_is_one_clear_error(
    data: bytes, message: str
) -> None:
    with pytest.raises(FileRefused, match=message):
        opened(data)


def test_two_hundred_thousand_rows_are_the_most() -> None:
    file = opened("Дата;Текст\n11.11.2025;Яма\n")

    just_fits = replace(file, source=ManyRows(200_000)).rows()
    too_many = replace(file, source=ManyRows(200_001)).rows()

    assert sum(1 for _ in just_fits) == 200_000
    with pytest.raises(FileRefused, match="more than 200,000 rows"):
        list(too_many)


class ManyRows:
    """As many rows as one likes."""

    columns = ()

    def __init__(self, number: int) -> None:
        self.number = number

    def rows(self) -> Iterator[RefusedRow]:
        return repeat(RefusedRow(1, "x"), self.number)

    def preview(self) -> Iterator[Mapping[str, str]]:
        return iter(())


def test_export_profile_is_refused_for_other_files() -> None:
    with pytest.raises(FileRefused, match="is CSV or XLSX, this file is NDJSON"):
        opened(json.dumps(post_object()), profile="im47")
    with pytest.raises(FileRefused, match="not an export of incidents"):
        opened("Дата;Текст\n11.11.2025;Яма\n", profile="im47")


SIGNS = st.sampled_from(
    ['"', ";", ",", "\n", "\r\n", "Дата", "Текст", "11.11.2025", "Яма", "\0", "'", "="]
)


@given(st.binary(max_size=300) | st.lists(SIGNS, max_size=40).map("".join))
def test_any_file_is_read_or_refused(content: bytes | str) -> None:
    try:
        rows = imported(content)
    except FileRefused as refused:
        rows = [RefusedRow(1, str(refused))]

    assert all(row.line > 0 for row in rows)
