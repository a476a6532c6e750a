"""Calls of the Bot API: below the bot's limits, failures classed, the token hidden."""

from datetime import timedelta
from typing import Any, Final

import httpx

from shared.networks.access import Access, Token
from shared.networks.budget import Rate
from shared.networks.calls import PATIENCE, Answer, call
from shared.networks.failures import NO_TOKEN, ErrorKind, NetworkError
from shared.networks.telegram.errors import refusal

BASE: Final = "https://api.telegram.org"
TOKEN_KIND: Final = "bot"  # noqa: S105 -- no secret

UNREACHED: Final = "telegram:unreached"
"""Code of a call that was never sent: nothing can have come of it."""

# Not documented in numbers: what is known from use, and configurable.
CALLS_PER_SECOND: Final = 25
SENDS_PER_MINUTE: Final = 20
"""To one group; also at most one a second."""


class Bot:
    """The Bot API with one bot's token; `skew` is its clock's lead at the last call."""

    def __init__(self, access: Access, token: Token) -> None:
        self._access = access
        self._token = token
        self.skew: timedelta | None = None

    @classmethod
    def of(cls, access: Access) -> "Bot":
        """Make one with the bot's token of an access; REAUTH when there is none."""
        token = access.token(TOKEN_KIND)
        if token is None:
            raise NetworkError("no bot's token is set", ErrorKind.REAUTH, code=NO_TOKEN)
        return cls(access, token)

    @property
    def id(self) -> int | None:
        """The bot's number as a user, which its token begins with."""
        number = self._token.secrets["token"].partition(":")[0]
        return int(number) if number.isdecimal() else None

    async def call(
        self,
        method: str,
        *,
        wait: timedelta = timedelta(),
        **params: Any,  # noqa: ANN401 -- any JSON value
    ) -> Any:  # noqa: ANN401 -- JSON
        """Call a method and return its `result`; raises `NetworkError`.

        `wait` is how long the server itself may take before it answers.
        """
        budget = self._access.budget
        per_second = int(self._access.options.get("bot_per_second", CALLS_PER_SECOND))
        await budget.take(self._token.id, Rate(per_second))
        answer = await self._send(method, params, PATIENCE + wait)
        self.skew = answer.skew if answer.skew is not None else self.skew
        data = answer.data
        if isinstance(data, dict) and data.get("ok") is True and "result" in data:
            return data["result"]
        error = refusal(method, answer)
        error.token = self._token.id
        await self._heed(error)
        raise error

    async def turn_to_send(self, chat_id: int) -> None:
        """Wait for the turn of one message to a group."""
        name = f"{self._token.id}/send/{chat_id}"
        await self._access.budget.take(
            name, Rate(SENDS_PER_MINUTE, timedelta(minutes=1))
        )

    async def _send(
        self, method: str, params: dict[str, Any], patience: timedelta
    ) -> Answer:
        base = (self._access.base or BASE).rstrip("/")
        secret = self._token.secrets["token"]
        http = self._access.http
        # The connection waits as long as we do: a long poll is silent for a while.
        request = http.build_request(
            "POST",
            f"{base}/bot{secret}/{method}",
            json={name: value for name, value in params.items() if value is not None},
            timeout=httpx.Timeout(10, read=patience.total_seconds()),
        )
        try:
            return await call(
                http, request, now=self._access.clock(), patience=patience
            )
        except NetworkError as error:
            # A transport may name the address it failed at, and the token is in it.
            told = str(error).replace(secret, "<token>")
            never_sent = isinstance(
                error.__cause__, httpx.ConnectError | httpx.ConnectTimeout
            )
            raise NetworkError(
                told,
                error.kind,
                retry_after=error.retry_after,
                code=UNREACHED if never_sent else error.code,
            ) from None

    async def _heed(self, error: NetworkError) -> None:
        """Keep everybody else with this token from the same refusal."""
        if error.kind is ErrorKind.REAUTH:
            await self._access.budget.stop(self._token.id)
        elif error.kind is ErrorKind.WAIT and error.retry_after is not None:
            until = self._access.clock() + error.retry_after
            await self._access.budget.park(self._token.id, until)
