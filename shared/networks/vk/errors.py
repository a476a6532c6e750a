"""What VK's error codes mean for the caller."""

from collections.abc import Mapping
from datetime import timedelta
from enum import Enum
from typing import Any, Final, NamedTuple

from shared.networks.failures import ErrorKind, NetworkError


class Parks(Enum):
    """What may not be called while a `WAIT` or `HUMAN` lasts."""

    NOTHING = "nothing"
    METHOD = "method"  # this method with this token
    TOKEN = "token"  # this token altogether  # noqa: S105 -- no secret


class Meaning(NamedTuple):
    """A row of the table: the kind of failure, how long it lasts, what it blocks.

    `waits` has more than one step where it lasts the longer the more one insists.
    """

    kind: ErrorKind
    waits: tuple[timedelta, ...] = ()
    parks: Parks = Parks.NOTHING


_SECOND: Final = timedelta(seconds=1)
_MINUTE: Final = timedelta(minutes=1)
_HOUR: Final = timedelta(hours=1)
_FLOOD: Final = (_MINUTE, 5 * _MINUTE, 15 * _MINUTE, _HOUR)
_QUANTITY: Final = (4 * _HOUR, 12 * _HOUR, 24 * _HOUR)

_RETRY: Final = Meaning(ErrorKind.RETRY)
_HUMAN: Final = Meaning(ErrorKind.HUMAN, (_HOUR,), Parks.METHOD)
_REAUTH: Final = Meaning(ErrorKind.REAUTH)
_DISABLE: Final = Meaning(ErrorKind.DISABLE)
_SKIP: Final = Meaning(ErrorKind.SKIP_ITEM)
_BUG: Final = Meaning(ErrorKind.BUG)

TOO_FAST: Final = 6
EXPIRED: Final = frozenset({5, 1117})

_TABLE: Final[Mapping[int, Meaning]] = {
    **dict.fromkeys((1, 10, 32, 36, 43), _RETRY),
    TOO_FAST: Meaning(ErrorKind.WAIT, (_SECOND,), Parks.TOKEN),
    9: Meaning(ErrorKind.WAIT, _FLOOD, Parks.METHOD),
    29: Meaning(ErrorKind.WAIT, _QUANTITY, Parks.METHOD),
    1105: Meaning(ErrorKind.WAIT, (10 * _MINUTE,), Parks.TOKEN),
    **dict.fromkeys((14, 17, 24), _HUMAN),
    **dict.fromkeys((5, 25, 27, 28, 1114, 1116, 1117, 1118, 3609), _REAUTH),
    **dict.fromkeys((7, 15, 20, 21, 23), _DISABLE),
    **dict.fromkeys((18, 19, 30, 37, 203), _DISABLE),
    **dict.fromkeys((104, 210, 211, 212, 213, 214), _SKIP),
    222: Meaning(ErrorKind.HUMAN),
    223: Meaning(ErrorKind.WAIT, (_HOUR,), Parks.METHOD),
    **dict.fromkeys((3, 8, 12, 13, 100, 113, 125), _BUG),
}

# These speak of one post or its owner when one post was asked for.
_OF_ONE_POST: Final = frozenset({15, 18, 19, 30, 37, 104, 203, 210, 211, 212})


def meaning_of(code: int) -> Meaning:
    """Look a code up; one that is not in the table is tried again, further apart."""
    return _TABLE.get(code, _RETRY)


def code_of(error: NetworkError) -> int | None:
    """Read VK's own number from an error; None when VK did not answer at all."""
    name, _, number = (error.code or "").partition(":")
    return int(number) if name == "vk" and number.isdecimal() else None


def concerns_one_post(error: NetworkError) -> bool:
    """Say whether the next post may still be had after this error."""
    return code_of(error) in _OF_ONE_POST


def refusal(method: str, error: Mapping[str, Any]) -> NetworkError:
    """Turn VK's `error` object into ours; its request parameters are not repeated."""
    code = error.get("error_code")
    number = code if isinstance(code, int) else 1
    meaning = meaning_of(number)
    return NetworkError(
        f"VK refused {method}: {str(error.get('error_msg', ''))[:200]} ({number})",
        meaning.kind,
        retry_after=meaning.waits[0] if meaning.waits else None,
        code=f"vk:{number}",
    )
