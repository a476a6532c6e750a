"""The sheet of an XLSX file that looks like a table of posts, as rows of cells."""

from collections.abc import Iterator
from io import BytesIO
from itertools import islice
from typing import Final

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from services.ingest.domain.files.tables import (
    FileFormat,
    FileRefused,
    Recognised,
    Table,
    TableRow,
)
from services.ingest.domain.files.zip_check import check_archive

_LOOK_SHEETS: Final = 10
_LOOK_ROWS: Final = 10
_ENOUGH: Final = 2


def xlsx_table(data: bytes, recognised: Recognised) -> Table:
    """Open a spreadsheet that was looked through; values of formulas, no formulas."""
    check_archive(data)
    try:
        sheet = _best_sheet(CalamineWorkbook.from_filelike(BytesIO(data)), recognised)
    except CalamineError as error:
        raise FileRefused(f"the XLSX file is damaged: {error}") from None
    except BaseException as error:
        # The reader is Rust: it can panic on a broken file, which is no Exception.
        if type(error).__name__ != "PanicException":
            raise
        raise FileRefused("the XLSX file is damaged") from None
    return Table(FileFormat.XLSX, None, None, lambda: _rows(sheet))


def _best_sheet(book: CalamineWorkbook, recognised: Recognised) -> CalamineSheet:
    """Take the first sheet with headers we know, else the first that is not empty."""
    first: CalamineSheet | None = None
    for sheet in islice(_shown_sheets(book), _LOOK_SHEETS):
        start = islice(_rows(sheet), _LOOK_ROWS)
        if max((recognised(list(map(str, row.cells))) for row in start), default=0) >= (
            _ENOUGH
        ):
            return sheet
        first = first or sheet
    if first is None:
        raise FileRefused("the spreadsheet is empty")
    return first


def _shown_sheets(book: CalamineWorkbook) -> Iterator[CalamineSheet]:
    for sheet in book.sheets_metadata:
        if sheet.typ is SheetTypeEnum.WorkSheet and _is_shown(sheet.visible):
            opened = book.get_sheet_by_name(sheet.name)
            if opened.height:
                yield opened


def _is_shown(visible: SheetVisibleEnum) -> bool:
    return visible is SheetVisibleEnum.Visible


def _rows(sheet: CalamineSheet) -> Iterator[TableRow]:
    first = sheet.start[0] if sheet.start else 0
    for line, cells in enumerate(sheet.iter_rows(), 1):
        if line > first and any(cell != "" for cell in cells):
            yield TableRow(line, cells)
