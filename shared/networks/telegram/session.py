"""A connected session that keeps to its limits and is given up once it is refused."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, nullcontext
from datetime import timedelta
from typing import Final

from shared.networks.access import Access, Token
from shared.networks.budget import Rate
from shared.networks.failures import NO_TOKEN, ErrorKind, NetworkError
from shared.networks.telegram.history import (
    Difference,
    HistoryChat,
    HistoryMessage,
    OpenHistory,
    Peer,
    TelegramHistory,
)
from shared.networks.telegram.mtproto_errors import classed

SESSION: Final = "session"
"""The kind of token: secrets `session`, `api_id`, `api_hash`."""

PAGE: Final = 100
"""As many messages as one call of Telegram brings."""

_RATE: Final = Rate(1)
_LOOKUPS: Final = Rate(1, timedelta(seconds=5))
"""Names are looked up rarely: no call is held back for longer once overdone."""


class Session:
    """Calls of a history, one a second, their errors classed."""

    def __init__(self, history: TelegramHistory, access: Access, token: Token) -> None:
        self._history = history
        self._access = access
        self._token = token

    async def chat(self, handle: str, known: Peer | None = None) -> HistoryChat:
        if known is None:
            name = f"{self._token.id}/resolve"
            await self._access.budget.take(name, _LOOKUPS)
        async with self._turn():
            return await self._history.chat(handle, known)

    async def messages(
        self, peer: Peer, *, above: int = 0, below: int = 0
    ) -> list[HistoryMessage]:
        """Read up to a page of messages, newest first."""
        async with self._turn():
            found = self._history.iter_messages(
                peer, above=above, below=below, limit=PAGE
            )
            return [message async for message in found]

    async def numbered(
        self, peer: Peer, numbers: list[int]
    ) -> tuple[HistoryMessage, ...]:
        async with self._turn():
            return await self._history.get_messages(peer, numbers)

    async def replies(
        self, peer: Peer, post: int, *, below: int = 0
    ) -> list[HistoryMessage]:
        """Read up to a page of the comments of a post, newest first."""
        async with self._turn():
            found = self._history.get_replies(peer, post, below=below, limit=PAGE)
            return [message async for message in found]

    async def difference(self, peer: Peer, pts: int) -> Difference:
        async with self._turn():
            return await self._history.difference(peer, pts)

    async def stats(self, peer: Peer) -> Mapping[str, int]:
        async with self._turn():
            return await self._history.stats(peer)

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        await self._access.budget.take(self._token.id, _RATE)
        async with heeded(self._access, self._token):
            yield


@asynccontextmanager
async def heeded(access: Access, token: Token) -> AsyncIterator[None]:
    """Keep everybody else with this session from the same refusal."""
    try:
        with classed():
            yield
    except NetworkError as error:
        error.token = token.id
        if error.kind is ErrorKind.REAUTH:
            await access.budget.stop(token.id)
        elif error.kind is ErrorKind.WAIT and error.retry_after is not None:
            await access.budget.park(token.id, access.clock() + error.retry_after)
        raise


@asynccontextmanager
async def session_of(access: Access, opening: OpenHistory) -> AsyncIterator[Session]:
    """Connect with the session of an access; raises `NetworkError`."""
    token = access.token(SESSION)
    if token is None:
        raise NetworkError(
            "no session of an account is set", ErrorKind.REAUTH, code=NO_TOKEN
        )
    # Telegram ends a session that is used from two places at once, for good.
    account = token.secrets.get("session", token.id)
    async with access.alone(account) if access.alone else nullcontext():
        # Connecting is a call, too: a stopped or parked session is not even tried.
        await access.budget.take(token.id, _RATE)
        async with heeded(access, token), opening(access, token) as history:
            yield Session(history, access, token)
