"""Errors in TikTok's own form: a code beside the data."""

from collections.abc import Mapping
from typing import Any, Final

LOG_ID: Final = "20251111"

# What a `code` of a fault asks for: its status, TikTok's code, its words.
ERRORS: Final[Mapping[int, tuple[int, str, str]]] = {
    400: (400, "invalid_params", "Invalid parameters"),
    4000: (400, "invalid_params", "Invalid search_id"),
    401: (401, "access_token_invalid", "The access token is invalid"),
    4010: (401, "scope_not_authorized", "The scope was not authorized"),
    429: (429, "rate_limit_exceeded", "Too many requests"),
    4290: (429, "daily_quota_limit_exceeded", "The quota of the day is used up"),
    500: (500, "internal_error", "Something went wrong"),
}


class TikTokError(Exception):
    """A refusal."""

    def __init__(self, code: int, message: str = "") -> None:
        self.status, self.code, usual = ERRORS.get(code, ERRORS[500])
        self.message = message or usual
        super().__init__(self.message)

    def body(self) -> dict[str, Any]:
        return {"data": {}, "error": error(self.code, self.message)}


def error(code: str = "ok", message: str = "") -> dict[str, Any]:
    return {"code": code, "message": message, "log_id": LOG_ID}
