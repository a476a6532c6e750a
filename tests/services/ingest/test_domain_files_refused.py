"""Rows that are refused with their reason, and files that are not read."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import repeat

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ingest.domain.files import FileRefused, RefusedRow
from tests.services.ingest.files_read import imported, opened, texts
from tests.services.ingest.incoming import post_object

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
