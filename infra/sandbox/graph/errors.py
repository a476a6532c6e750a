"""Errors in Graph's own form: a body with a code, and a status that tells little."""

from collections.abc import Mapping
from typing import Any, Final

MESSAGES: Final[Mapping[int, str]] = {
    1: "An unknown error occurred",
    2: "An unexpected error has occurred. Please retry your request later.",
    4: "(#4) Application request limit reached",
    10: "(#10) Application does not have permission for this action",
    17: "(#17) User request limit reached",
    18: "(#18) The maximum number of unique hashtags was queried",
    24: "(#24) The requested resource does not exist",
    32: "(#32) Page request limit reached",
    100: "(#100) Invalid parameter",
    190: "Error validating access token",
    200: "(#200) Permissions error",
    368: "The action attempted has been deemed abusive or is otherwise disallowed",
    506: "(#506) Duplicate status message",
    613: "(#613) Calls to this api have exceeded the rate limit.",
    80001: "(#80001) There have been too many calls to this Page account.",
    80002: "(#80002) There have been too many calls to this Instagram account.",
}
GONE: Final = 33
"""Subcode of 100 for what does not exist or may not be seen."""

_SERVER_ERRORS: Final = frozenset({1, 2})
_FORBIDDEN: Final = frozenset({10, *range(200, 300)})


class GraphError(Exception):
    """A refusal; `detail` is told instead of the code's usual message."""

    def __init__(
        self, code: int, detail: str = "", *, subcode: int | None = None
    ) -> None:
        self.code = code
        self.subcode = subcode
        super().__init__(detail or MESSAGES.get(code, f"(#{code}) Error"))

    @property
    def status(self) -> int:
        if self.code in _SERVER_ERRORS:
            return 500
        return 403 if self.code in _FORBIDDEN else 400

    def body(self) -> dict[str, Any]:
        error: dict[str, Any] = {
            "message": str(self),
            "type": "OAuthException",
            "code": self.code,
            "fbtrace_id": "AsandboxTrace",
        }
        if self.code in _SERVER_ERRORS:
            error["is_transient"] = True
        if self.subcode is not None:
            error["error_subcode"] = self.subcode
        return {"error": error}


def gone(name: str) -> GraphError:
    """Refuse what does not exist, or may not be seen: Graph does not say which."""
    detail = (
        f"Unsupported get request. Object with ID '{name}' does not exist, cannot be "
        "loaded due to missing permissions, or does not support this operation"
    )
    return GraphError(100, detail, subcode=GONE)
