"""Looks through the archive of a spreadsheet before anything opens it as one.

The spreadsheet reader fills a dense grid, copies a shared string into each cell that
shows it, and ends the whole process when memory runs out. So sizes are measured here,
on the bytes that really come out of the archive, not on what it declares.
"""

import re
import struct
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from typing import Final
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from services.ingest.domain.files.tables import MOST_ROWS, FileRefused

_MOST_ENTRIES: Final = 1_000
_LARGEST_INFLATED: Final = 600_000_000
_LARGEST_RATIO: Final = 200
_RATIO_MATTERS_FROM: Final = 5_000_000
_MOST_CELLS: Final = 10_000_000
_LARGEST_STRINGS: Final = 256_000_000
_HEADER_ROWS: Final = 20
_WIDEST: Final = 500

_ENCRYPTED: Final = 0x1
_LOCAL_HEADER: Final = struct.Struct("<4s5H3I2H")
_CHUNK: Final = 1 << 20
_BITE: Final = 1 << 16
_OVERLAP: Final = 512
_TOKEN: Final = 16
_LONGEST_GAP: Final = 4096

# Cells as spreadsheets write them; a hundred thousand of them pass in a moment.
_PLAIN_CELL: Final = re.compile(rb"<c r=\"([A-Z]{1,4})(\d{1,8})\"")
_PLAIN_ROW: Final = re.compile(rb"<row r=\"(\d{1,8})\"")
_TEXT_CELL: Final = re.compile(
    rb"<c r=\"[A-Z]{1,4}\d{1,8}\"(?: s=\"\d+\")? t=\"s\"><v>(\d{1,9})</v>"
)
_OTHER_CELL: Final = re.compile(
    rb"<c r=\"[A-Z]{1,4}\d{1,8}\"(?: s=\"\d+\")?(?: t=\"(?!s\")\w+\")?/?>"
)
# The same in any spelling XML allows, for parts where the plain ones are not all.
_ANY_CELL: Final = re.compile(rb"<(?:\w+:)?(c|row)[\s>/]")
_REFERENCE_SIGN: Final = re.compile(rb"r\s*=")
_ANY_REFERENCE: Final = re.compile(rb"\br\s*=\s*[\"']([A-Za-z]*)(\d+)[\"']")
_CELL_STARTS: Final = (b"<c ", b"<c>", b"<c/", b"<c\t", b"<c\n", b"<c\r")
_PREFIXED: Final = (b":c ", b":c>", b":c/", b":c\t", b":c\n", b":c\r", b":row")
_END_OF_STRING: Final = b"</si>"


def check_archive(data: bytes) -> None:
    """Raise `FileRefused` for archives that are no XLSX or would not fit memory."""
    try:
        entries = ZipFile(BytesIO(data)).infolist()
    except (BadZipFile, ValueError, OSError, struct.error) as error:
        raise FileRefused(f"the XLSX file is damaged: {error}") from None
    _check_entries(entries)
    strings = _Strings()
    for entry in entries:
        if _is_shared_strings(entry):
            strings.read(_inflated(data, entry))
    for entry in entries:
        grid = _Grid(strings)
        for chunk in _inflated(data, entry):
            if entry.filename.endswith(".xml"):
                grid.read(chunk)
        grid.check()


def _check_entries(entries: Sequence[ZipInfo]) -> None:
    names = {entry.filename.lower() for entry in entries}
    if len(entries) > _MOST_ENTRIES:
        raise FileRefused(f"the XLSX file has more than {_MOST_ENTRIES} parts")
    if any(entry.flag_bits & _ENCRYPTED for entry in entries):
        raise FileRefused("the XLSX file is encrypted; save it without a password")
    if any("vbaproject" in name or "macrosheet" in name for name in names):
        raise FileRefused("the spreadsheet has macros; save it as .xlsx")
    if "xl/workbook.xml" not in names or "[content_types].xml" not in names:
        raise FileRefused("the archive is not an XLSX spreadsheet")
    if sum(entry.file_size for entry in entries) > _LARGEST_INFLATED:
        raise FileRefused(f"the XLSX file inflates to over {_LARGEST_INFLATED:,} bytes")


def _is_shared_strings(entry: ZipInfo) -> bool:
    return "sharedstrings" in entry.filename.lower()


def _inflated(data: bytes, entry: ZipInfo) -> Iterator[bytes]:
    """Chunks of what really is in the archive, whatever size it declares."""
    packed = _packed(data, entry)
    size = 0
    for chunk in _chunks(packed, entry):
        size += len(chunk)
        ratio = size / max(1, len(packed))
        if size > _RATIO_MATTERS_FROM and ratio > _LARGEST_RATIO:
            raise FileRefused("the XLSX file is packed too tightly to be a spreadsheet")
        if size > entry.file_size:
            raise FileRefused("the XLSX file is damaged: a part has another size")
        yield chunk
    if size != entry.file_size:
        raise FileRefused("the XLSX file is damaged: a part has another size")


def _packed(data: bytes, entry: ZipInfo) -> memoryview:
    header = data[entry.header_offset : entry.header_offset + _LOCAL_HEADER.size]
    if len(header) < _LOCAL_HEADER.size or not header.startswith(b"PK\x03\x04"):
        raise FileRefused("the XLSX file is damaged: a part is missing")
    *_, name_size, extra_size = _LOCAL_HEADER.unpack(header)
    start = entry.header_offset + _LOCAL_HEADER.size + name_size + extra_size
    return memoryview(data)[start : start + entry.compress_size]


