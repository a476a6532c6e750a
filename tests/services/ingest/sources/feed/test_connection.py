"""Feeds over connections that are slow, packed, endless or broken."""

import asyncio
import gzip
from datetime import timedelta

import httpx
import pytest

from services.ingest.sources.base import ErrorKind
from services.ingest.sources.safe_http import safe_client
from tests.services.ingest.feed_server import FeedServer, answer, gzipped
from tests.services.ingest.sources.feed.asking import failure, fetch, ids, rss


async def test_packed_feed_is_unpacked(
    server: FeedServer, client: httpx.AsyncClient
) -> None:
    assert ids(await fetch(client, server.on("/rss", gzipped(rss("a"))))) == ["a"]
    assert server.requests[0].headers["accept-encoding"] == "gzip"


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (gzip.compress(b" " * 100_000_000, mtime=0), "larger than 5,000,000 bytes"),
        (gzip.compress(b"x" * 5_000_001, mtime=0), "larger than 5,000,000 bytes"),
        (gzip.compress(b"x" * 1000, mtime=0)[:-9], "the packed document is cut off"),
        (b"no gzip at all", "the packed document is damaged"),
    ],
)
async def test_bad_packing_is_a_clear_error(
    server: FeedServer, client: httpx.AsyncClient, body: bytes, message: str
) -> None:
    url = server.on("/rss", answer(body, headers={"Content-Encoding": "gzip"}))

    error = await failure(client, url)

    assert (error.kind, message in str(error)) == (ErrorKind.RETRY, True)


async def test_unknown_packing_is_refused(
    server: FeedServer, client: httpx.AsyncClient
) -> None:
    url = server.on("/rss", answer(b"x", headers={"Content-Encoding": "br"}))

    assert "packed in an unknown way: br" in str(await failure(client, url))


async def test_endless_document_is_left(
    server: FeedServer, client: httpx.AsyncClient
) -> None:
    async def endless(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            writer.write(b" " * 100_000)
            await writer.drain()

    error = await failure(client, server.on("/rss", endless))

    assert "larger than 5,000,000 bytes" in str(error)


async def test_slow_drip_ends_at_the_deadline(
    server: FeedServer, client: httpx.AsyncClient
) -> None:
    drops = 0

    async def drip(writer: asyncio.StreamWriter) -> None:
        nonlocal drops
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        while True:
            writer.write(b" ")
            await writer.drain()
            drops += 1
            await asyncio.sleep(0.05)

    url = server.on("/rss", drip)

    error = await failure(client, url, deadline=timedelta(seconds=1))

    assert str(error) == "the server took longer than 1 s"
    assert 0 < drops < 500, "a drop every twentieth of a second, and no end of them"


async def test_server_that_says_nothing_is_left(server: FeedServer) -> None:
    async def silence(writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(30)

    client = safe_client(user_agent="t", allowed=[server.place], timeout=0.2)
    async with client:
        error = await failure(client, server.on("/rss", silence))

    assert (error.kind, str(error)) == (
        ErrorKind.RETRY,
        "the server can not be read: ReadTimeout",
    )


async def test_broken_connections_are_tried_again(
    server: FeedServer, client: httpx.AsyncClient
) -> None:
    async def reset(writer: asyncio.StreamWriter) -> None:
        writer.transport.abort()

    short = answer(rss("a"), headers={"Content-Length": "99999"})
    for said in (reset, short, b"garbage\r\n\r\n"):
        error = await failure(client, server.on("/rss", said))

        assert (error.kind, error.code) == (ErrorKind.RETRY, "feed:unreached")
        assert str(error).startswith("the server can not be read: ")


async def test_refused_connection_is_tried_again(client: httpx.AsyncClient) -> None:
    async with FeedServer() as gone:
        place, url = gone.place, gone.url("/rss")

    async with safe_client(user_agent="t", allowed=[place]) as reaching:
        error = await failure(reaching, url)

    assert error.kind is ErrorKind.RETRY
