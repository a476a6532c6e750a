"""Cuts a text into plain and marked pieces, so that templates never see markup."""

from collections.abc import Iterable
from dataclasses import dataclass

_LEAD = 60


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text, marked or not."""

    text: str
    marked: bool = False


def pieces(text: str, spans: Iterable[tuple[int, int]]) -> tuple[Piece, ...]:
    """Cut a text at its spans; spans may overlap, touch or reach outside."""
    cut: list[Piece] = []
    at = 0
    for start, end in _merged(spans, len(text)):
        if start > at:
            cut.append(Piece(text[at:start]))
        cut.append(Piece(text[start:end], marked=True))
        at = end
    if at < len(text):
        cut.append(Piece(text[at:]))
    return tuple(cut)


def excerpt(
    text: str, spans: Iterable[tuple[int, int]], *, length: int = 220
) -> tuple[Piece, ...]:
    """Cut the part of a text that shows its first mark, at word borders."""
    merged = _merged(spans, len(text))
    first = merged[0][0] if merged else 0
    start = _word_start(text, first - _LEAD) if first > length - _LEAD else 0
    end = min(len(text), start + length)
    shifted = [(a - start, b - start) for a, b in merged if b > start and a < end]
    shown = pieces(text[start:end], shifted)
    before = (Piece("…"),) if start else ()
    after = (Piece("…"),) if end < len(text) else ()
    return before + shown + after


def _merged(spans: Iterable[tuple[int, int]], size: int) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted((max(0, a), min(size, b)) for a, b in spans):
        if start >= end:
            continue
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _word_start(text: str, near: int) -> int:
    if near <= 0:
        return 0
    space = text.find(" ", near)
    return near if space < 0 else space + 1
