"""Spreadsheets for tests: good ones, and archives made to hurt."""

import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import xlsxwriter

_FORMATS = "http://schemas.openxmlformats.org/package/2006/content-types"
_VENDOR = "application/vnd.openxmlformats-"
_TYPES = (
    f'<?xml version="1.0"?><Types xmlns="{_FORMATS}"><Default Extension="rels"'
    f' ContentType="{_VENDOR}package.relationships+xml"/><Default Extension="xml"'
    ' ContentType="application/xml"/><Override PartName="/xl/workbook.xml"'
    f' ContentType="{_VENDOR}officedocument.spreadsheetml.sheet.main+xml"/></Types>'
)
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_RELATIONS = (
    f'<?xml version="1.0"?><Relationships xmlns="{_PACKAGE}"><Relationship Id="rId1"'
    f' Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
)
_BOOK = (
    f'<?xml version="1.0"?><workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
    '<sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>'
)
_BOOK_RELATIONS = (
    f'<?xml version="1.0"?><Relationships xmlns="{_PACKAGE}"><Relationship Id="rId1"'
    f' Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/><Relationship'
    f' Id="rId2" Type="{_OFFICE}/sharedStrings" Target="sharedStrings.xml"/>'
    "</Relationships>"
)


def workbook(*sheets: Sequence[Sequence[Any]], hidden: Iterable[int] = ()) -> bytes:
    """Workbook with rows of values; times and durations formatted as such."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"strings_to_urls": False})
    formats = {
        datetime: book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
        timedelta: book.add_format({"num_format": "[hh]:mm:ss"}),
    }
    for number, rows in enumerate(sheets):
        sheet = book.add_worksheet()
        if number in hidden:
            sheet.hide()
        elif number == len(set(hidden)):
            sheet.activate()  # the active sheet can not be hidden
        for y, row in enumerate(rows):
            for x, value in enumerate(row):
                write(sheet, (y, x), value, formats.get(type(value)))
    book.close()
    return buffer.getvalue()


def write(sheet: Any, place: tuple[int, int], value: object, style: Any) -> None:  # noqa: ANN401 -- xlsxwriter has no types
    if isinstance(value, str):
        sheet.write_string(*place, value)
    elif style is not None:
        sheet.write_datetime(*place, value, style)
    elif value is not None:
        sheet.write(*place, value)


def parts(sheet: str, strings: str = "") -> dict[str, bytes]:
    """Parts of a workbook written by hand, to be spoilt by a test."""
    return {
        "[Content_Types].xml": _TYPES.encode(),
        "_rels/.rels": _RELATIONS.encode(),
        "xl/workbook.xml": _BOOK.encode(),
        "xl/_rels/workbook.xml.rels": _BOOK_RELATIONS.encode(),
        "xl/sharedStrings.xml": f'<?xml version="1.0"?><sst xmlns="{_MAIN}">'
        f"{strings}</sst>".encode(),
        "xl/worksheets/sheet1.xml": f'<?xml version="1.0"?><worksheet xmlns="{_MAIN}">'
        f"<sheetData>{sheet}</sheetData></worksheet>".encode(),
    }


def packed(files: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()
