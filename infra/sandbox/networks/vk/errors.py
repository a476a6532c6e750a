"""Errors in VK's own form: HTTP 200 and a body with a code."""

from collections.abc import Mapping
from typing import Any, Final

MESSAGES: Final[Mapping[int, str]] = {
    1: "Unknown error occurred",
    3: "Unknown method passed",
    5: "User authorization failed",
    6: "Too many requests per second",
    8: "Invalid request",
    9: "Flood control",
    10: "Internal server error",
    12: "Unable to compile code",
    13: "Runtime error occurred during code invocation",
    14: "Captcha needed",
    15: "Access denied",
    18: "User was deleted or banned",
    19: "Content blocked",
    27: "Group authorization failed",
    28: "Application authorization failed",
    29: "Rate limit reached",
    100: "One of the parameters specified was missing or invalid",
    104: "Not found",
    125: "Invalid group id",
    203: "Access to group denied",
    210: "Access to wall's post denied",
    212: "Access to post comments denied",
    213: "Access to status replies denied",
    214: "Access to adding post denied",
    222: "Hyperlinks are forbidden",
    223: "Too many replies",
    2000: "Servers number limit is reached",
}

CAPTCHA: Final = 14
NOT_ALLOWED: Final = 15
NO_RIGHT: Final = 1133
_SECRETS: Final = frozenset({"access_token", "secret_key"})


class VkError(Exception):
    """An error of the API; `detail` follows the code's own message."""

    def __init__(
        self, code: int, detail: str = "", *, subcode: int | None = None
    ) -> None:
        message = MESSAGES.get(code, "Unknown error occurred")
        super().__init__(f"{message}: {detail}" if detail else message)
        self.code = code
        self.subcode = subcode

    def body(self, params: Mapping[str, str]) -> dict[str, Any]:
        """Write the error with the parameters of its request, without secrets."""
        error: dict[str, Any] = {
            "inner_type": "base_error",
            "error_code": self.code,
            "error_msg": str(self),
            "request_params": [
                {"key": key, "value": value}
                for key, value in params.items()
                if key not in _SECRETS
            ],
        }
        if self.subcode is not None:
            error["error_subcode"] = self.subcode
        if self.code == CAPTCHA:
            error["captcha_sid"] = "200000000001"
            error["captcha_img"] = "https://captcha.invalid/200000000001.jpg"
        return {"error": error}
