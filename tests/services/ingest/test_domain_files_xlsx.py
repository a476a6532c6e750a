"""Spreadsheets made to hurt are refused before anything opens them."""

import struct
import zipfile
from datetime import UTC, datetime

import pytest

from services.ingest.domain.files import FileRefused, ImportOptions, read_file
from services.ingest.domain.files.zip_check import check_archive
from tests.services.ingest.incoming import NOW
from tests.services.ingest.pace import limit, seconds_of
from tests.services.ingest.workbooks import packed, parts, workbook

HEADER = '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c></row>'
STRINGS = "<si><t>Дата</t></si><si><t>Текст</t></si><si><t>Яма</t></si>"
GOOD = (
    HEADER + '<row r="2"><c r="A2"><v>45972.5</v></c><c r="B2" t="s"><v>2</v></c></row>'
)

WITHOUT_REFERENCES = (
    '<row><c t="s"><v>0</v></c><c t="s"><v>1</v></c></row>'
    '<row><c><v>45972.5</v></c><c t="s"><v>2</v></c></row>'
)


def rows(data: bytes) -> list[str]:
    options = ImportOptions(source="s", zone=UTC, now=NOW)
    return [
        getattr(row, "reason", None) or row.post.text  # type: ignore[union-attr]
        for row in read_file(data, options).rows()
    ]


def refusal(data: bytes) -> str:
    with pytest.raises(FileRefused) as caught:
        rows(data)
    return str(caught.value)


def test_workbook_written_by_hand_is_read() -> None:
    assert rows(packed(parts(GOOD, STRINGS))) == ["Яма"]
    assert rows(packed(parts(GOOD, STRINGS), zipfile.ZIP_STORED)) == ["Яма"]


@pytest.mark.parametrize(
    "sheet",
    [
        GOOD.replace(" r=", "\n r = ").replace('"', "'"),
        GOOD.replace("<v>", "<v >"),
        WITHOUT_REFERENCES,
    ],
)
def test_odd_spelling_of_cells_is_read_too(sheet: str) -> None:
    assert rows(packed(parts(sheet, STRINGS))) == ["Яма"]


@pytest.mark.parametrize(
    ("sheet", "message"),
    [
        ('<row r="9"><c r="XFD9"/></row>', "more than 500 columns"),
        ('<row r="9"><c r="ZZ9"/></row>', "more than 500 columns"),
        ('<row r="1048576"><c r="A1048576"/></row>', "more than 200,000 rows"),
        ("<row r='1048576'/>", "more than 200,000 rows"),
        ('<x:row r="1048576" />', "more than 200,000 rows"),
        ('<row r="99999999999999999999"/>', "more than 200,000 rows"),
        ('<row r="200000"><c r="CV200000"/></row>', "more than 10,000,000 cells"),
        ('<row r="2"><c\tr="XFD2"/></row>', "more than 500 columns"),
        ('<row r="2"><x:c r="XFD2"/></row>', "more than 500 columns"),
        ("<row>" + "<c/>" * 600 + "</row>", "more than 500 columns"),
        ("<row></row>" * 210_000, "more than 200,000 rows"),
    ],
)
def test_grid_that_would_fill_the_memory_is_refused(sheet: str, message: str) -> None:
    assert message in refusal(packed(parts(sheet)))


@pytest.mark.parametrize("gap", ["<c @r='XFD2'/>", "<c r@='XFD2'/>", "<c r=@'XFD2'/>"])
@pytest.mark.parametrize("spaces", [1, 400, 600, 3000, 50_000])
@pytest.mark.parametrize("before", [0, 3, 5, 9, 100, 590, 2990])
def test_cell_can_not_hide_where_two_chunks_meet(
    gap: str, spaces: int, before: int
) -> None:
    cell = gap.replace("@", " " * spaces)
    empty = parts("")["xl/worksheets/sheet1.xml"].index(b"</sheetData>")
    padding = (1 << 20) - empty - len("<row r='2'>") - before
    sheet = f"<!--{'x' * (padding - 7)}--><row r='2'>{cell}</row>"

    message = refusal(packed(parts(sheet), zipfile.ZIP_STORED))

    assert message in {
        "the sheet has more than 500 columns",
        "the XLSX file has parts that spreadsheets do not have",
    }


@pytest.mark.parametrize(
    "cell",
    [
        '<c r="A{n}" t="s"><v>0</v></c>',
        '<c r="A{n}" s="1" t="s"><v>0</v></c>',
        '<c t="s" r="A{n}"><v>0</v></c>',
        "<c r='A{n}' t='s'><v>0</v></c>",
        '<c r="A{n}" t="s"><v >0</v></c>',
    ],
)
def test_long_text_shown_by_many_cells_is_refused(cell: str) -> None:
    sheet = "".join(f'<row r="{n}">{cell.format(n=n)}</row>' for n in range(1, 2001))

    data = packed(parts(sheet, f"<si><t>{'я' * 100_000}</t></si>"))

    assert len(data) < 50_000
    assert "the texts of the sheet are over" in refusal(data)


