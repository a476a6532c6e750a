"""What the Bot API's refusals mean."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from shared.networks.calls import Answer
from shared.networks.failures import ErrorKind
from shared.networks.telegram.errors import ChatMigrated, refusal


def refused(
    status: int,
    description: str = "",
    *,
    headers: dict[str, str] | None = None,
    **parameters: Any,  # noqa: ANN401 -- JSON
) -> Answer:
    body = {"ok": False, "error_code": status, "description": description}
    if parameters:
        body["parameters"] = parameters
    return Answer(status, httpx.Headers(headers or {}), body)


@pytest.mark.parametrize(
    ("status", "description", "kind"),
    [
        (401, "Unauthorized", ErrorKind.REAUTH),
        (404, "Not Found", ErrorKind.REAUTH),
        (403, "Forbidden: bot was kicked from the supergroup chat", ErrorKind.DISABLE),
        (403, "Forbidden: bot is not a member of the channel chat", ErrorKind.DISABLE),
        (409, "Conflict: terminated by other getUpdates request", ErrorKind.HUMAN),
        (400, "Bad Request: message to be replied not found", ErrorKind.SKIP_ITEM),
        (400, "Bad Request: message is not modified: x", ErrorKind.SKIP_ITEM),
        (400, "Bad Request: chat not found", ErrorKind.HUMAN),
        (400, "Bad Request: message is too long", ErrorKind.HUMAN),
        (400, "Bad Request: not enough rights to send text", ErrorKind.HUMAN),
        (400, "Bad Request: can't parse entities", ErrorKind.BUG),
        (418, "?", ErrorKind.BUG),
        (200, "?", ErrorKind.RETRY),
        (500, "Internal Server Error", ErrorKind.RETRY),
    ],
)
def test_refusal_is_classed(status: int, description: str, kind: ErrorKind) -> None:
    error = refusal("sendMessage", refused(status, description))

    assert (error.kind, error.code, error.retry_after) == (
        kind,
        f"telegram:{status}",
        None,
    )
    assert description in str(error)


@pytest.mark.parametrize(
    ("answer", "seconds"),
    [
        (refused(429, retry_after=37), 37),
        (refused(429, headers={"Retry-After": "12"}), 12),
        (refused(429, headers={"Retry-After": "soon"}), 30),
        (refused(429), 30),
        (refused(420, retry_after=0), 1),
        (refused(429, retry_after=10**9), 86_400),
        (refused(429, retry_after=True), 30),
    ],
)
def test_wait_is_read_from_the_body_or_the_header(answer: Answer, seconds: int) -> None:
    error = refusal("getUpdates", answer)

    assert (error.kind, error.retry_after) == (
        ErrorKind.WAIT,
        timedelta(seconds=seconds),
    )


def test_group_that_became_a_supergroup_names_it() -> None:
    error = refusal("sendMessage", refused(400, "upgraded", migrate_to_chat_id=-100123))

    assert isinstance(error, ChatMigrated)
    assert error.chat_id == -100123


@pytest.mark.parametrize("body", [None, [], "?", {"ok": False}])
def test_answer_of_no_known_shape_is_classed_by_its_status(body: object) -> None:
    error = refusal("getMe", Answer(401, {}, body))

    assert (error.kind, error.code) == (ErrorKind.REAUTH, "telegram:401")
