"""Calls of the invented network: a turn before each, each refusal classed.

Where answering needs them too, this is `shared/networks/<network>/`.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from services.ingest.domain.posts import Network
from services.ingest.sources.base import ErrorKind, SourceError
from services.ingest.sources.connector import Access
from shared.networks.budget import Rate
from shared.networks.calls import Answer, call

NETWORK: Final = Network.OTHER
BASE: Final = "https://api.example.invalid"
APP: Final = "app"
"""The one kind of token there is."""
RATE: Final = Rate(5)

_KINDS: Final[Mapping[str, ErrorKind]] = {
    "bad_request": ErrorKind.BUG,
    "bad_token": ErrorKind.REAUTH,
    "no_page": ErrorKind.DISABLE,
    "too_fast": ErrorKind.WAIT,
}


class Api:
    """Calls of the network: a turn of the budget before each, each refusal classed."""

    def __init__(self, access: Access) -> None:
        self._access = access

    async def get(self, path: str, **params: str | int) -> Mapping[str, Any]:
        """Read an object; raises `SourceError`."""
        access, token = self._access, self._access.token(APP)
        if token is None:
            raise SourceError(f"a token of the kind {APP} is needed", ErrorKind.DISABLE)
        await access.budget.take(token.id, RATE)
        request = access.http.build_request(
            "GET",
            f"{access.base or BASE}/v1/{path}",
            params=params,
            headers={"Authorization": f"Bearer {token.secrets['token']}"},
        )
        answer = await call(access.http, request, now=access.clock())
        error = refusal(answer)
        if error is None:
            return dict(answer.data)
        error.token = token.id
        # Keep everybody else with this token from the same refusal.
        if error.kind is ErrorKind.REAUTH:
            await access.budget.stop(token.id)
        if error.retry_after is not None:
            await access.budget.park(token.id, access.clock() + error.retry_after)
        raise error


def refusal(answer: Answer) -> SourceError | None:
    """Class what is no success, with the network's code; None for a success."""
    if not isinstance(answer.data, dict):
        return SourceError("the network's answer is no object")
    code = answer.data.get("error")
    if code is None:
        return None
    kind = _KINDS.get(str(code), ErrorKind.RETRY)
    wait = timedelta(minutes=1) if kind is ErrorKind.WAIT else None
    reason = f"the network refused: {str(code)[:60]}"
    return SourceError(
        reason, kind, retry_after=wait, code=f"{NETWORK}:{str(code)[:60]}"
    )