def test_bomb_is_refused_soon_whatever_it_declares() -> None:
    files = parts(GOOD, STRINGS)
    bomb = packed(files | {"xl/media/image1.png": b"\0" * 300_000_000})
    messages: list[str] = []

    taken = seconds_of(lambda: messages.append(refusal(bomb)))

    assert messages == ["the XLSX file is packed too tightly to be a spreadsheet"]
    assert taken < limit(2)


def test_declared_size_is_not_believed() -> None:
    honest = packed(parts(GOOD, STRINGS) | {"xl/big.xml": b"x" * 4_000_000})
    size = struct.pack("<I", 4_000_000)

    assert honest.count(size) == 2
    assert "a part has another size" in refusal(
        honest.replace(size, struct.pack("<I", 10))
    )


def test_size_over_all_parts_is_refused() -> None:
    data = packed(parts(GOOD) | {"xl/a.xml": b"x" * 4_000_001})
    told = data.replace(struct.pack("<I", 4_000_001), struct.pack("<I", 600_000_000))

    assert "inflates to over 600,000,000 bytes" in refusal(told)


@pytest.mark.parametrize(
    ("extra", "message"),
    [
        ({"xl/vbaProject.bin": b"x"}, "the spreadsheet has macros"),
        ({"xl/macrosheets/sheet1.xml": b"x"}, "the spreadsheet has macros"),
        ({f"xl/{n}.xml": b"" for n in range(1000)}, "more than 1000 parts"),
        (
            {"xl/worksheets/sheet1.xml": b'<!DOCTYPE a [<!ENTITY x "y">]><a/>'},
            "parts that spreadsheets do not have",
        ),
        (
            {"xl/worksheets/sheet1.xml": "<worksheet/>".encode("utf-16")},
            "parts that spreadsheets do not have",
        ),
        ({"xl/worksheets/sheet1.xml": b"<worksheet><sheetData>"}, "damaged"),
        ({"xl/workbook.xml": b"<workbook>"}, ""),
    ],
)
def test_archive_with_strange_parts_is_refused(
    extra: dict[str, bytes], message: str
) -> None:
    assert message in refusal(packed(parts(GOOD, STRINGS) | extra))


@pytest.mark.parametrize("missing", ["xl/workbook.xml", "[Content_Types].xml"])
def test_archive_that_is_no_spreadsheet_is_refused(missing: str) -> None:
    files = parts(GOOD)
    del files[missing]

    assert refusal(packed(files)) == "the archive is not an XLSX spreadsheet"


def test_password_is_told() -> None:
    data = bytearray(packed(parts(GOOD)))
    central = data.index(b"PK\x01\x02")
    data[central + 8] |= 1

    assert "is encrypted" in refusal(bytes(data))


def test_unusual_packing_is_refused() -> None:
    data = packed(parts(GOOD), zipfile.ZIP_LZMA)

    assert "packed in an unusual way" in refusal(data)


@pytest.mark.parametrize("cut", [40, 400, 900, -30])
def test_cut_off_file_is_refused(cut: int) -> None:
    assert "damaged" in refusal(packed(parts(GOOD, STRINGS))[:cut])


def test_damaged_part_is_refused() -> None:
    data = packed(parts(GOOD, STRINGS))
    middle = data.index(b"sheet1.xml") + 14

    assert "damaged" in refusal(data[:middle] + b"\xff\xff\xff" + data[middle + 3 :])


def test_every_flipped_byte_is_survived() -> None:
    data = packed(parts(GOOD, STRINGS))

    for place in range(4, len(data)):
        spoilt = bytearray(data)
        spoilt[place] ^= 0x15
        try:
            rows(bytes(spoilt))
        except FileRefused as refused:
            assert str(refused)  # noqa: PT017 -- a reason, whichever byte it was


def test_empty_workbook_is_refused() -> None:
    assert refusal(workbook([])) == "the spreadsheet is empty"


def test_large_honest_workbook_passes_the_check_quickly() -> None:
    sheet = [["Дата", "Текст"]] + [
        [datetime(2025, 11, 11), f"Яма номер {n}, вода по колено"]  # noqa: DTZ001 -- as a sheet has it
        for n in range(20_000)
    ]
    data = workbook(sheet)

    assert seconds_of(lambda: check_archive(data)) < limit(2)
