"""What a cell of a table means: text, id, time, length of time, yes or no."""

import re
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Final

from services.ingest.domain.checks import Refused, in_range
from services.ingest.domain.files.tables import Cell

# Spreadsheets count days from here; the odd day makes up for their leap year 1900.
_EPOCH: Final = datetime(1899, 12, 30)  # noqa: DTZ001 -- a spreadsheet knows no zones
_FIRST_DAY: Final = 36_526  # 2000-01-01
_LAST_DAY: Final = 73_050  # 2099-12-31
_EXACT: Final = 10**15  # a spreadsheet rounds longer numbers

_SERIAL: Final = re.compile(r"\d{5}(?:[.,]\d{1,15})?")
_RUSSIAN_TIME: Final = re.compile(
    r"(\d{1,2})\.(\d{1,2})\.(\d{4}|\d{2})(?:\s*г\.?)?"
    r"(?:[\s,T]+(\d{1,2})[:.](\d{2})(?:[:.](\d{2})(?:[.,]\d{1,6})?)?)?"
)
_ISO_TIME: Final = re.compile(r"\d{4}-\d{2}-\d{2}.*", re.DOTALL)
_SCIENTIFIC: Final = re.compile(r"\d+(?:[.,]\d+)?E\+?\d+", re.IGNORECASE)
_DURATION: Final = re.compile(
    r"(?:(?P<days>-?\d{1,6})\s*(?:days?|дн(?:ей|я|\.)?|день|д\.?)(?:,\s*|\s+|\Z))?"
    r"(?:(?P<hours>\d{1,7}):(?P<minutes>[0-5]?\d)(?::(?P<seconds>[0-5]?\d)"
    r"(?:[.,](?P<fraction>\d{1,9}))?)?)?",
    re.IGNORECASE,
)
_DAYS: Final = re.compile(r"\d{1,5}[.,]\d{1,17}|\d{1,5}")
_YES: Final = frozenset({"да", "yes", "true", "1", "истина", "+", "уложились"})
_NO: Final = frozenset({"нет", "no", "false", "0", "ложь", "не уложились"})
_CENTURY: Final = 2000
_OLDEST_YEAR: Final = 1990
_NEWEST_YEAR: Final = 2099

NOTHING: Final = frozenset({"", "-", "–", "—", "'", "’", "null", "n/a", "#н/д"})


def text_of(cell: Cell) -> str:
    """Text as a person sees it in the cell, without the spreadsheet's text mark."""
    if isinstance(cell, str):
        return _unmarked(cell)
    if isinstance(cell, bool):
        return "да" if cell else "нет"
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < _EXACT:
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.isoformat(" ")
    return str(cell)


def _unmarked(text: str) -> str:
    """Strip the apostrophe before a text that a spreadsheet would calculate."""
    text = text.strip()
    if text.startswith(("'=", "'+", "'-", "'@")) or text == "'":
        return text[1:].strip()
    return text


def is_nothing(cell: Cell) -> bool:
    """Say whether a cell was left empty, whatever stands in it for that."""
    return isinstance(cell, str) and cell.strip().lower() in NOTHING


def id_of(cell: Cell, field: str) -> str:
    """Identifier; refuse one whose last digits a spreadsheet has thrown away."""
    if isinstance(cell, bool) or not isinstance(cell, str | int | float):
        raise Refused(field, "must be a number or text")
    if isinstance(cell, float) and not cell.is_integer():
        raise Refused(field, "must be a whole number or text")
    if not isinstance(cell, str):
        if abs(cell) >= _EXACT:
            raise Refused(field, f"has lost digits: {_AS_TEXT}")
        return str(int(cell))
    text = cell.strip().removeprefix("'").strip()
    if _SCIENTIFIC.fullmatch(text):
        raise Refused(field, f"is in scientific notation: {_AS_TEXT}")
    return text


_AS_TEXT: Final = "format the column as text in the spreadsheet and export it again"


