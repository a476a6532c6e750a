"""Sends what a form holds to a service, or says what is missing or refused."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from web.clients import ApiError
from web.deps import Member
from web.views.notices import Notice, incomplete, refused, taken

_INCOMPLETE, _CONFLICT = 422, 409
_MAX_CLIENT_ERROR = 499
SentT = TypeVar("SentT")


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a form came back; `error` is the service's, if one was asked."""

    notice: Notice
    status: int
    error: ApiError | None = None


async def sent(
    member: Member,
    entered: Mapping[str, str],
    needed: Mapping[str, str],
    send: Callable[[], Awaitable[SentT]],
    conflict: str | None = None,
) -> SentT | Refusal:
    """Send a form whose needed fields are filled.

    A service that fails, not refuses, has its error page like anywhere else. With
    `conflict` a 409 is told in these words: there is such a thing already.
    """
    missing = {name: text for name, text in needed.items() if not entered.get(name)}
    if missing:
        return Refusal(incomplete(member.language, missing), _INCOMPLETE)
    try:
        return await send()
    except ApiError as error:
        if error.status > _MAX_CLIENT_ERROR:
            raise
        notice = refused(error, member.language)
        if conflict and error.status == _CONFLICT:
            notice = taken(member.language, conflict)
        return Refusal(notice, error.status, error)
