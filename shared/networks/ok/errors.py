"""What OK's error codes mean for the caller."""

from collections.abc import Mapping
from datetime import timedelta
from enum import Enum
from typing import Any, Final, NamedTuple

from shared.networks.failures import ErrorKind, NetworkError


class Parks(Enum):
    """What may not be called while a `WAIT` lasts."""

    NOTHING = "nothing"
    METHOD = "method"  # this method with this token
    TOKEN = "token"  # this token altogether  # noqa: S105 -- no secret


class Meaning(NamedTuple):
    """A row of the table: the kind of failure, how long it lasts, what it blocks.

    `waits` has more than one step where OK blocks the longer the more one insists.
    """

    kind: ErrorKind
    waits: tuple[timedelta, ...] = ()
    parks: Parks = Parks.NOTHING


_LONGER_AND_LONGER: Final = (
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=6),
)
_RETRY: Final = Meaning(ErrorKind.RETRY)
_DISABLE: Final = Meaning(ErrorKind.DISABLE)
_REAUTH: Final = Meaning(ErrorKind.REAUTH)
_SKIP: Final = Meaning(ErrorKind.SKIP_ITEM)
_HUMAN: Final = Meaning(ErrorKind.HUMAN)
_BUG: Final = Meaning(ErrorKind.BUG)

UNKNOWN_METHOD: Final = 3
IP_BLOCKED: Final = 9
NO_RIGHT: Final = frozenset({10, 50, 200})
GONE: Final = frozenset({300, 700, 702})
"""These prove that what was asked for does not exist any more."""

_TABLE: Final[Mapping[int, Meaning]] = {
    **dict.fromkeys((1, 2, 5000, 9999), _RETRY),
    7: Meaning(ErrorKind.WAIT, _LONGER_AND_LONGER, Parks.METHOD),
    8: Meaning(ErrorKind.WAIT, _LONGER_AND_LONGER, Parks.TOKEN),
    11: Meaning(ErrorKind.WAIT, (timedelta(hours=1),), Parks.METHOD),
    **dict.fromkeys((IP_BLOCKED, *NO_RIGHT), _DISABLE),
    **dict.fromkeys((102, 103), _REAUTH),
    **dict.fromkeys((106, 141, 160, 456, 458, *GONE), _SKIP),
    **dict.fromkeys((454, 511, 514, 601, 704), _HUMAN),
    **dict.fromkeys((UNKNOWN_METHOD, 4, 100, 101, 104, 451, 453), _BUG),
}


def meaning_of(code: int) -> Meaning:
    """Look a code up; one that is not in the table is tried again, further apart."""
    return _TABLE.get(code, _RETRY)


def code_of(error: NetworkError) -> int | None:
    """Read OK's own number from an error; None when OK did not answer at all."""
    name, _, number = (error.code or "").partition(":")
    return int(number) if name == "ok" and number.isdecimal() else None


def refusal(method: str, body: Mapping[str, Any]) -> NetworkError:
    """Turn OK's error body into ours; `error_data` is not repeated."""
    told = body.get("error_code")
    code = told if isinstance(told, int) else 1
    meaning = meaning_of(code)
    alarm = ": this server's address is blocked" if code == IP_BLOCKED else ""
    return NetworkError(
        f"OK refused {method}: {str(body.get('error_msg', ''))[:200]} ({code}){alarm}",
        meaning.kind,
        retry_after=meaning.waits[0] if meaning.waits else None,
        code=f"ok:{code}",
    )
