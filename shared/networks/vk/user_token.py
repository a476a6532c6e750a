"""Exchanging VK's user token, which lives for an hour, for a fresh one (VK ID)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Final

from shared.networks.access import Access, Keep, Token
from shared.networks.calls import call
from shared.networks.failures import ErrorKind, NetworkError

BASE: Final = "https://id.vk.ru"
NOT_RENEWED: Final = "vk:not_renewed"
_EARLY: Final = timedelta(minutes=1)
_USUAL_LIFE: Final = 3600
_NEEDED: Final = frozenset({"refresh", "client_id", "device_id"})


def has_expired(token: Token, now: datetime) -> bool:
    """Say whether a token has run out, or will within a minute."""
    until = token.secrets.get("expires_at")
    return until is not None and now + _EARLY >= datetime.fromisoformat(until)


def can_be_exchanged(token: Token) -> bool:
    return token.kind == "user" and token.secrets.keys() >= _NEEDED


async def exchanged(token: Token, keep: Keep, access: Access) -> Token:
    """Exchange a user token and have the new one kept before it is used.

    VK gives every refresh token out once: what is not kept is lost, and a person must
    sign in again. Raises `NetworkError`; the token is then stopped if VK refused.
    """
    return await keep(token, partial(_exchange, access))


async def _exchange(access: Access, token: Token) -> Token:
    base = access.options.get("id_base") or access.base or BASE
    request = access.http.build_request(
        "POST",
        f"{str(base).rstrip('/')}/oauth2/auth",
        data={
            "grant_type": "refresh_token",
            "refresh_token": token.secrets["refresh"],
            "client_id": token.secrets["client_id"],
            "device_id": token.secrets["device_id"],
        },
    )
    now = access.clock()
    answer = await call(access.http, request, now=now)
    fresh = _fresh(token, answer.data, now)
    if fresh is None:
        await access.budget.stop(token.id)
        raise NetworkError(
            "VK ID did not renew the user token: a person has to sign in again",
            ErrorKind.REAUTH,
            token=token.id,
            code=NOT_RENEWED,
        )
    return fresh


def _fresh(token: Token, data: Any, now: datetime) -> Token | None:  # noqa: ANN401 -- JSON
    if not isinstance(data, dict):
        return None
    given, refresh = data.get("access_token"), data.get("refresh_token")
    if not isinstance(given, str) or not isinstance(refresh, str):
        return None
    life = data.get("expires_in")
    seconds = life if isinstance(life, int) else _USUAL_LIFE
    until = (now + timedelta(seconds=seconds)).astimezone(UTC)
    secrets = {"token": given, "refresh": refresh, "expires_at": until.isoformat()}
    return replace(token, secrets={**token.secrets, **secrets})
