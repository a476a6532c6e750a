"""Refusals in MAX's form: a status, and JSON with `code` and `message`."""

from collections.abc import Mapping
from typing import Final

from fastapi.responses import JSONResponse

BAD_REQUEST: Final = 400
UNAUTHORIZED: Final = 401
FORBIDDEN: Final = 403
NOT_FOUND: Final = 404
NOT_ALLOWED: Final = 405
TOO_MANY: Final = 429

_NAMES: Final[Mapping[int, tuple[str, str]]] = {
    BAD_REQUEST: ("proto.payload", "Invalid request"),
    UNAUTHORIZED: ("verify.token", "Invalid access_token"),
    FORBIDDEN: ("chat.denied", "Chat is not available"),
    NOT_FOUND: ("not.found", "Not found"),
    NOT_ALLOWED: ("method.not.allowed", "Webhook is set for this bot"),
    TOO_MANY: ("too.many.requests", "Too many requests"),
    503: ("service.unavailable", "Service unavailable"),
}


def refused(
    status: int, name: str | None = None, message: str | None = None
) -> JSONResponse:
    usual = _NAMES.get(status, ("internal.error", "Something went wrong"))
    body = {"code": name or usual[0], "message": message or usual[1]}
    return JSONResponse(body, status)


def too_many(retry_after: int | None = None) -> JSONResponse:
    answer = refused(TOO_MANY)
    if retry_after is not None:
        answer.headers["Retry-After"] = str(retry_after)
    return answer