def moment_of(cell: Cell, field: str, *, zone: tzinfo, now: datetime) -> datetime:
    """Time as UTC; what has no offset is local time of the zone."""
    value = local_moment(cell)
    if value is None:
        raise Refused(field, "is not a date and time, such as 11.11.2025 12:00")
    if value.tzinfo is None:
        value = value.replace(tzinfo=zone)
    return in_range(value, field, now=now)


def local_moment(cell: Cell) -> datetime | None:
    """Time as it is written, with an offset only where it is written."""
    if isinstance(cell, datetime):
        return cell
    if isinstance(cell, date):
        return datetime.combine(cell, time())
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return _from_serial(float(cell))
    return (
        _written_moment(cell.strip().removeprefix("'"))
        if isinstance(cell, str)
        else None
    )


def _written_moment(text: str) -> datetime | None:
    if _SERIAL.fullmatch(text):
        return _from_serial(float(text.replace(",", ".")))
    if _ISO_TIME.fullmatch(text):
        try:
            return datetime.fromisoformat(text.replace(",", "."))
        except ValueError:
            return None
    return _russian_moment(text)


def _russian_moment(text: str) -> datetime | None:
    found = _RUSSIAN_TIME.fullmatch(text)
    if found is None:
        return None
    day, month, year, hour, minute, second = (int(part or 0) for part in found.groups())
    year += 0 if year > 99 else _CENTURY  # noqa: PLR2004 -- a year of two digits
    try:
        return datetime(year, month, day, hour, minute, second)  # noqa: DTZ001 -- local
    except ValueError:
        return None


def _from_serial(days: float) -> datetime | None:
    if not _FIRST_DAY <= days < _LAST_DAY:
        return None
    # A second is 0.0000116 of a day: rounding mends the spreadsheet's fractions.
    return _EPOCH + timedelta(seconds=round(days * 86_400))


def duration_of(cell: Cell) -> timedelta | None:
    """Length of time: «11 days, 12:10:25.217», «276:10:25», a fraction of days."""
    if isinstance(cell, timedelta):
        return cell
    if isinstance(cell, time):
        return timedelta(
            hours=cell.hour,
            minutes=cell.minute,
            seconds=cell.second,
            microseconds=cell.microsecond,
        )
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return _days(float(cell))
    return (
        _written_duration(cell.strip().removeprefix("'"))
        if isinstance(cell, str)
        else None
    )


def _written_duration(text: str) -> timedelta | None:
    if _DAYS.fullmatch(text):
        return _days(float(text.replace(",", ".")))
    found = _DURATION.fullmatch(text)
    if not text or found is None:
        return None
    fraction = (found["fraction"] or "0").ljust(6, "0")[:6]
    return timedelta(
        days=int(found["days"] or 0),
        hours=int(found["hours"] or 0),
        minutes=int(found["minutes"] or 0),
        seconds=int(found["seconds"] or 0),
        microseconds=int(fraction),
    )


def _days(days: float) -> timedelta | None:
    return timedelta(seconds=round(days * 86_400)) if 0 <= days < _FIRST_DAY else None


def flag_of(cell: Cell) -> bool | None:
    """Yes, no, or nothing that means either."""
    if isinstance(cell, bool):
        return cell
    text = text_of(cell).lower()
    return True if text in _YES else False if text in _NO else None


def count_of(cell: Cell) -> int | None:
    """Whole number with or without spaces between the thousands; else unknown."""
    text = (
        re.sub(r"[\s\u00a0]", "", text_of(cell)) if not isinstance(cell, bool) else ""
    )
    found = re.fullmatch(r"(\d{1,15})(?:[.,]0+)?", text)
    return int(found[1]) if found else None


def utc_of(cell: Cell, zone: tzinfo) -> datetime | None:
    """Time of an incident as UTC, if the cell holds one of this age."""
    local = local_moment(cell)
    if local is None or not _OLDEST_YEAR <= local.year <= _NEWEST_YEAR:
        return None
    aware = local if local.tzinfo else local.replace(tzinfo=zone)
    return aware.astimezone(UTC)
