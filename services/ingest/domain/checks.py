"""Checks of single values from outside: each returns a clean value or refuses it."""

import re
from datetime import UTC, datetime, timedelta
from typing import Final

LONGEST_ID: Final = 255
LONGEST_URL: Final = 2_000
LONGEST_TEXT: Final = 100_000
LARGEST_COUNT: Final = 2**63 - 1

OLDEST: Final = datetime(2000, 1, 1, tzinfo=UTC)
# Senders' clocks run ahead and zones get mixed up: a day covers both.
FUTURE: Final = timedelta(hours=24)

_LONGEST_TIME: Final = 40
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
# Control characters but tab and line feed, marks that turn the reading direction
# (they can show a text other than the stored one), and stray byte order marks.
_UNWANTED: Final = re.compile(
    "[\x01-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]"
)
_LINE_END: Final = re.compile("\r\n|\r|\x85|\u2028|\u2029")
_URL: Final = re.compile(
    r"https?://"
    r"(?:[^\W_](?:[\w.-]*+)|\[[0-9a-f:.]{2,45}\])"
    r"(?::(?P<port>[0-9]{1,5}))?"
    r"(?:[/?#][^\s\x00-\x1f\x7f<>\"\\^`{|}]*+)?",
    re.IGNORECASE,
)
_HIGHEST_PORT: Final = 65_535


class Refused(ValueError):
    """A value from outside that can not be taken; `reason` names its field."""

    def __init__(self, field: str, message: str) -> None:
        self.field = field
        self.reason = f"{field}: {message}"
        super().__init__(self.reason)


def required_string(value: object, field: str) -> str:
    if isinstance(value, str):
        return value
    if value is None:
        raise Refused(field, "is missing")
    raise Refused(field, f"must be a string, not {json_type(value)}")


def identifier(value: object, field: str) -> str:
    """Printable characters on one line, without spaces around them."""
    text = required_string(value, field).strip()
    if not text:
        raise Refused(field, "must not be empty")
    if len(text) > LONGEST_ID:
        raise Refused(field, f"must not be longer than {LONGEST_ID} characters")
    if not text.isprintable():
        raise Refused(field, "must not contain control or invisible characters")
    return text


def clean_text(value: object, field: str = "text") -> str:
    """Refuse NUL and broken Unicode; drop other control characters; LF line ends."""
    text = required_string(value, field)
    if len(text) > LONGEST_TEXT:
        raise Refused(field, f"must not be longer than {LONGEST_TEXT:,} characters")
    return (text if text.isprintable() else _cleaned(text, field)).strip()


def _cleaned(text: str, field: str) -> str:
    if "\0" in text:
        raise Refused(field, "must not contain NUL characters")
    if _SURROGATE.search(text):
        raise Refused(field, "must not contain lone surrogates or invalid UTF-8")
    return _UNWANTED.sub("", _LINE_END.sub("\n", text))


def web_address(value: object, field: str = "url") -> str:
    """Absolute http or https address of a page; no name and password in it."""
    url = required_string(value, field).strip()
    if len(url) > LONGEST_URL:
        raise Refused(field, f"must not be longer than {LONGEST_URL:,} characters")
    found = _URL.fullmatch(url)
    if not found or int(found["port"] or 0) > _HIGHEST_PORT or not _encodable(url):
        raise Refused(field, _what_is_wrong(url))
    return url


def _encodable(url: str) -> bool:
    return url.isascii() or not _SURROGATE.search(url)


def _what_is_wrong(url: str) -> str:
    scheme, separator, rest = url.partition("://")
    if not separator or scheme.lower() not in {"http", "https"}:
        return "must be an http or https address"
    if "@" in re.split(r"[/?#]", rest, maxsplit=1)[0]:
        return "must not contain a name or password"
    return "is not a valid http or https address"


def moment(value: object, field: str, *, now: datetime) -> datetime:
    """Time of RFC 3339 with its offset, as UTC."""
    text = required_string(value, field).strip()
    if len(text) > _LONGEST_TIME:
        raise Refused(field, _TIME_EXPECTED)
    try:
        parsed = datetime.fromisoformat(text.upper())
    except ValueError:
        raise Refused(field, _TIME_EXPECTED) from None
    if parsed.tzinfo is None:
        raise Refused(field, "must have an offset, such as +03:00 or Z")
    return in_range(parsed, field, now=now)


_TIME_EXPECTED: Final = "must be a time such as 2025-11-11T12:00:00+03:00"


def in_range(value: datetime, field: str, *, now: datetime) -> datetime:
    """Aware time as UTC; refuse what is too old or too far ahead."""
    try:
        utc = value.astimezone(UTC)
    except OverflowError:
        raise Refused(field, f"must not be before {OLDEST:%Y-%m-%d}") from None
    if utc < OLDEST:
        raise Refused(field, f"must not be before {OLDEST:%Y-%m-%d}")
    if utc > now + FUTURE:
        raise Refused(field, "must not be more than 24 hours in the future")
    return utc


def count(value: object, field: str) -> int | None:
    """Counter of views and the like: a whole number, or unknown."""
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool):
        raise Refused(field, f"must be a whole number, not {json_type(value)}")
    if not 0 <= value <= LARGEST_COUNT:
        raise Refused(field, f"must be between 0 and {LARGEST_COUNT}")
    return value


def json_type(value: object) -> str:
    """Name of a value's type as JSON people say it."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true or false"
    names = {int: "a number", float: "a number", str: "a string", list: "an array"}
    return names.get(type(value), "an object")
