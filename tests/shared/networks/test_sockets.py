"""Websockets by the library, with a server of the same on the loopback."""

import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from ipaddress import IPv4Address
from pathlib import Path

import pytest
from cryptography import x509
from websockets.asyncio.server import Request, Response, ServerConnection, serve

from shared.networks.failures import ErrorKind, NetworkError
from shared.networks.sockets import OpenSocket, SocketRefused, opener
from shared.networks.trust import trusted
from tests.shared.networks.certificates import PEM, self_signed

NOW = timedelta()
SOON = timedelta(seconds=5)


@pytest.fixture
def opened() -> OpenSocket:
    return opener(ssl.create_default_context(), user_agent="Otklik/1")


@asynccontextmanager
async def listening(
    talk: Callable[[ServerConnection], Awaitable[None]],
    refusal: tuple[int, str] | None = None,
    tls: ssl.SSLContext | None = None,
) -> AsyncIterator[str]:
    """Serve on a free port; say the address."""

    def gate(connection: ServerConnection, request: Request) -> Response | None:
        assert request.headers["User-Agent"] == "Otklik/1"
        if refusal is None:
            return None
        return connection.respond(HTTPStatus(refusal[0]), refusal[1])

    async with serve(talk, "127.0.0.1", 0, process_request=gate, ssl=tls) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        yield f"ws{'s' if tls else ''}://127.0.0.1:{port}/stream?key=secret"


async def _once(connection: ServerConnection) -> None:
    await connection.send("да")
    await connection.wait_closed()


async def _nothing(_: ServerConnection) -> None:
    return


async def test_messages_come_one_by_one_and_then_none(opened: OpenSocket) -> None:
    async def talk(connection: ServerConnection) -> None:
        await connection.send("Яма")
        await connection.send(b"\xff\xd0\xaf")
        await connection.wait_closed()

    async with listening(talk) as address, opened(address) as socket:
        heard = [await socket.receive(SOON), await socket.receive(SOON)]
        silence = await socket.receive(NOW)

    assert heard == ["Яма", "�Я"]
    assert silence is None


async def test_an_end_is_an_error_that_names_no_key(opened: OpenSocket) -> None:
    async with listening(_nothing) as address, opened(address) as socket:
        with pytest.raises(NetworkError, match=r"ended the stream \(1000\)") as caught:
            await socket.receive(SOON)

    assert caught.value.kind is ErrorKind.RETRY


async def test_an_end_without_a_word_is_one_too(opened: OpenSocket) -> None:
    async def talk(connection: ServerConnection) -> None:
        connection.transport.abort()

    async with listening(talk) as address, opened(address) as socket:
        with pytest.raises(NetworkError, match="without a word"):
            await socket.receive(SOON)


async def test_a_refusal_comes_with_its_reason(opened: OpenSocket) -> None:
    async with listening(_nothing, (403, '{"code": 400}')) as address:
        with pytest.raises(SocketRefused) as caught:
            await opened(address).__aenter__()

    assert (caught.value.status, caught.value.body) == (403, b'{"code": 400}')


@pytest.mark.parametrize("address", ["ws://127.0.0.1:9/?key=secret", "wss://[?key=s"])
async def test_nobody_there_is_an_error_that_names_no_key(
    opened: OpenSocket, address: str
) -> None:
    with pytest.raises(NetworkError, match="no stream can be opened") as caught:
        await opened(address).__aenter__()

    assert "key" not in str(caught.value)
    assert caught.value.__cause__ is None


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate of 127.0.0.1 that nobody has heard of, with its key."""
    here = x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))])
    made, secret = self_signed("127.0.0.1", datetime(2026, 1, 1, tzinfo=UTC), here)
    file = tmp_path / "here.pem"
    file.write_bytes(made.public_bytes(PEM) + secret)
    return file


async def test_only_certificates_that_were_given_are_believed(
    opened: OpenSocket, certificate: Path
) -> None:
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(certificate)
    knowing = opener(trusted(certificate), user_agent="Otklik/1")

    async with listening(_once, tls=tls) as address:
        async with knowing(address) as socket:
            heard = await socket.receive(SOON)
        with pytest.raises(NetworkError, match="SSLCertVerificationError"):
            await opened(address).__aenter__()

    assert heard == "да"


async def test_no_proxy_of_the_surroundings_is_asked(
    opened: OpenSocket, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)

    async with listening(_once) as address, opened(address) as socket:
        heard = await socket.receive(SOON)

    assert heard == "да"
