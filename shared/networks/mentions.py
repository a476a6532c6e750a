"""Cuts people's names out of texts at offsets that are UTF-16 units."""

from collections.abc import Sequence
from typing import Final

SOMEBODY: Final = "@…"

_UNIT: Final = "utf-16-le"
_BYTES: Final = 2


def cut_utf16(text: str, offset: int, length: int) -> tuple[str, str, str]:
    """Cut text at such offsets, where an emoji counts for two."""
    units = text.encode(_UNIT, "surrogatepass")
    start, end = offset * _BYTES, (offset + length) * _BYTES
    parts = (units[:start], units[start:end], units[end:])
    before, inside, after = (part.decode(_UNIT, "surrogatepass") for part in parts)
    return before, inside, after


def without_mentions(text: str, spans: Sequence[tuple[int, int]]) -> str:
    """Replace spans (offset and length in UTF-16 units) that name people."""
    for offset, length in sorted(spans, reverse=True):
        before, _, after = cut_utf16(text, offset, length)
        text = f"{before}{SOMEBODY}{after}"
    return text
