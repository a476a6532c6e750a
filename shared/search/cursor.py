"""The place where a page ended, as an opaque string bound to its query."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import Final
from uuid import UUID

from shared.errors import invalid
from shared.search.port import Document, Query

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_CHECK_BYTES: Final = 8


@dataclass(frozen=True, slots=True)
class Mark:
    """The last document seen, and the corrections that led to it.

    A page must be continued with the words it was found with, also when the archive
    has come to know the misspelt word meanwhile.
    """

    published_at: datetime
    id: UUID
    corrections: Mapping[str, str] = field(default_factory=dict)


def encode(query: Query, last: Document, corrections: Mapping[str, str]) -> str:
    """Write the place behind a document of this query's answer."""
    place = [microseconds(last.published_at), last.id.hex, dict(corrections)]
    payload = json.dumps(place, ensure_ascii=False, separators=(",", ":")).encode()
    return urlsafe_b64encode(_check(query, payload) + payload).decode().rstrip("=")


def decode(query: Query) -> Mark | None:
    """Read the query's cursor; raise Invalid if it is damaged or another query's."""
    if not query.cursor:
        return None
    try:
        raw = urlsafe_b64decode(query.cursor + "=" * (-len(query.cursor) % 4))
        check, payload = raw[:_CHECK_BYTES], raw[_CHECK_BYTES:]
        if check != _check(query, payload):
            raise ValueError  # noqa: TRY301 -- all kinds of damage end in one message
        published, identity, corrections = json.loads(payload)
        return Mark(moment(published), UUID(hex=identity), corrections)
    except (ValueError, TypeError, ArithmeticError) as error:
        raise invalid("cursor", "It is damaged or belongs to another query") from error


def microseconds(when: datetime) -> int:
    """Whole microseconds since 1970, without the rounding of `timestamp()`."""
    return (when - _EPOCH) // _MICROSECOND


def moment(micros: int) -> datetime:
    """The moment that many microseconds after 1970, in UTC."""
    return _EPOCH + micros * _MICROSECOND


def _check(query: Query, payload: bytes) -> bytes:
    """Bind a place to region, words and filters; page size and facets may change."""
    asked = replace(query, cursor=None, limit=0, with_facets=False)
    bound = repr(asked).encode("utf-8", "surrogatepass")
    return blake2b(payload, digest_size=_CHECK_BYTES, key=_key(bound)).digest()


def _key(bound: bytes) -> bytes:
    return blake2b(bound, digest_size=32).digest()
