"""What TikTok's error codes mean for the caller."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from shared.networks.failures import ErrorKind, NetworkError

OK: Final = "ok"
TOKEN_INVALID: Final = "access_token_invalid"  # noqa: S105 -- a code
QUOTA: Final = "daily_quota_limit_exceeded"
RATE: Final = "rate_limit_exceeded"
INVALID: Final = "invalid_params"
SEARCH_LOST: Final = "invalid_search_id"
"""Ours: TikTok says it with `invalid_params` and words."""

PAUSE: Final = timedelta(minutes=1)

_TABLE: Final[Mapping[str, ErrorKind]] = {
    TOKEN_INVALID: ErrorKind.REAUTH,
    "access_token_expired": ErrorKind.REAUTH,
    "invalid_client": ErrorKind.REAUTH,
    "unauthorized_client": ErrorKind.REAUTH,
    "invalid_grant": ErrorKind.REAUTH,
    "scope_not_authorized": ErrorKind.DISABLE,
    "scope_permission_missed": ErrorKind.DISABLE,
    QUOTA: ErrorKind.WAIT,
    RATE: ErrorKind.WAIT,
    INVALID: ErrorKind.BUG,
    "invalid_request": ErrorKind.BUG,
    SEARCH_LOST: ErrorKind.RETRY,
    "internal_error": ErrorKind.RETRY,
}


def code_of(error: NetworkError) -> str:
    """Read TikTok's own code from an error; empty when it did not answer."""
    name, _, code = (error.code or "").partition(":")
    return code if name == "tiktok" else ""


def refusal(path: str, body: Any) -> NetworkError | None:  # noqa: ANN401 -- JSON
    """Turn an error body into ours; None for one that says `ok`."""
    told = body.get("error") if isinstance(body, Mapping) else None
    if isinstance(told, str):  # how the token's address says it
        told = {"code": told, "message": body.get("error_description")}
    if not isinstance(told, Mapping):
        return None
    code = str(told.get("code") or OK)[:60]
    if code == OK:
        return None
    message = str(told.get("message") or "")[:200]
    words = message.lower().replace("_", " ")
    if code == INVALID and "search id" in words:
        code = SEARCH_LOST
    return NetworkError(
        f"TikTok refused {path}: {message} ({code})",
        _TABLE.get(code, ErrorKind.RETRY),
        retry_after=PAUSE if code == RATE else None,
        code=f"tiktok:{code}",
    )
