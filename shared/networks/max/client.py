"""Calls of MAX's bot API: below its limits, failures classed, the token hidden."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final, TypeAlias

import httpx

from shared.networks.access import Access, Token
from shared.networks.budget import Rate
from shared.networks.calls import PATIENCE, Answer, call
from shared.networks.failures import NO_TOKEN, ErrorKind, NetworkError
from shared.networks.max.errors import refusal

BASE: Final = "https://platform-api2.max.ru"
TOKEN_KIND: Final = "bot"  # noqa: S105 -- no secret

UNREACHED: Final = "max:unreached"
"""Code of a call that was never sent: nothing can have come of it."""

CALLS_PER_SECOND: Final = 25
"""MAX allows 30 of all kinds; some of them are left to the bot's other programs."""
POLLS_PER_SECOND: Final = 2
SENDS_PER_SECOND: Final = 2
"""To one chat."""

Value: TypeAlias = str | int | bool | None

_OK: Final = 200


class Max:
    """The API with one bot's token; `skew` is its clock's lead at the last call."""

    def __init__(self, access: Access, token: Token) -> None:
        self._access = access
        self._token = token
        self.skew: timedelta | None = None

    @classmethod
    def of(cls, access: Access) -> "Max":
        """Make one with the bot's token of an access; REAUTH when there is none."""
        token = access.token(TOKEN_KIND)
        if token is None:
            raise NetworkError("no bot's token is set", ErrorKind.REAUTH, code=NO_TOKEN)
        return cls(access, token)

    @property
    def access(self) -> Access:
        return self._access

    async def get(
        self,
        path: str,
        params: Mapping[str, Value] | None = None,
        *,
        wait: timedelta = timedelta(),
    ) -> Any:  # noqa: ANN401 -- JSON
        """Read something; raises `NetworkError`.

        `wait` is how long the server itself may take before it answers.
        """
        return await self._call("GET", path, params or {}, patience=PATIENCE + wait)

    async def post(
        self,
        path: str,
        body: Mapping[str, Any],
        params: Mapping[str, Value] | None = None,
    ) -> Any:  # noqa: ANN401 -- JSON
        """Change something; raises `NetworkError`, with a `code` if MAX refused."""
        return await self._call("POST", path, params or {}, body=body)

    async def turn_to_poll(self) -> None:
        """Wait for the turn of one question for updates."""
        rate = Rate(POLLS_PER_SECOND)
        await self._access.budget.take(f"{self._token.id}/updates", rate)

    async def turn_to_send(self, chat: int) -> None:
        """Wait for the turn of one message to a chat."""
        rate = Rate(SENDS_PER_SECOND)
        await self._access.budget.take(f"{self._token.id}/send/{chat}", rate)

    async def _call(
        self,
        method: str,
        path: str,
        params: Mapping[str, Value],
        *,
        body: Mapping[str, Any] | None = None,
        patience: timedelta = PATIENCE,
    ) -> Any:  # noqa: ANN401 -- JSON
        per_second = int(self._access.options.get("per_second", CALLS_PER_SECOND))
        await self._access.budget.take(self._token.id, Rate(per_second))
        given = {name: each for name, each in params.items() if each is not None}
        base = (self._access.base or BASE).rstrip("/")
        request = self._access.http.build_request(
            method,
            f"{base}/{path}",
            params=given,
            json=body,
            headers={"Authorization": self._token.secrets["token"]},
            # The connection waits as long as we do: a long poll is silent for a while.
            timeout=httpx.Timeout(10, read=patience.total_seconds()),
        )
        answer = await self._answer(request, patience)
        self.skew = answer.skew if answer.skew is not None else self.skew
        if answer.status == _OK:
            return answer.data
        raise await self._heeded(refusal(path, answer))

    async def _answer(self, request: httpx.Request, patience: timedelta) -> Answer:
        now = self._access.clock()
        try:
            return await call(self._access.http, request, now=now, patience=patience)
        except NetworkError as error:
            if isinstance(error.__cause__, httpx.ConnectError | httpx.ConnectTimeout):
                error.code = UNREACHED
            raise

    async def _heeded(self, error: NetworkError) -> NetworkError:
        """Keep everybody else with this token from the same refusal."""
        if error.kind is ErrorKind.REAUTH:
            error.token = self._token.id
            await self._access.budget.stop(self._token.id)
        elif error.kind is ErrorKind.WAIT and error.retry_after is not None:
            until = self._access.clock() + error.retry_after
            await self._access.budget.park(self._token.id, until)
        return error
