"""What the refusals of MAX's bot API mean for the caller."""

from collections.abc import Mapping
from datetime import timedelta
from enum import Enum
from typing import Final

from shared.networks.calls import Answer
from shared.networks.failures import ErrorKind, NetworkError

INVALID_TOKEN: Final = "verify.token"  # noqa: S105 -- an error's name
NOT_READY: Final = "attachment.not.ready"

_USUAL_WAIT: Final = timedelta(seconds=10)
_LONGEST_WAIT: Final = timedelta(hours=24)
_BAD_REQUEST: Final = 400
_FORBIDDEN: Final = 403
_NOT_FOUND: Final = 404
_NOT_ALLOWED: Final = 405
_SERVER_ERROR: Final = 500


class About(Enum):
    """What a call is about: the same number means other things for each."""

    BOT = "bot"
    CHAT = "chat"
    MESSAGE = "message"


_KINDS: Final[Mapping[int, ErrorKind]] = {
    _BAD_REQUEST: ErrorKind.BUG,
    401: ErrorKind.REAUTH,
    _NOT_ALLOWED: ErrorKind.HUMAN,
    413: ErrorKind.BUG,
    429: ErrorKind.WAIT,
}
_BY_SCOPE: Final[Mapping[tuple[int, About], ErrorKind]] = {
    (_FORBIDDEN, About.BOT): ErrorKind.HUMAN,
    (_FORBIDDEN, About.CHAT): ErrorKind.DISABLE,
    (_FORBIDDEN, About.MESSAGE): ErrorKind.SKIP_ITEM,
    (_NOT_FOUND, About.BOT): ErrorKind.BUG,
    (_NOT_FOUND, About.CHAT): ErrorKind.DISABLE,
    (_NOT_FOUND, About.MESSAGE): ErrorKind.SKIP_ITEM,
}
# These say more than the number they come with.
_BY_NAME: Final[Mapping[str, ErrorKind]] = {
    INVALID_TOKEN: ErrorKind.REAUTH,
    NOT_READY: ErrorKind.RETRY,
    "too.many.requests": ErrorKind.WAIT,
}
_EXPLAINED: Final[Mapping[ErrorKind, str]] = {
    ErrorKind.REAUTH: "the bot's token is not valid any more",
    ErrorKind.DISABLE: "the bot is no administrator of the chat, or there is none",
}
_HOOKED: Final = "a webhook is set for this bot, so that its updates can not be polled"


def about(path: str) -> About:
    """Say what a path of the API is about."""
    head, _, rest = path.strip("/").partition("/")
    if head == "messages":
        return About.MESSAGE if rest else About.CHAT
    return About.CHAT if head == "chats" else About.BOT


def refusal(path: str, answer: Answer) -> NetworkError:
    """Turn an answer that is no success into an error."""
    data = answer.data if isinstance(answer.data, dict) else {}
    name, told = str(data.get("code", ""))[:60], str(data.get("message", ""))[:200]
    kind = _kind(answer.status, name, about(path))
    explained = _EXPLAINED.get(kind)
    if answer.status == _NOT_ALLOWED:
        explained = _HOOKED
    return NetworkError(
        f"MAX refused {_shown(path)}: {name} {told} ({answer.status})"
        + (f"; {explained}" if explained else ""),
        kind,
        retry_after=_wait(answer) if kind is ErrorKind.WAIT else None,
        code=f"max:{answer.status}",
    )


def status_of(error: NetworkError) -> int | None:
    """Give the HTTP status MAX refused with; None where it was never heard."""
    number = (error.code or "").removeprefix("max:")
    return int(number) if number.isdecimal() else None


def _kind(status: int, name: str, scope: About) -> ErrorKind:
    named = _BY_NAME.get(name)
    if named is not None:
        return named
    if status in _KINDS:
        return _KINDS[status]
    # No refusal at all: a shape nobody knows, or the server's own trouble.
    is_odd = status < _BAD_REQUEST or status >= _SERVER_ERROR
    usual = ErrorKind.RETRY if is_odd else ErrorKind.BUG
    return _BY_SCOPE.get((status, scope), usual)


def _wait(answer: Answer) -> timedelta:
    header = answer.headers.get("Retry-After", "").strip()[:6]
    wait = timedelta(seconds=int(header)) if header.isdecimal() else _USUAL_WAIT
    return min(max(wait, timedelta(seconds=1)), _LONGEST_WAIT)


def _shown(path: str) -> str:
    """Name a path without its numbers: they say nothing to people."""
    head, _, rest = path.strip("/").partition("/")
    tail = rest.rpartition("/")[2] if rest.count("/") else ""
    return f"{head}/…/{tail}" if tail.isalpha() else head
