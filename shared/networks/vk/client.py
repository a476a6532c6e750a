"""Calls of VK's methods: the right token, below its limit, failures classed."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final, TypeAlias
from zlib import crc32

import httpx

from shared.networks.access import Access, Token
from shared.networks.budget import Rate
from shared.networks.calls import call
from shared.networks.failures import NO_TOKEN, ErrorKind, NetworkError
from shared.networks.insisting import next_wait
from shared.networks.vk.errors import (
    EXPIRED,
    TOO_FAST,
    Parks,
    code_of,
    meaning_of,
    refusal,
)
from shared.networks.vk.methods import BESIDES, RATES, TOKEN_KINDS
from shared.networks.vk.user_token import can_be_exchanged, exchanged, has_expired

VERSION: Final = "5.199"
BASE: Final = "https://api.vk.ru"
_TRIES_IN_A_ROW: Final = 3

Value: TypeAlias = str | int | bool | list[str] | list[int] | None


class Vk:
    """VK's API as one place needs it; make one for each poll.

    `group` chooses among tokens of several communities; `place` spreads places over
    several tokens of one kind. `skew` is how far VK's clock was ahead of ours at the
    last call, None before the first.
    """

    def __init__(
        self, access: Access, *, group: int | None = None, place: str = ""
    ) -> None:
        self._access = access
        self._group = group
        self._turn = crc32(place.encode())
        self._tokens = list(access.tokens)
        self.skew: timedelta | None = None

    @property
    def access(self) -> Access:
        return self._access

    def can(self, method: str) -> bool:
        """Say whether there is a token this method takes."""
        return self._token_for(method) is not None

    async def call(self, method: str, **params: Value) -> Any:  # noqa: ANN401 -- JSON
        """Call a method and return its `response`; raises `NetworkError`."""
        answer = await self.answer(method, **params)
        return answer["response"]

    async def answer(self, method: str, **params: Value) -> Mapping[str, Any]:
        """Call a method and return the whole answer, which has a `response`.

        Calls that were too fast are repeated at once, slower; a user token that ran
        out is exchanged once. Everything else is raised as `NetworkError`.
        """
        tries_left = _TRIES_IN_A_ROW
        while True:
            token, tries_left = await self._ready_token(method), tries_left - 1
            try:
                return await self._once(method, params, token)
            except NetworkError as error:
                if not tries_left or not await self._mended(error, token):
                    raise

    async def _once(
        self, method: str, params: Mapping[str, Value], token: Token
    ) -> Mapping[str, Any]:
        await self._wait(method, token)
        access = self._access
        request = self._request(method, params, token)
        answer = await call(access.http, request, now=access.clock())
        self.skew = answer.skew if answer.skew is not None else self.skew
        data = answer.data
        if isinstance(data, dict) and isinstance(data.get("error"), dict):
            error = refusal(method, data["error"])
            error.token = token.id
            await self._heed(error, method, token)
            raise error
        if not isinstance(data, dict) or "response" not in data:
            raise NetworkError(f"VK's answer to {method} has no response")
        return data

    async def _wait(self, method: str, token: Token) -> None:
        """Wait for a turn of the token, of which the method may be parked by itself."""
        usual = RATES.get(token.kind, 3)
        wanted = self._access.options.get(f"{token.kind}_per_second", usual)
        rate = Rate(int(wanted))
        await self._access.budget.take(token.id, rate, method=method)

    def _request(
        self, method: str, params: Mapping[str, Value], token: Token
    ) -> httpx.Request:
        base = (self._access.base or BASE).rstrip("/")
        return self._access.http.build_request(
            "POST",
            f"{base}/method/{method}",
            data={**written(params), "v": VERSION},
            headers={"Authorization": f"Bearer {token.secrets['token']}"},
        )

    async def _heed(self, error: NetworkError, method: str, token: Token) -> None:
        """Keep everybody else with this token from the same refusal."""
        if error.kind is ErrorKind.REAUTH:
            if method not in BESIDES and not self._exchangeable(token):
                await self._access.budget.stop(token.id)
            return
        meaning = meaning_of(code_of(error) or 0)
        if not meaning.waits or meaning.parks is Parks.NOTHING:
            return
        name = token.id if meaning.parks is Parks.TOKEN else f"{token.id}/{method}"
        budget, now = self._access.budget, self._access.clock()
        error.retry_after = await next_wait(budget, name, meaning.waits, now)
        await budget.park(name, now + error.retry_after)

    async def _mended(self, error: NetworkError, token: Token) -> bool:
        """Say whether the same call may go well now."""
        code = code_of(error)
        if code == TOO_FAST:
            return True
        if code in EXPIRED and self._exchangeable(token):
            await self._exchange(token)
            return True
        return False

    async def _ready_token(self, method: str) -> Token:
        token = self._token_for(method)
        if token is None:
            kinds = " or ".join(TOKEN_KINDS[method])
            raise NetworkError(
                f"{method} needs a {kinds} token", ErrorKind.DISABLE, code=NO_TOKEN
            )
        if not has_expired(token, self._access.clock()):
            return token
        if not self._exchangeable(token):
            await self._access.budget.stop(token.id)
            raise NetworkError(
                f"the token {token.id} has run out", ErrorKind.REAUTH, token=token.id
            )
        return await self._exchange(token)

    def _token_for(self, method: str) -> Token | None:
        for kind in TOKEN_KINDS[method]:
            fitting = [
                token
                for token in self._tokens
                if token.kind == kind and self._fits(token)
            ]
            if fitting:
                return self._least_asked(fitting)
        return None

    def _least_asked(self, fitting: Sequence[Token]) -> Token:
        """Choose whose turn comes first; among equals places share the tokens."""
        begin = self._turn % len(fitting)
        backlog = self._access.budget.backlog
        return min(
            [*fitting[begin:], *fitting[:begin]], key=lambda token: backlog(token.id)
        )

    def _fits(self, token: Token) -> bool:
        """A community's token is good for that community alone."""
        if token.kind != "community" or self._group is None:
            return True
        return token.secrets.get("group", str(self._group)) == str(self._group)

    def _exchangeable(self, token: Token) -> bool:
        return self._access.keep is not None and can_be_exchanged(token)

    async def _exchange(self, token: Token) -> Token:
        keep = self._access.keep
        if keep is None:
            raise AssertionError("only what can be kept is exchanged")
        fresh = await exchanged(token, keep, self._access)
        self._tokens[self._tokens.index(token)] = fresh
        return fresh


def written(params: Mapping[str, Value]) -> dict[str, str]:
    """Write parameters as VK's form has them; those that are None are left out."""
    return {name: _form(value) for name, value in params.items() if value is not None}


def _form(value: Value) -> str:
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, list):
        return ",".join(str(each) for each in value)
    return str(value)
