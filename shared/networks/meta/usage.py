"""How much of its allowance a token has used, as Meta tells it with every answer."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

HEADERS: Final = (
    "X-Business-Use-Case-Usage",
    "X-App-Usage",
    "X-Page-Usage",
)
SLOW_FROM: Final = 80
"""Percent of the allowance from which calls are spread further and further apart."""

_FULL: Final = 100
_STEP: Final = timedelta(minutes=3)
_ABSURD: Final = 1_000_000.0
_SHARES: Final = ("call_count", "total_cputime", "total_time")
_LONGEST: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Usage:
    """The fullest of all allowances, and how long an empty one takes to come back."""

    percent: float = 0
    regain: timedelta | None = None

    @property
    def rest(self) -> timedelta | None:
        """How long to leave the token alone now; None as long as there is plenty.

        Three minutes at 80 percent, half an hour at 90, an hour at 99: the fifth that
        is left of 200 calls lasts until the window of 24 hours lets go of old ones.
        """
        if self.regain is not None:
            return self.regain
        if self.percent >= _FULL:
            return timedelta(hours=1)
        if self.percent < SLOW_FROM:
            return None
        return _STEP * (1 + self.percent - SLOW_FROM)


def usage_of(headers: Mapping[str, str]) -> Usage:
    """Read all usage headers; what can not be read says nothing."""
    told = [each for name in HEADERS for each in _entries(headers.get(name))]
    percents = [_number(each, share) for each in told for share in _SHARES]
    waits = [_number(each, "estimated_time_to_regain_access") for each in told]
    longest = timedelta(minutes=max(waits, default=0))
    return Usage(max(percents, default=0), min(longest, _LONGEST) or None)


def _entries(header: str | None) -> Iterator[Mapping[str, Any]]:
    """Give the objects with figures, whichever business they are filed under."""
    try:
        told = json.loads(header or "{}")
    except ValueError:
        return
    if not isinstance(told, dict):
        return
    if any(share in told for share in _SHARES):
        yield told
    for filed in told.values():
        for each in filed if isinstance(filed, list) else ():
            if isinstance(each, dict):
                yield each


def _number(entry: Mapping[str, Any], name: str) -> float:
    value = entry.get(name)
    if not isinstance(value, int | float) or isinstance(value, bool):
        return 0.0
    return min(max(float(value), 0.0), _ABSURD)
