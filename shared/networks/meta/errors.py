"""What Meta's error codes mean for the caller."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final, NamedTuple

from shared.networks.failures import ErrorKind, NetworkError


class Meaning(NamedTuple):
    """A row of the table: the kind of failure, and how long the token then rests."""

    kind: ErrorKind
    wait: timedelta | None = None


GONE_SUBCODE: Final = 33
"""With code 100: the object does not exist, or may not be seen."""

INVALID_PARAMETER: Final = 100
NO_HASHTAG: Final = 24
TOO_MANY_HASHTAGS: Final = 18

_HOUR: Final = timedelta(hours=1)
_RETRY: Final = Meaning(ErrorKind.RETRY)
_SKIP: Final = Meaning(ErrorKind.SKIP_ITEM)
_DISABLE: Final = Meaning(ErrorKind.DISABLE)
_BUSINESS_LIMITS: Final = range(80_000, 80_015)
_PERMISSIONS: Final = range(200, 300)

_TABLE: Final[Mapping[int, Meaning]] = {
    **dict.fromkeys((-1, 1, 2), _RETRY),
    **dict.fromkeys((4, 17, 32, 341), Meaning(ErrorKind.WAIT, _HOUR)),
    613: Meaning(ErrorKind.WAIT, timedelta(minutes=5)),
    **dict.fromkeys(_BUSINESS_LIMITS, Meaning(ErrorKind.WAIT, _HOUR)),
    **dict.fromkeys((102, 190), Meaning(ErrorKind.REAUTH)),
    **dict.fromkeys((3, 10, *_PERMISSIONS), _DISABLE),
    **dict.fromkeys((NO_HASHTAG, 506, 803), _SKIP),
    368: Meaning(ErrorKind.HUMAN),
    **dict.fromkeys((INVALID_PARAMETER, 2500), Meaning(ErrorKind.BUG)),
    # Of hashtags alone: the token is good for everything else meanwhile.
    TOO_MANY_HASHTAGS: Meaning(ErrorKind.WAIT),
}
_TOKEN_HINTS: Final[Mapping[int, str]] = {
    458: ": the app was removed",
    459: ": the person has to sign in at Facebook",
    460: ": the password was changed",
    463: ": it has expired",
    464: ": the person has to confirm the account",
    467: ": it was revoked",
}


def meaning_of(code: int, subcode: int | None = None) -> Meaning:
    """Look a code up; one that is not in the table is tried again, further apart."""
    if code == INVALID_PARAMETER and subcode == GONE_SUBCODE:
        return _SKIP
    return _TABLE.get(code, _RETRY)


def code_of(error: NetworkError) -> int | None:
    """Read Meta's own number from an error; None when Meta did not answer at all."""
    name, _, number = (error.code or "").partition(":")
    is_metas = name in {"facebook", "instagram"}
    number = number.partition("/")[0]
    return int(number) if is_metas and number.lstrip("-").isdecimal() else None


def is_gone(error: NetworkError) -> bool:
    """Say whether Meta calls an object gone or out of our sight (100 with 33)."""
    return (error.code or "").endswith(f":{INVALID_PARAMETER}/{GONE_SUBCODE}")


def refusal(
    network: str, what: str, body: Mapping[str, Any], regain: timedelta | None
) -> NetworkError:
    """Turn Meta's error body into ours; `regain` is when the headers say we may again.

    Messages may repeat what was asked, tokens never: ours travel in a header.
    """
    code, subcode = _number(body, "code"), _number(body, "error_subcode")
    meaning = meaning_of(1 if code is None else code, subcode)
    hint = _TOKEN_HINTS.get(subcode or 0, "")
    told = str(body.get("message", ""))[:200]
    name = f"{1 if code is None else code}"
    if code == INVALID_PARAMETER and subcode == GONE_SUBCODE:
        name = f"{code}/{subcode}"
    is_wait = meaning.kind is ErrorKind.WAIT
    return NetworkError(
        f"Meta refused {what}: {told} ({name}){hint}",
        meaning.kind,
        retry_after=(regain or meaning.wait) if is_wait else None,
        code=f"{network}:{name}",
    )


def _number(body: Mapping[str, Any], name: str) -> int | None:
    value = body.get(name)
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return value if is_number else None