def _chunks(packed: memoryview, entry: ZipInfo) -> Iterator[bytes]:
    if entry.compress_type == ZIP_STORED:
        for start in range(0, len(packed), _CHUNK):
            yield bytes(packed[start : start + _CHUNK])
        return
    if entry.compress_type != ZIP_DEFLATED:
        raise FileRefused("the XLSX file is packed in an unusual way; save it again")
    try:
        yield from _inflate(packed)
    except zlib.error as error:
        raise FileRefused(f"the XLSX file is damaged: {error}") from None


def _inflate(packed: memoryview) -> Iterator[bytes]:
    """Take small bites, so that no bite can fill the memory."""
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    for start in range(0, len(packed), _BITE):
        rest: bytes | memoryview = packed[start : start + _BITE]
        while rest:
            yield inflater.decompress(rest, _CHUNK)
            rest = inflater.unconsumed_tail
    while chunk := inflater.decompress(b"", _CHUNK):
        yield chunk


@dataclass(slots=True)
class _Strings:
    """Sizes of the shared strings, in the order in which cells number them."""

    sizes: list[int] = field(default_factory=list)
    largest: int = 0

    def read(self, chunks: Iterator[bytes]) -> None:
        size, tail = 0, b""
        for chunk in chunks:
            *ended, rest = (tail + chunk).split(_END_OF_STRING)
            for part in ended:
                self.add(size + len(part))
                size = 0
            tail = rest[-len(_END_OF_STRING) :]
            size += len(rest) - len(tail)
        self.add(size + len(tail))

    def add(self, size: int) -> None:
        self.sizes.append(size)
        self.largest = max(self.largest, size)

    def size_of(self, number: bytes) -> int:
        index = int(number)
        return self.sizes[index] if index < len(self.sizes) else 0


@dataclass(slots=True)
class _Grid:
    """What one part would need as a sheet, counted while it streams by."""

    strings: _Strings
    rows: int = 0
    columns: int = 0
    loose_rows: int = 0
    loose_cells: int = 0
    loose_columns: int = 0
    shown: int = 0
    tail: bytes = b""
    is_sheet: bool = False

    def read(self, chunk: bytes) -> None:
        """Read up to the last tag that begins in the chunk; the rest comes next."""
        part = self.tail + chunk
        cut = part.rfind(b"<")
        if len(part) - cut > _OVERLAP:  # a long text, or a tag made long on purpose
            cut = max(0, len(part.rstrip()) - _TOKEN)
        if len(part) - cut > _LONGEST_GAP:
            raise _strange_part()
        cell = part.rfind(b"<c", max(0, cut - _OVERLAP), cut)
        cut = cell if cell >= 0 else cut
        self._count(part[:cut])
        self.tail = part[cut:]

    def check(self) -> None:
        self._count(self.tail)
        if not self.is_sheet:
            return
        rows = self.rows + self.loose_rows
        columns = self.columns + self.loose_columns
        if rows > MOST_ROWS + _HEADER_ROWS:
            raise FileRefused(f"the sheet has more than {MOST_ROWS:,} rows")
        if columns > _WIDEST:
            raise FileRefused(f"the sheet has more than {_WIDEST} columns")
        if rows * columns > _MOST_CELLS:
            raise FileRefused(f"the sheet has more than {_MOST_CELLS:,} cells")
        if self.shown > _LARGEST_STRINGS:
            raise FileRefused(
                f"the texts of the sheet are over {_LARGEST_STRINGS:,} bytes"
            )

    def _count(self, part: bytes) -> None:
        if b"<!DOCTYPE" in part or b"\0" in part:
            raise _strange_part()
        self.is_sheet = self.is_sheet or b"sheetData" in part
        cells = sum(map(part.count, _CELL_STARTS))
        plain = _PLAIN_CELL.findall(part)
        rows = _PLAIN_ROW.findall(part)
        self._reach({letters for letters, _ in plain}, {row for _, row in plain})
        self._reach(set(), set(rows))
        references = len(_REFERENCE_SIGN.findall(part))
        odd = references != len(plain) + len(rows) or any(
            mark in part for mark in _PREFIXED
        )
        if odd or len(plain) != cells or len(rows) != part.count(b"<row"):
            self._count_odd(part)
            cells = max(cells, len(_ANY_CELL.findall(part)))
        self._count_strings(part, cells)

    def _reach(self, columns: set[bytes], rows: set[bytes]) -> None:
        self.columns = max(self.columns, *map(_column, columns), 0)
        self.rows = max(self.rows, *map(int, rows), 0)

    def _count_odd(self, part: bytes) -> None:
        """Cells and rows without a reference stand one after another."""
        for letters, digits in _ANY_REFERENCE.findall(part):
            self._reach({letters}, {digits[:9]})
        for mark in _ANY_CELL.findall(part):
            if mark == b"row":
                self.loose_rows += 1
                self.loose_cells = 0
            else:
                self.loose_cells += 1
                self.loose_columns = max(self.loose_columns, self.loose_cells)

    def _count_strings(self, part: bytes, cells: int) -> None:
        """Add what the cells show; one of an odd spelling may show the largest."""
        shown = _TEXT_CELL.findall(part)
        odd = cells - len(shown) - len(_OTHER_CELL.findall(part))
        self.shown += sum(map(self.strings.size_of, shown))
        self.shown += max(0, odd) * self.strings.largest


def _strange_part() -> FileRefused:
    return FileRefused("the XLSX file has parts that spreadsheets do not have")


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters[:4].upper():
        number = number * 26 + letter - 64
    return number
