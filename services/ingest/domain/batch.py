"""Body of one push call: JSON array, single object or NDJSON, each post for itself."""

import io
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from pydantic_core import from_json

from services.ingest.domain.checks import Refused
from services.ingest.domain.posts import IncomingPost, parse_post
from services.ingest.domain.versions import CHANGES, Effect, effect_of, version_of

LARGEST_BODY: Final = 5_000_000
MOST_LINES: Final = 10_000

_NDJSON_TYPES: Final = frozenset(
    {"application/x-ndjson", "application/ndjson", "application/jsonl"}
)
_UTF8_BOM: Final = b"\xef\xbb\xbf"
_OTHER_BOMS: Final = (b"\xff\xfe", b"\xfe\xff")
_FIRST_SIGN: Final = re.compile(rb"[ \t\r\n]*([^ \t\r\n])")
_LONGEST_NUMBER: Final = 40


class BatchError(ValueError):
    """The whole call can not be read; nothing of it was taken."""


class BatchTooLarge(BatchError):
    """The body has more bytes than one call may have."""


class BatchTooLong(BatchError):
    """The body has more posts than one call may have."""


class BatchMalformed(BatchError):
    """The body is none of the forms that are taken."""


@dataclass(frozen=True, slots=True)
class PostLine:
    """A good post and where it stood; the first line or array element is 1."""

    line: int
    post: IncomingPost


@dataclass(frozen=True, slots=True)
class RejectedLine:
    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class Batch:
    """Outcome of reading a call; every line is counted in exactly one of the four."""

    posts: tuple[PostLine, ...]  # one for each key: the latest version
    earlier: tuple[PostLine, ...]  # versions that later lines of the call replaced
    duplicates: int  # the same again, or older than an earlier line
    rejected: tuple[RejectedLine, ...]


def parse_batch(body: bytes, content_type: str | None, *, now: datetime) -> Batch:
    """Read the body of one call; raises `BatchError` when nothing can be taken."""
    if len(body) > LARGEST_BODY:
        raise BatchTooLarge(f"the body is larger than {LARGEST_BODY:,} bytes")
    posts: list[PostLine] = []
    rejected: list[RejectedLine] = []
    for line, entry in _limited(_entries(body, content_type)):
        try:
            posts.append(PostLine(line, parse_post(_value(entry), now=now)))
        except Refused as refused:
            rejected.append(RejectedLine(line, refused.reason))
    kept, earlier, duplicates = _latest(posts, now)
    return Batch(tuple(kept), tuple(earlier), duplicates, tuple(rejected))


def parse_json_line(line: bytes) -> object:
    """Value of one line of NDJSON; raises `Refused` when there is none."""
    try:
        return from_json(line, allow_inf_nan=False)
    except ValueError:
        return _patient_value(line)


def _entries(body: bytes, content_type: str | None) -> Iterable[tuple[int, object]]:
    if body.startswith(_OTHER_BOMS):
        raise BatchMalformed("the body must be UTF-8, it looks like UTF-16")
    body = body.removeprefix(_UTF8_BOM)
    first = _FIRST_SIGN.match(body)
    if first is None:
        raise BatchMalformed("the body is empty")
    kind = (content_type or "").partition(";")[0].strip().lower()
    if kind in _NDJSON_TYPES:
        return _lines_or_value(body)
    if first[1] == b"[":
        return _elements(body)
    if first[1] == b"{":
        return _object_or_lines(body, is_json=kind.endswith("json"))
    raise BatchMalformed("the body must be a JSON array, a JSON object or NDJSON")


def _lines_or_value(body: bytes) -> Iterable[tuple[int, object]]:
    """Lines as announced, unless the body as a whole is one array or object."""
    if _is_object(_first_line(body)):
        return _lines(body)
    try:
        return _elements(body)
    except BatchMalformed:
        return _lines(body)


def _object_or_lines(body: bytes, *, is_json: bool) -> Iterable[tuple[int, object]]:
    if _is_object(_first_line(body)):
        return _lines(body)
    try:
        return _elements(body)
    except BatchMalformed:
        if is_json:
            raise
        return _lines(body)


def _elements(body: bytes) -> Iterable[tuple[int, object]]:
    """Elements of an array, or the one object, numbered from 1.

    Invalid UTF-8 becomes lone surrogates, which the post that has them is refused
    for; the other posts of the array are taken.
    """
    value = _whole_value(body.decode("utf-8", "surrogateescape"))
    if isinstance(value, list):
        return enumerate(value, 1)
    if isinstance(value, dict):
        return [(1, value)]
    raise BatchMalformed("the body must be a JSON array, a JSON object or NDJSON")


def _whole_value(text: str) -> object:
    try:
        return _PATIENT.decode(text)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno} (character {error.pos})"
        raise BatchMalformed(f"invalid JSON at {place}: {error.msg}") from None
    except RecursionError:
        raise BatchMalformed("the JSON is nested too deeply") from None


def _first_line(body: bytes) -> bytes:
    return next((raw for raw in io.BytesIO(body) if raw.strip()), b"")


def _is_object(line: bytes) -> bool:
    try:
        return isinstance(parse_json_line(line), dict)
    except Refused:
        return False


def _lines(body: bytes) -> Iterator[tuple[int, object]]:
    """Non-empty lines with their number in the body, still unread."""
    for number, raw in enumerate(io.BytesIO(body), 1):
        line = raw.strip()
        if line:
            yield number, line


def _value(entry: object) -> object:
    return parse_json_line(entry) if isinstance(entry, bytes) else entry


def _limited(entries: Iterable[tuple[int, object]]) -> Iterator[tuple[int, object]]:
    """Stop the whole call at one post too many, before any effect."""
    for taken, entry in enumerate(entries):
        if taken == MOST_LINES:
            raise BatchTooLong(f"the body has more than {MOST_LINES:,} posts")
        yield entry


def _patient_value(line: bytes) -> object:
    """Read what the fast parser refuses, or say what is wrong with the line."""
    try:
        return _PATIENT.decode(line.decode())
    except UnicodeDecodeError:
        raise Refused("line", "is not valid UTF-8") from None
    except json.JSONDecodeError as error:
        raise Refused("line", f"is not valid JSON: {error.msg}") from None
    except RecursionError:
        raise Refused("line", "is nested too deeply") from None


class _NotANumber:
    """Stands for NaN, Infinity and endless numbers: no field takes this type."""


def _whole_number(digits: str) -> int | _NotANumber:
    return int(digits) if len(digits) <= _LONGEST_NUMBER else _NotANumber()


def _no_number(_: str) -> _NotANumber:
    return _NotANumber()


_PATIENT: Final = json.JSONDecoder(parse_int=_whole_number, parse_constant=_no_number)


def _latest(
    posts: Iterable[PostLine], now: datetime
) -> tuple[list[PostLine], list[PostLine], int]:
    """Play the versions of each post one after another, as the store would."""
    kept: dict[Any, PostLine] = {}
    earlier: list[PostLine] = []
    duplicates = 0
    for entry in posts:
        before = kept.setdefault(entry.post.key, entry)
        if before is entry:
            continue
        effect = _effect(entry.post, before.post, now)
        if effect in CHANGES:
            earlier.append(before)
        else:
            duplicates += 1
        if effect is not Effect.NOTHING:
            kept[entry.post.key] = entry
    return list(kept.values()), earlier, duplicates


def _effect(incoming: IncomingPost, before: IncomingPost, now: datetime) -> Effect:
    return effect_of(
        version_of(incoming, received_at=now), version_of(before, received_at=now)
    )
