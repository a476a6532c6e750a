"""A network's websocket, read message by message; only this module knows the library.

The protocol is the work of `websockets`. Whom we believe and whom we say we are is the
same as for calls: no proxy and no certificates of the environment.
"""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import timedelta
from typing import Final, Protocol, TypeAlias

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus, WebSocketException

from shared.networks.failures import NetworkError

LARGEST_MESSAGE: Final = 1_000_000
_OPENING: Final = timedelta(seconds=10)
_CLOSING: Final = timedelta(seconds=2)


class SocketRefused(NetworkError):
    """The other side answered our wish for a websocket otherwise; `body` says why."""

    def __init__(self, status: int, body: bytes) -> None:
        self.status = status
        self.body = body
        super().__init__(f"the network answered {status} instead of a stream")


class Socket(Protocol):
    """An open websocket that is only listened to."""

    async def receive(self, patience: timedelta) -> str | None:
        """Give the next message; None when none came in time.

        Raises `NetworkError` (RETRY) when the connection has ended.
        """
        ...


OpenSocket: TypeAlias = Callable[[str], AbstractAsyncContextManager[Socket]]
"""Connects to an address (`wss://` or `ws://`) and closes at the end of the block.

Raises `SocketRefused`, or `NetworkError` (RETRY) when nobody can be reached.
"""


class _Open:
    """A connection of the library."""

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection

    async def receive(self, patience: timedelta) -> str | None:
        """Wait for a message; giving up loses none."""
        try:
            async with asyncio.timeout(max(patience.total_seconds(), 0)):
                message = await self._connection.recv()
        except TimeoutError:
            return None
        except ConnectionClosed as error:
            raise NetworkError(
                f"the network ended the stream ({_close_code(error)})"
            ) from error
        return message if isinstance(message, str) else message.decode(errors="replace")


def _close_code(error: ConnectionClosed) -> int | str:
    return error.rcvd.code if error.rcvd else "without a word"


def opener(certificates: ssl.SSLContext, *, user_agent: str) -> OpenSocket:
    """Make what opens websockets, believing these certificates.

    Errors name no address: it has the key in it.
    """

    @asynccontextmanager
    async def opened(address: str) -> AsyncIterator[Socket]:
        tls = certificates if address.startswith("wss:") else None
        try:
            connection = await connect(
                address,
                ssl=tls,
                proxy=None,
                user_agent_header=user_agent,
                open_timeout=_OPENING.total_seconds(),
                close_timeout=_CLOSING.total_seconds(),
                max_size=LARGEST_MESSAGE,
            )
        except InvalidStatus as error:
            body = bytes(error.response.body or b"")
            raise SocketRefused(error.response.status_code, body) from None
        except (WebSocketException, OSError, TimeoutError, ValueError) as error:
            reason = type(error).__name__
            raise NetworkError(f"no stream can be opened: {reason}") from None
        async with connection:
            yield _Open(connection)

    return opened
