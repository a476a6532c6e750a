"""How often a feed wishes to be read: `ttl`, `skipHours` and `skipDays` of RSS 2.0."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final, TypeAlias

Hints: TypeAlias = Mapping[str, Any]
"""What a feed wishes, as its cursor keeps it; empty for most feeds.

`ttl` is in minutes; `hours` are of GMT, 0 to 23; `days` of the week, Monday is 0.
"""

_LONGEST: Final = timedelta(days=1)
"""No feed is left alone for longer, whatever it wishes."""

_HEAD: Final = 64 * 1024
"""Bytes in which a feed tells of itself; entries follow."""

_HOUR: Final = timedelta(hours=1)
_MINUTES_OF_DAY, _HOURS, _DAYS = 24 * 60, 24, 7

# Not by feedparser, which keeps the last hour and the last day only.
_SKIPPED: Final = re.compile(
    rb"<skip(hours|days)\b[^>]{0,99}>(.{0,2000}?)</skip\1\s*>",
    re.IGNORECASE | re.DOTALL,
)
_EACH: Final = re.compile(
    rb"<(?:hour|day)\b[^>]{0,99}>\s*([a-z]{1,9}|\d{1,2})\s*<", re.IGNORECASE
)
_NAMES: Final = (b"mon", b"tue", b"wed", b"thu", b"fri", b"sat", b"sun")


def hints_of(body: bytes, feed: Mapping[str, Any]) -> dict[str, Any]:
    """Read what a document in UTF-8 wishes; `feed` is its head, as feedparser reads it.

    Who wishes never to be read is not heard.
    """
    found: dict[str, Any] = {}
    ttl = str(feed.get("ttl", ""))
    if ttl.isdecimal() and len(ttl) <= len(str(_MINUTES_OF_DAY)) and int(ttl):
        found["ttl"] = min(int(ttl), _MINUTES_OF_DAY)
    for kind, inner in _SKIPPED.findall(body[:_HEAD]):
        told = [each.lower() for each in _EACH.findall(inner)]
        if kind.lower() == b"hours":
            # RSS 0.91 counts from 1 to 24.
            named = {int(each) % _HOURS for each in told if each.isdigit()}
            most, name = _HOURS, "hours"
        else:
            named = {_NAMES.index(each[:3]) for each in told if each[:3] in _NAMES}
            most, name = _DAYS, "days"
        if named and len(named) < most:
            found[name] = sorted(named)
    return found


def rest_of(hints: Hints, now: datetime) -> timedelta | None:
    """Say for how long a feed wishes not to be read from now (UTC) on, None if it may.

    Asked before each call: a pause alone may end within an hour that is to be skipped.
    """
    hours, days = hints.get("hours", ()), hints.get("days", ())
    moment = now
    while moment.hour in hours or moment.weekday() in days:
        moment = moment.replace(minute=0, second=0, microsecond=0) + _HOUR
        if moment - now >= _LONGEST:
            return _LONGEST
    return (moment - now) or None


def pause_of(hints: Hints, now: datetime) -> timedelta | None:
    """Say when a feed that was just read wishes to be read again, None for any time."""
    ttl = timedelta(minutes=hints.get("ttl", 0))
    return ttl + (rest_of(hints, now + ttl) or timedelta()) or None
