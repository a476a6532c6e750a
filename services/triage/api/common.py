"""What the routes share: version headers, pages, the errors they document."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from fastapi import Response

Row = TypeVar("Row")
Place = tuple[str | int, ...]

TEXT = {"type": "string"}
PROBLEM: dict[str, Any] = {
    "title": "Problem",
    "description": "RFC 9457 problem details; `type` is stable, `detail` for people.",
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {**TEXT, "examples": ["urn:otklik:problem:conflict"]},
        "title": TEXT,
        "status": {"type": "integer"},
        "detail": TEXT,
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "message"],
                "properties": {"field": TEXT, "message": TEXT},
            },
        },
        "allowed": {"type": "array", "items": TEXT},
    },
}
MEANINGS = {
    400: "The body is not text at all",
    401: "No credential, or one that is no longer good",
    403: "This credential or role may not do this",
    404: "No such thing in this region, or not for this caller",
    409: "The thing is not in a state that allows it; `allowed` says what it allows",
    412: "Somebody changed it since it was read (`If-Match`)",
    422: "A field does not hold what it must; `errors` says which",
    503: "A part we depend on does not answer; nothing was changed",
}


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Document an operation's errors, those every operation has included."""
    return {
        status: {
            "description": MEANINGS[status],
            "content": {"application/problem+json": {"schema": PROBLEM}},
        }
        for status in sorted({401, 403, 503, *statuses})
    }


def etag(response: Response, version: int) -> None:
    """Tell the version of the thing answered."""
    response.headers["ETag"] = f'"{version}"'


def page(
    found: Sequence[Row], limit: int, place_of: Callable[[Row], Place]
) -> tuple[Sequence[Row], Place | None]:
    """Cut the row that only says there are more; name the place of the last one."""
    rows = found[:limit]
    return rows, place_of(rows[-1]) if len(found) > limit else None
