"""Finds out how the bytes of a text file spell letters."""

import codecs
import re
from typing import Final

_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_LOOK: Final = 16_384
# Of UTF-16 text at least the delimiters, digits and line ends have a zero byte.
_ZEROS: Final = 0.02
# So many of the letters around the first damaged one may be damaged in a file that
# is still UTF-8; in cp1251 nearly every letter is invalid as UTF-8.
_DAMAGED: Final = 0.05
_BEYOND_ASCII: Final = re.compile(r"[^\x00-\x7f]")


def decode(data: bytes) -> tuple[str, str]:
    """Text and the name of its encoding: by mark, then strict UTF-8, then cp1251.

    Damaged bytes of UTF-8 become lone surrogates, so that only their rows are lost.
    """
    for mark, name in _BOMS:
        if data.startswith(mark):
            return _as(name, data)
    unmarked = _unmarked_utf16(data[:_LOOK])
    if unmarked:
        return _as(unmarked, data)
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError as error:
        if _is_damaged_utf8(data[max(0, error.start - _LOOK) : error.start + _LOOK]):
            return data.decode("utf-8", "surrogateescape"), "utf-8"
    return data.decode("cp1251", "replace"), "windows-1251"


def _as(name: str, data: bytes) -> tuple[str, str]:
    errors = "surrogateescape" if name == "utf-8-sig" else "replace"
    return data.decode(name, errors).removeprefix("\ufeff"), name


def _unmarked_utf16(start: bytes) -> str | None:
    even, odd = start[::2].count(0), start[1::2].count(0)
    if max(even, odd) <= len(start) * _ZEROS:
        return None
    return "utf-16-le" if odd > even else "utf-16-be"


def _is_damaged_utf8(around: bytes) -> bool:
    text = around.decode("utf-8", "replace")
    return text.count("\ufffd") < _DAMAGED * len(_BEYOND_ASCII.findall(text))
