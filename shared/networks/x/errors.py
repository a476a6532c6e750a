"""What X's errors (problem+json) mean for the caller."""

from collections.abc import Mapping
from typing import Any, Final

from shared.networks.failures import ErrorKind, NetworkError

USAGE_CAPPED: Final = "usage-capped"
INVALID: Final = "invalid-request"
NOT_FOUND: Final = "resource-not-found"
NOT_AUTHORIZED: Final = "not-authorized-for-resource"
GUARD_DAY: Final = "x:guard-day"
GUARD_MONTH: Final = "x:guard-month"
GUARDS: Final = frozenset({GUARD_DAY, GUARD_MONTH})
"""Codes of our own guard: no request was made."""

TOO_MANY: Final = 429

_PROBLEMS: Final[Mapping[str, ErrorKind]] = {
    INVALID: ErrorKind.BUG,
    "client-forbidden": ErrorKind.DISABLE,
    "credits": ErrorKind.HUMAN,
    "disallowed-resource": ErrorKind.DISABLE,
    "field-hydration-failure": ErrorKind.RETRY,
    "field-unauthorized": ErrorKind.BUG,
    "internal-error": ErrorKind.RETRY,
    "not-authorized-for-field": ErrorKind.BUG,
    NOT_AUTHORIZED: ErrorKind.DISABLE,
    "operational-disconnect": ErrorKind.RETRY,
    NOT_FOUND: ErrorKind.SKIP_ITEM,
    "resource-unavailable": ErrorKind.SKIP_ITEM,
    "unsupported-authentication": ErrorKind.DISABLE,
    USAGE_CAPPED: ErrorKind.WAIT,
}
_STATUSES: Final[Mapping[int, ErrorKind]] = {
    400: ErrorKind.BUG,
    401: ErrorKind.REAUTH,
    402: ErrorKind.HUMAN,
    403: ErrorKind.DISABLE,
    404: ErrorKind.SKIP_ITEM,
    TOO_MANY: ErrorKind.WAIT,
}


def problem_of(body: object) -> str:
    """Give the last word of a problem's type; empty for `about:blank` and others."""
    told = body.get("type") if isinstance(body, Mapping) else None
    if not isinstance(told, str) or "/problems/" not in told:
        return ""
    return told.rpartition("/")[2][:60]


def kind_of(status: int, problem: str) -> ErrorKind:
    """Look a refusal up: by its type, else by its status, else it is tried again.

    401 is about the token whatever its type says.
    """
    if problem in _PROBLEMS and _STATUSES.get(status) is not ErrorKind.REAUTH:
        return _PROBLEMS[problem]
    return _STATUSES.get(status, ErrorKind.RETRY)


def refusal(route: str, status: int, body: Any) -> NetworkError:  # noqa: ANN401 -- JSON
    """Turn a refusal into ours; `x:429`, or `x:usage-capped` where a type is told."""
    problem = problem_of(body)
    told = body if isinstance(body, Mapping) else {}
    detail = str(told.get("detail") or told.get("title") or "")[:200]
    return NetworkError(
        f"X refused {route}: {detail} ({status})",
        kind_of(status, problem),
        code=f"x:{problem or status}",
    )
