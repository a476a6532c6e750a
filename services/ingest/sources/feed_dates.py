"""Times in feeds: what the standards say, and what Russian sites write instead."""

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from email.utils import parsedate_to_datetime
from typing import Final

from services.ingest.domain.files.cells import local_moment

_MONTHS: Final = {
    name: number
    for number, names in enumerate(
        (
            "янв jan",
            "фев feb",
            "мар mar",
            "апр apr",
            "май мая may",
            "июн jun",
            "июл jul",
            "авг aug",
            "сен sep",
            "окт oct",
            "ноя nov",
            "дек dec",
        ),
        1,
    )
    for name in names.split()
}
_MOSCOW: Final = timezone(timedelta(hours=3))
_ZONES: Final = {
    "z": UTC,
    "gmt": UTC,
    "utc": UTC,
    "ut": UTC,
    "msk": _MOSCOW,
    "мск": _MOSCOW,
}
_WORDY: Final = re.compile(
    r"(?:[^\W\d_]{1,12}\.?,?\s{1,3})?(?P<day>\d{1,2})\s{1,3}(?P<month>[^\W\d_]{3,10})\.?,?"
    r"\s{1,3}(?P<year>\d{4})(?:\s?г(?:ода|\.)?)?"
    r"(?:,?\s{1,3}(?:в\s)?(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d))?)?"
    r"\s{0,3}(?P<zone>[+-]\d\d:?\d\d|[^\W\d_]{1,5})?",
    re.IGNORECASE,
)
_ZONE_AT_END: Final = re.compile(r"\s+(msk|мск|[+-]\d\d:?\d\d)\Z", re.IGNORECASE)
_LONGEST: Final = 80


def moment_in_feed(text: str, zone: tzinfo) -> datetime | None:
    """Time as UTC; one without an offset is local time of the zone."""
    text = text.strip()
    if not text or len(text) > _LONGEST:
        return None
    try:
        found = _standard(text) or _wordy(text) or _numbers(text)
        return _in_utc(found, zone) if found else None
    except (ValueError, OverflowError):
        return None


def _in_utc(moment: datetime, zone: tzinfo) -> datetime:
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)


def _standard(text: str) -> datetime | None:
    """Atom's times, and those of RSS, but for zones RSS does not know."""
    try:
        return datetime.fromisoformat(text.upper())
    except ValueError:
        pass
    if _ZONE_AT_END.search(text) and not text.isascii():
        return None
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError):
        return None
    named = _ZONES.get(text.rpartition(" ")[2].lower())
    return moment.replace(tzinfo=named) if named and not moment.tzinfo else moment


def _wordy(text: str) -> datetime | None:
    """«Вт, 11 ноя 2025 12:00:00 +0300», «11 ноября 2025 г. в 12:00»."""
    found = _WORDY.fullmatch(text)
    month = _MONTHS.get(found["month"][:3].lower()) if found else None
    if found is None or month is None:
        return None
    return datetime(
        int(found["year"]),
        month,
        int(found["day"]),
        int(found["hour"] or 0),
        int(found["minute"] or 0),
        int(found["second"] or 0),
        tzinfo=_zone(found["zone"]),
    )


def _zone(text: str | None) -> tzinfo | None:
    if not text:
        return None
    if text[0] in "+-":
        sign = -1 if text[0] == "-" else 1
        digits = text[1:].replace(":", "")
        return timezone(
            sign * timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
        )
    return _ZONES.get(text.lower())


def _numbers(text: str) -> datetime | None:
    """«11.11.2025 12:00», with or without a zone behind it."""
    zone = _ZONE_AT_END.search(text)
    moment = local_moment(text[: zone.start()] if zone else text)
    return moment.replace(tzinfo=_zone(zone[1])) if moment and zone else moment
