"""Errors as the API documents them (RFC 9457)."""

from http import HTTPStatus
from typing import Any, Final

_FIELD: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["field", "message"],
    "properties": {
        "field": {"type": "string"},
        "message": {"type": "string"},
        "position": {
            "type": "integer",
            "description": "Where a text goes wrong, in characters from 0.",
        },
        "code": {"type": "string"},
        "said": {
            "type": "object",
            "description": "For people, by language: message, expected, suggestion.",
        },
    },
}

# Written out: FastAPI would offer a model as application/json as well.
PROBLEM: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "description": "Stable, for programs."},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "For people."},
        "errors": {"type": "array", "items": _FIELD},
        "allowed": {"type": "array", "items": {"type": "string"}},
    },
    "example": {
        "type": "urn:otklik:problem:invalid",
        "title": "Invalid",
        "status": 422,
        "detail": "query: This bracket is not closed. (character 10)",
        "errors": [
            {
                "field": "query",
                "message": "This bracket is not closed. (character 10)",
                "position": 9,
                "code": "unclosed_bracket",
            }
        ],
    },
}

_MEANING: Final = {
    HTTPStatus.BAD_REQUEST: "The body as a whole cannot be read.",
    HTTPStatus.UNAUTHORIZED: "No credential, or one that is no longer good.",
    HTTPStatus.FORBIDDEN: "The credential lacks the scope.",
    HTTPStatus.NOT_FOUND: "There is no such thing in this region.",
    HTTPStatus.CONFLICT: "It is not in a state that allows this.",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "The body is larger than allowed.",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "The body is of a kind that is not read.",
    HTTPStatus.TOO_MANY_REQUESTS: "Too much at once; Retry-After says when to come.",
    HTTPStatus.UNPROCESSABLE_ENTITY: "Fields do not hold what they must.",
    HTTPStatus.SERVICE_UNAVAILABLE: "A part does not answer; nothing was changed.",
}
_ALWAYS: Final = (
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.UNPROCESSABLE_ENTITY,
    HTTPStatus.SERVICE_UNAVAILABLE,
)


def answers(*statuses: HTTPStatus) -> dict[int | str, dict[str, Any]]:
    """Document the errors of an operation beside those that any may answer."""
    return {
        int(status): {
            "description": _MEANING[status],
            "content": {"application/problem+json": {"schema": PROBLEM}},
        }
        for status in (*_ALWAYS, *statuses)
    }
