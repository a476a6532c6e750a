"""Access tokens of TikTok: two hours each, got for the client's key and secret.

They are held in memory only: another process, or this one after a restart, gets one of
its own, which costs nothing.
"""

from datetime import datetime, timedelta
from typing import Final

from shared.networks.access import Access, Token
from shared.networks.budget import Rate
from shared.networks.calls import call
from shared.networks.failures import ErrorKind, NetworkError
from shared.networks.tiktok.errors import refusal

PATH: Final = "/v2/oauth/token/"
_EARLY: Final = timedelta(minutes=2)
_USUAL_LIFE: Final = 7_200
_RATE: Final = Rate(10, timedelta(minutes=1))
"""Close enough that a token which was refused is renewed within one wait."""


class AccessTokens:
    """The access tokens of one process, by credential."""

    def __init__(self) -> None:
        self._held: dict[tuple[str, ...], tuple[str, datetime]] = {}

    async def value(self, token: Token, access: Access, base: str) -> str:
        """Give an access token that is good for two minutes more, a new one if needed.

        Raises `NetworkError`; a refused client is stopped in the budget.
        """
        value, until = self._held.get(_name(token), ("", access.clock()))
        if value and access.clock() + _EARLY < until:
            return value
        return await self._renew(token, access, base)

    def drop(self, token: Token) -> None:
        """Forget an access token that TikTok has refused."""
        self._held.pop(_name(token), None)

    async def _renew(self, token: Token, access: Access, base: str) -> str:
        await access.budget.take(f"{token.id}{PATH}", _RATE)
        request = access.http.build_request(
            "POST",
            f"{base}{PATH}",
            data={
                "client_key": token.secrets["client_key"],
                "client_secret": token.secrets["client_secret"],
                "grant_type": "client_credentials",
            },
        )
        now = access.clock()
        answer = await call(access.http, request, now=now)
        error = refusal(PATH, answer.data)
        if error is not None:
            error.token = token.id
            if error.kind is ErrorKind.REAUTH:
                await access.budget.stop(token.id)
            raise error
        data = answer.data if isinstance(answer.data, dict) else {}
        value, life = data.get("access_token"), data.get("expires_in")
        if not isinstance(value, str) or not value:
            raise NetworkError("TikTok gave no access token")
        seconds = life if isinstance(life, int) else _USUAL_LIFE
        self._held[_name(token)] = value, now + timedelta(seconds=seconds)
        return value


def _name(token: Token) -> tuple[str, ...]:
    """Tell credentials apart, and those that were replaced under the same id."""
    return token.id, token.secrets["client_key"], token.secrets["client_secret"]
