"""What MTProto's errors mean, told by their names: the library may be absent."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Final

from shared.networks.failures import ErrorKind, NetworkError

_KINDS: Final[Mapping[str, ErrorKind]] = {
    "FloodError": ErrorKind.WAIT,
    **dict.fromkeys(
        (
            "ChannelInvalidError",
            "ChannelPrivateError",
            "UsernameInvalidError",
            "UsernameNotOccupiedError",
        ),
        ErrorKind.DISABLE,
    ),
    **dict.fromkeys(
        (
            "ChatAdminRequiredError",
            "ChatGuestSendForbiddenError",
            "ChatWriteForbiddenError",
            "ForbiddenError",
            "UserBannedInChannelError",
        ),
        ErrorKind.HUMAN,
    ),
    **dict.fromkeys(
        ("AuthKeyError", "AuthKeyNotFound", "UnauthorizedError"), ErrorKind.REAUTH
    ),
    "MsgIdInvalidError": ErrorKind.SKIP_ITEM,
    **dict.fromkeys(
        ("ConnectionError", "InvalidDCError", "ServerError", "TimedOutError"),
        ErrorKind.RETRY,
    ),
    **dict.fromkeys(("OSError", "TimeoutError"), ErrorKind.RETRY),
    "BadRequestError": ErrorKind.BUG,
    "RPCError": ErrorKind.RETRY,
}

_EXPLAINED: Final[Mapping[str, str]] = {
    "AuthKeyDuplicatedError": (
        "the session was used from two places at once, and Telegram ended it; sign in "
        "anew, and use it in one place only"
    ),
    "ChatGuestSendForbiddenError": "join the discussion group with this account first",
    "UserBannedInChannelError": "this account may not write in the group",
}


def meaning_of(error: BaseException) -> NetworkError | None:
    """Say what an error means; None for one that is no error of the network."""
    names = [kind.__name__ for kind in type(error).__mro__]
    for name in names:
        kind = _KINDS.get(name)
        if kind is not None:
            return _told(error, names[0], kind)
    return None


def _told(error: BaseException, name: str, kind: ErrorKind) -> NetworkError:
    wait = getattr(error, "seconds", None)
    return NetworkError(
        f"Telegram refused: {_EXPLAINED.get(name) or str(error)[:200] or name}",
        kind,
        retry_after=timedelta(seconds=max(1, int(wait))) if wait is not None else None,
        code=f"telegram:{name.removesuffix('Error')}",
    )


@contextmanager
def classed() -> Iterator[None]:
    """Raise the network's errors as `NetworkError`, and all others as they are."""
    try:
        yield
    except NetworkError:
        raise
    except Exception as error:
        meant = meaning_of(error)
        if meant is None:
            raise
        raise meant from error
