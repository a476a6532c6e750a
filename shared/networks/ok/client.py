"""Calls of OK's methods: signed, below the limit, failures classed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, TypeAlias
from zlib import crc32

import httpx

from shared.networks.access import Access, Token
from shared.networks.budget import Rate
from shared.networks.calls import call
from shared.networks.failures import NO_TOKEN, ErrorKind, NetworkError
from shared.networks.insisting import next_wait
from shared.networks.ok.errors import Parks, code_of, meaning_of, refusal
from shared.networks.ok.methods import TOKEN_KINDS, USER
from shared.networks.ok.signature import secret_of, signature

BASE: Final = "https://api.ok.ru"
USUAL_RATE: Final = 1
HIGHEST_RATE: Final = 3
"""Calls a second; OK publishes no number, so that an operator may not go further."""

_BUSY: Final = timedelta(seconds=3)

Value: TypeAlias = str | int | bool | list[str] | list[int] | None


@dataclass(frozen=True, slots=True)
class _Asked:
    method: str
    token: Token


class Ok:
    """OK's API as one place needs it; make one for each poll.

    `group` chooses among users who administer several groups, and spreads groups over
    users who administer none of them. `reader` is the token such a group is read with:
    another one than last time where that has a queue, unless the reading `goes_on`,
    because nobody promises that one user's anchors are good for another. `skew` is how
    far OK's clock was ahead of ours at the last call, None before the first.
    """

    def __init__(
        self,
        access: Access,
        *,
        group: str | None = None,
        reader: str = "",
        goes_on: bool = False,
    ) -> None:
        self._access = access
        self._group = group
        self._goes_on = goes_on
        self.reader = reader
        self.skew: timedelta | None = None

    @property
    def access(self) -> Access:
        return self._access

    def can(self, method: str) -> bool:
        """Say whether there is a token this method takes."""
        return self._token_for(method) is not None

    async def call(self, method: str, **params: Value) -> Any:  # noqa: ANN401 -- JSON
        """Call a method and return what it answers; raises `NetworkError`.

        OK answers `null` where it has nothing to say: that comes back as None and
        proves nothing, least of all that something was deleted.
        """
        token = self._token_for(method)
        if token is None:
            kinds = " or ".join(TOKEN_KINDS[method])
            raise NetworkError(
                f"{method} needs a {kinds} token", ErrorKind.DISABLE, code=NO_TOKEN
            )
        asked = _Asked(method, token)
        if token.kind == USER:
            self.reader, self._goes_on = token.id, True
        await self._turn(asked)
        access = self._access
        request = self._request(asked, params)
        answer = await call(access.http, request, now=access.clock())
        self.skew = answer.skew if answer.skew is not None else self.skew
        if isinstance(answer.data, dict) and "error_code" in answer.data:
            raise await self._heeded(refusal(method, answer.data), asked)
        if not httpx.codes.is_success(answer.status):
            raise NetworkError(f"OK answered {answer.status} to {method}")
        return answer.data

    async def _turn(self, asked: _Asked) -> None:
        """Wait for a turn of the token, of which the method may be parked by itself."""
        wanted = int(self._access.options.get("per_second", USUAL_RATE))
        rate = Rate(min(max(wanted, 1), HIGHEST_RATE))
        await self._access.budget.take(asked.token.id, rate, method=asked.method)

    def _request(self, asked: _Asked, params: Mapping[str, Value]) -> httpx.Request:
        secrets = asked.token.secrets
        sent = {
            **_written(params),
            "application_key": secrets["application_key"],
            "format": "json",
            "method": asked.method,
        }
        sent["sig"] = signature(sent, secret_of(secrets))
        if "access_token" in secrets:
            sent["access_token"] = secrets["access_token"]
        base = (self._access.base or BASE).rstrip("/")
        return self._access.http.build_request("POST", f"{base}/fb.do", data=sent)

    async def _heeded(self, error: NetworkError, asked: _Asked) -> NetworkError:
        """Keep everybody else with this token from the same refusal."""
        error.token = asked.token.id
        budget = self._access.budget
        if error.kind is ErrorKind.REAUTH:
            await budget.stop(asked.token.id)
        meaning = meaning_of(code_of(error) or 0)
        if not meaning.waits:
            return error
        by_token = meaning.parks is Parks.TOKEN
        name = asked.token.id if by_token else f"{asked.token.id}/{asked.method}"
        now = self._access.clock()
        error.retry_after = await next_wait(budget, name, meaning.waits, now)
        await budget.park(name, now + error.retry_after)
        return error

    def _token_for(self, method: str) -> Token | None:
        """Prefer the user who administers this group; else groups share the users."""
        for kind in TOKEN_KINDS[method]:
            fitting = [each for each in self._access.tokens if each.kind == kind]
            own = [each for each in fitting if each.secrets.get("group") == self._group]
            if own:
                return own[0]
            if fitting:
                return self._shared(fitting)
        return None

    def _shared(self, fitting: list[Token]) -> Token:
        """Keep the reader while it is there and free; else take the freest one."""
        backlog = self._access.budget.backlog
        known = next((each for each in fitting if each.id == self.reader), None)
        if known and (self._goes_on or backlog(known.id) <= _BUSY):
            return known
        begin = crc32((self._group or "").encode()) % len(fitting)
        return min(
            [*fitting[begin:], *fitting[:begin]], key=lambda each: backlog(each.id)
        )


def _written(params: Mapping[str, Value]) -> dict[str, str]:
    return {name: _form(value) for name, value in params.items() if value is not None}


def _form(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ",".join(str(each) for each in value)
    return str(value)
