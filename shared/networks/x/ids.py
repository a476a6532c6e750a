"""Ids of X, which count up with time: each tells when its post was written."""

from datetime import UTC, datetime, timedelta
from typing import Final

_EPOCH_MS: Final = 1_288_834_974_657
_SHIFT: Final = 22
HIGHEST: Final = 2**63 - 1


def moment_of(number: int) -> datetime:
    """Say when a post with this id was written; to the millisecond."""
    told = datetime.fromtimestamp(0, UTC)
    return told + timedelta(milliseconds=(number >> _SHIFT) + _EPOCH_MS)


def lowest_at(moment: datetime) -> int:
    """Give the lowest id a post of this moment can have."""
    since = moment - datetime.fromtimestamp(0, UTC)
    told = since // timedelta(milliseconds=1) - _EPOCH_MS
    return max(0, told) << _SHIFT


def number_of(value: object) -> int | None:
    """Read an id, which X writes as a string; None for what is none."""
    if isinstance(value, bool):
        return None
    text = str(value) if isinstance(value, int | str) else ""
    is_number = text.isdecimal() and text.isascii() and len(text) <= len(str(HIGHEST))
    number = int(text) if is_number else 0
    return number if 0 < number <= HIGHEST else None
