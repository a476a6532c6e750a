"""What can go wrong with a network, and what its caller then does."""

from datetime import timedelta
from enum import StrEnum
from typing import Final


class ErrorKind(StrEnum):
    """What the caller does about a failure."""

    RETRY = "retry"  # again later, further apart each time
    WAIT = "wait"  # not before `retry_after` has passed
    REAUTH = "reauth"  # the token is no longer good
    SKIP_ITEM = "skip_item"  # this post alone can not be had
    DISABLE = "disable"  # the source is gone: stop asking
    HUMAN = "human"  # a person must look at it
    BUG = "bug"  # our request is wrong: never again as it is


# Codes of our own, where no network was asked or none says it.
NO_TOKEN: Final = "otklik:no-token"  # noqa: S105 -- a code, no secret
NO_PAGE: Final = "otklik:no-page"
PERSON: Final = "otklik:person"


class NetworkError(Exception):
    """A network did not do what was asked; the message is for the operator.

    `code` is the network's own code, such as `vk:6`, or one of ours, such as
    `otklik:no-token`, so that a page can explain it.
    `token` is the id of the token that was refused; without it the one used last is
    meant.
    """

    def __init__(
        self,
        message: str,
        kind: ErrorKind = ErrorKind.RETRY,
        *,
        retry_after: timedelta | None = None,
        code: str | None = None,
        token: str | None = None,
    ) -> None:
        self.kind = kind
        self.retry_after = retry_after
        self.code = code
        self.token = token
        super().__init__(message)
