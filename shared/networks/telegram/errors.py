"""What the refusals of the Bot API mean for the caller."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from shared.networks.calls import Answer
from shared.networks.failures import ErrorKind, NetworkError

_LONGEST_WAIT: Final = timedelta(hours=24)
_USUAL_WAIT: Final = 30

_BAD_REQUEST: Final = 400
_SERVER_ERROR: Final = 500

_KINDS: Final[Mapping[int, ErrorKind]] = {
    401: ErrorKind.REAUTH,
    403: ErrorKind.DISABLE,
    404: ErrorKind.REAUTH,  # a token of a wrong form is no path of the server
    409: ErrorKind.HUMAN,
    420: ErrorKind.WAIT,
    429: ErrorKind.WAIT,
}
# 400 has no finer number: Telegram tells the cause in words.
_BAD_REQUESTS: Final = (
    ("message to be replied not found", ErrorKind.SKIP_ITEM),
    ("message to reply not found", ErrorKind.SKIP_ITEM),
    ("message is not modified", ErrorKind.SKIP_ITEM),
    ("message to edit not found", ErrorKind.SKIP_ITEM),
    ("message thread not found", ErrorKind.SKIP_ITEM),
    ("message is too long", ErrorKind.HUMAN),
    ("chat not found", ErrorKind.HUMAN),
    ("not enough rights", ErrorKind.HUMAN),
    ("have no rights", ErrorKind.HUMAN),
    ("chat_write_forbidden", ErrorKind.HUMAN),
    ("topic_closed", ErrorKind.HUMAN),
)
_EXPLAINED: Final[Mapping[int, str]] = {
    401: "the bot's token is not valid any more",
    403: "the bot is no member of the chat, or was removed from it",
    404: "the bot's token has a wrong form, or this is no Bot API server",
    409: "another program reads this bot's updates, or a webhook is set for it",
}


class ChatMigrated(NetworkError):
    """The group became a supergroup: nothing was done, ask `chat_id` instead."""

    def __init__(self, chat_id: int) -> None:
        self.chat_id = chat_id
        super().__init__(
            f"the group is a supergroup now: {chat_id}",
            ErrorKind.SKIP_ITEM,
            code="telegram:400",
        )


def refusal(method: str, answer: Answer) -> NetworkError:
    """Turn an answer without `ok` into an error; a token is never repeated."""
    data = answer.data if isinstance(answer.data, dict) else {}
    number = data.get("error_code")
    code = number if isinstance(number, int) else answer.status
    told = str(data.get("description", ""))[:200]
    moved_to = _parameter(data, "migrate_to_chat_id")
    if moved_to is not None:
        return ChatMigrated(moved_to)
    kind = _kind(code, told.lower())
    explained = _EXPLAINED.get(code)
    return NetworkError(
        f"Telegram refused {method}: {told} ({code})"
        + (f"; {explained}" if explained else ""),
        kind,
        retry_after=_wait(answer, data) if kind is ErrorKind.WAIT else None,
        code=f"telegram:{code}",
    )


def _kind(code: int, told: str) -> ErrorKind:
    if code != _BAD_REQUEST:
        # No refusal at all: a shape nobody knows, or the server's own trouble.
        is_odd = code < _BAD_REQUEST or code >= _SERVER_ERROR
        return _KINDS.get(code, ErrorKind.RETRY if is_odd else ErrorKind.BUG)
    for words, kind in _BAD_REQUESTS:
        if words in told:
            return kind
    return ErrorKind.BUG


def _wait(answer: Answer, data: Mapping[str, Any]) -> timedelta:
    """Read the wait from the body, else from the header."""
    seconds = _parameter(data, "retry_after")
    if seconds is None:
        header = answer.headers.get("Retry-After", "").strip()
        seconds = int(header[:6]) if header[:6].isdecimal() else _USUAL_WAIT
    return min(max(timedelta(seconds=seconds), timedelta(seconds=1)), _LONGEST_WAIT)


def _parameter(data: Mapping[str, Any], name: str) -> int | None:
    parameters = data.get("parameters")
    value = parameters.get(name) if isinstance(parameters, dict) else None
    if not isinstance(value, int) or isinstance(value, bool):
        return None
    return value
