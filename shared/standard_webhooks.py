"""Signatures of webhooks as Standard Webhooks has them, made and checked alike.

https://github.com/standard-webhooks/standard-webhooks, specification 1.0: HMAC-SHA256
of `id.timestamp.body`. Several signatures at once let a secret be replaced.
"""

import base64
import binascii
import hmac
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Final

ID, TIMESTAMP, SIGNATURE = "webhook-id", "webhook-timestamp", "webhook-signature"

TOLERANCE: Final = timedelta(seconds=300)
SECRET_PREFIX: Final = "whsec_"  # noqa: S105 -- how secrets begin, none itself

_VERSION: Final = "v1"
_LONGEST_ID: Final = 255
_MOST_SIGNATURES: Final = 20
_SHORTEST_KEY: Final = 24
_LONGEST_KEY: Final = 64


class Verdict(StrEnum):
    """What is wrong with the headers of a call, if anything."""

    GOOD = "good"
    INCOMPLETE = "incomplete"  # a header is missing or makes no sense
    TOO_OLD = "too-old"
    TOO_NEW = "too-new"
    FORGED = "forged"  # no signature fits


def key_of(secret: str) -> bytes:
    """Read a secret, `whsec_` and base64; raises ValueError with what is wrong."""
    text = secret.strip().removeprefix(SECRET_PREFIX)
    try:
        key = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("a secret is whsec_ and base64") from None
    if not _SHORTEST_KEY <= len(key) <= _LONGEST_KEY:
        raise ValueError(f"a secret has {_SHORTEST_KEY} to {_LONGEST_KEY} bytes")
    return key


def secret_of(key: bytes) -> str:
    """Write a key as people copy it."""
    return SECRET_PREFIX + base64.b64encode(key).decode()


def sign(
    secrets: Iterable[str], message_id: str, sent_at: datetime, body: bytes
) -> dict[str, str]:
    """Make the three headers of a call; one signature for each secret in force."""
    seconds = str(int(sent_at.timestamp()))
    signatures = (
        f"{_VERSION},{_signature(key_of(secret), message_id, seconds, body)}"
        for secret in secrets
    )
    return {ID: message_id, TIMESTAMP: seconds, SIGNATURE: " ".join(signatures)}


def verify(
    secrets: Iterable[str], headers: Mapping[str, str], body: bytes, *, now: datetime
) -> Verdict:
    """Check a call before its body is read; header names are in lower case.

    Every signature is compared with every secret, in constant time each.
    """
    message_id = headers.get(ID, "")
    seconds = headers.get(TIMESTAMP, "").strip()
    given = headers.get(SIGNATURE, "").split()[:_MOST_SIGNATURES]
    is_id = message_id.isascii() and 0 < len(message_id) <= _LONGEST_ID
    if not is_id or not given:
        return Verdict.INCOMPLETE
    if not (seconds.isascii() and seconds.isdecimal()) or len(seconds) > len("9" * 11):
        return Verdict.INCOMPLETE
    ours = [
        f"{_VERSION},{_signature(key_of(secret), message_id, seconds, body)}".encode()
        for secret in secrets
    ]
    theirs = [each.encode("utf-8", "surrogateescape") for each in given]
    fits = [hmac.compare_digest(one, other) for one in ours for other in theirs]
    if not any(fits):
        return Verdict.FORGED
    age = now.timestamp() - int(seconds)
    if abs(age) <= TOLERANCE.total_seconds():
        return Verdict.GOOD
    return Verdict.TOO_OLD if age > 0 else Verdict.TOO_NEW


def _signature(key: bytes, message_id: str, seconds: str, body: bytes) -> str:
    signed = b".".join((message_id.encode(), seconds.encode(), body))
    return base64.b64encode(hmac.new(key, signed, sha256).digest()).decode()
