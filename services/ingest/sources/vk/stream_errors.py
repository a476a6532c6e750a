"""What the codes of VK's Streaming API mean; they are none of the API's own codes."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from services.ingest.sources.base import ErrorKind, SourceError

CODE: Final = "vk:stream"
"""Code of a stream that is not heard, for whatever reason VK has not numbered."""

KEY: Final = "vk:stream:key"
"""There is no key that VK would give a stream for."""

REFUSED: Final = "vk:stream:refused"
"""VK refuses the key its stream; whether it is good to search, the search knows."""

REMARK: Final = "vk:stream:service"
"""The stream works, and VK has something to say about it."""

TOO_MANY_RULES: Final = 2006
TOO_MANY_WORDS: Final = 2004
BAD_RULE: Final = 2003
BAD_KEY: Final = 1004

_RECONNECT: Final = frozenset({3000, 3001})
_TAKEN_FOR: Final = timedelta(minutes=1)

# 1000-1002 and 2000: our request is wrong; 1003: without a key, 1005: a bad stream_id.
# 1006: somebody else listens with this key. 2001, 2002: the tag is there, or is not.
_KINDS: Final[Mapping[int, ErrorKind]] = {
    **dict.fromkeys((1000, 1001, 1002, 1003, 1005, 2000), ErrorKind.BUG),
    BAD_KEY: ErrorKind.RETRY,
    1006: ErrorKind.WAIT,
    **dict.fromkeys((2001, 2002), ErrorKind.SKIP_ITEM),
    **dict.fromkeys((BAD_RULE, TOO_MANY_WORDS, 2005, 2008), ErrorKind.HUMAN),
    TOO_MANY_RULES: ErrorKind.HUMAN,
}


def refused(error: object) -> SourceError:
    """Turn the `error` of an answer with the code 400 into ours."""
    told: Mapping[str, Any] = error if isinstance(error, dict) else {}
    number = told.get("error_code")
    code = number if isinstance(number, int) else 0
    return numbered(code, str(told.get("message", ""))[:200])


def numbered(code: int, said: str) -> SourceError:
    """Make the error of one of VK's numbers; one we do not know is tried again."""
    kind = _KINDS.get(code, ErrorKind.RETRY)
    return SourceError(
        f"VK's stream is refused: {said} ({code})",
        kind,
        retry_after=_TAKEN_FOR if kind is ErrorKind.WAIT else None,
        code=f"{CODE}:{code}",
    )


def wants_reconnecting(service_code: object) -> bool:
    """Say whether a service message only asks us to come again.

    3000: the server begins anew; 3001: it has waited too long for an answer.
    """
    return service_code in _RECONNECT
