"""Errors in OK's own form: HTTP 200 and a body with a code."""

from collections.abc import Mapping
from typing import Any, Final

MESSAGES: Final[Mapping[int, str]] = {
    1: "UNKNOWN : Unknown error",
    2: "SERVICE : Service temporary unavailable",
    3: "METHOD : Method does not exist",
    4: "REQUEST : Failed to process request",
    7: "ACTION_BLOCKED",
    8: "FLOOD_BLOCKED",
    9: "IP_BLOCKED",
    10: "PERMISSION_DENIED",
    11: "LIMIT_REACHED",
    50: "NOT_ADMIN",
    100: "PARAM",
    101: "PARAM_API_KEY",
    102: "PARAM_SESSION_EXPIRED : Session expired",
    103: "PARAM_SESSION_KEY : Invalid session key",
    104: "PARAM_SIGNATURE : Invalid signature",
    106: "PARAM_ENTITY_ID",
    141: "PARAM_COMMENT_ID",
    160: "PARAM_GROUP_ID",
    200: "PARAM_PERMISSION",
    300: "NOT_FOUND",
    451: "SESSION_FORBIDDEN",
    453: "SESSION_REQUIRED",
    454: "CENSOR_MATCH",
    456: "GROUP_RESTRICTION",
    458: "PRIVACY_RESTRICTION",
    511: "CAPTCHA_REQUIRED",
    514: "VERIFICATION_REQUIRED",
    601: "TEXT_LIMIT",
    700: "COMMENT_NOT_FOUND",
    702: "COMMENT_REMOVED",
    704: "EDIT_TIME_OVER",
    5000: "INVALID_RESPONSE",
    9999: "SYSTEM",
}


class OkError(Exception):
    """An error of the API."""

    def __init__(self, code: int, detail: str = "") -> None:
        message = MESSAGES.get(code, "UNKNOWN : Unknown error")
        super().__init__(f"{message} : {detail}" if detail else message)
        self.code = code

    def body(self) -> dict[str, Any]:
        return {"error_code": self.code, "error_msg": str(self), "error_data": None}
