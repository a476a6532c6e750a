"""Errors in X's own form: problem+json with a type, or `about:blank`."""

from collections.abc import Mapping
from typing import Any, Final

_TYPES: Final = "https://api.x.com/2/problems/"
USAGE_CAPPED: Final = 4290

# What a `code` of a fault asks for: its status, its type, its title.
PROBLEMS: Final[Mapping[int, tuple[int, str, str]]] = {
    400: (400, "invalid-request", "Invalid Request"),
    401: (401, "", "Unauthorized"),
    402: (402, "credits", "CreditsDepleted"),
    403: (403, "client-forbidden", "Client Forbidden"),
    404: (404, "resource-not-found", "Not Found Error"),
    429: (429, "", "Too Many Requests"),
    USAGE_CAPPED: (429, "usage-capped", "UsageCapExceeded"),
    4030: (403, "not-authorized-for-resource", "Authorization Error"),
    4031: (403, "unsupported-authentication", "Unsupported Authentication"),
}


class XProblem(Exception):
    """A refusal of the whole request."""

    def __init__(self, code: int, detail: str = "") -> None:
        self.status, self.type, self.title = PROBLEMS.get(code, PROBLEMS[400])
        self.detail = detail or self.title
        super().__init__(self.detail)

    def body(self) -> dict[str, Any]:
        """Write it as X does; only `about:blank` repeats the status."""
        told: dict[str, Any] = {"title": self.title, "detail": self.detail}
        if not self.type:
            return {**told, "type": "about:blank", "status": self.status}
        return {**told, "type": _TYPES + self.type}


def missing(kind: str, parameter: str, value: str) -> dict[str, Any]:
    """Say in an answer that one of the things asked for is not there."""
    return {
        "value": value,
        "detail": f"Could not find {kind} with {parameter}: [{value}].",
        "title": "Not Found Error",
        "resource_type": kind,
        "parameter": parameter,
        "resource_id": value,
        "type": f"{_TYPES}resource-not-found",
    }


def locked(kind: str, parameter: str, value: str) -> dict[str, Any]:
    """Say in an answer that one of the things asked for is not for us."""
    return {
        "value": value,
        "detail": f"Sorry, you are not authorized to see the {kind} with {parameter}: "
        f"[{value}].",
        "title": "Authorization Error",
        "resource_type": kind,
        "parameter": parameter,
        "resource_id": value,
        "section": "data",
        "type": f"{_TYPES}not-authorized-for-resource",
    }
