"""The hash chain itself: pure, so that an outside verifier can be the same code."""

import hashlib
import json
from collections.abc import Iterable
from typing import Any, NamedTuple

GENESIS = "0" * 64
"""The hash before the first entry."""


class Row(NamedTuple):
    """One stored entry: its number, its canonical JSON and its hash."""

    seq: int
    body: str
    hash: str


def canonical(value: dict[str, Any]) -> str:
    """Write JSON in the one form that is hashed: sorted keys, no spaces, UTF-8.

    Floats are refused: other programs write the same float differently. Lone
    surrogates, which UTF-8 cannot hold, are written as JSON escapes.
    """
    _refuse_floats(value)
    text = json.dumps(
        value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str
    )
    return text.encode("utf-8", "backslashreplace").decode()


def _refuse_floats(value: object) -> None:
    match value:
        case float():
            raise TypeError(f"no floats in the audit log: {value!r}; write it as text")
        case dict():
            for part in value.values():
                _refuse_floats(part)
        case list() | tuple():
            for part in value:
                _refuse_floats(part)


def link(prev_hash: str, body: str) -> str:
    """Hash an entry together with the hash before it."""
    return hashlib.sha256(bytes.fromhex(prev_hash) + body.encode()).hexdigest()


def verify(
    rows: Iterable[Row], *, head: tuple[int, str], start: tuple[int, str] = (0, GENESIS)
) -> int | None:
    """Return the number of the first entry that does not fit, None when all do.

    `head` is the length and last hash kept outside the rows: without it a cut-off
    tail could not be noticed.
    """
    seq, last = start
    for row in rows:
        expected = link(last, row.body)
        if row.seq != seq + 1 or row.hash != expected:
            return seq + 1
        seq, last = row.seq, row.hash
    return None if (seq, last) == head else seq + 1
