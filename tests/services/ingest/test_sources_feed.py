"""Feeds over a real connection, from servers that behave badly."""

import asyncio
import gzip
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest

from services.ingest.domain.posts import IncomingPost, Network, PostKind
from services.ingest.sources.base import (
    ErrorKind,
    Fetched,
    FetchedPost,
    SourceError,
)
from services.ingest.sources.download import retry_after
from services.ingest.sources.feed import FeedSource
from services.ingest.sources.safe_http import safe_client
from tests.services.ingest.feed_server import FeedServer, answer, gzipped
from tests.services.ingest.incoming import NOW

RSS = (
    '<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel>'
    "<title>Новости</title><ttl>30</ttl>{items}</channel></rss>"
)
ITEM = (
    "<item><guid>{id}</guid><title>Яма {id}</title>"
    "<link>https://news.example/{id}</link>"
    "<pubDate>Tue, 11 Nov 2025 09:00:00 GMT</pubDate></item>"
)


def rss(*ids: str) -> str:
    return RSS.format(items="".join(ITEM.format(id=each) for each in ids))


@pytest.fixture
async def server() -> AsyncIterator[FeedServer]:
    async with FeedServer() as running:
        yield running


@pytest.fixture
async def client(server: FeedServer) -> AsyncIterator[httpx.AsyncClient]:
    async with safe_client(
        user_agent="Otklik test", allowed=[server.place], timeout=2
    ) as opened:
        yield opened


def feed(client: httpx.AsyncClient, url: str, **changes: Any) -> FeedSource:  # noqa: ANN401 -- any option
    options: dict[str, Any] = {"source": "news", "deadline": timedelta(seconds=3)}
    return FeedSource(client, url=url, **(options | changes))


async def fetch(
    client: httpx.AsyncClient,
    url: str,
    cursor: dict[str, str] | None = None,
    **changes: Any,  # noqa: ANN401 -- any option
) -> Fetched:
    return await feed(client, url, **changes).fetch(cursor or {}, now=NOW)


async def failure(
    client: httpx.AsyncClient,
    url: str,
    **changes: Any,  # noqa: ANN401 -- any option
) -> SourceError:
    with pytest.raises(SourceError) as caught:
        await fetch(client, url, **changes)
    return caught.value


def ids(fetched: Fetched) -> list[str]:
    return [each.post.external_id for each in fetched.posts]


async def test_feed_is_read_with_a_cursor_to_ask_politely_next_time(
    server: FeedServer, client: httpx.AsyncClient
) -> None:
    told = {"ETag": '"v1"', "Last-Modified": "Tue, 11 Nov 2025 09:00:00 GMT"}
    url = server.on("/rss", answer(rss("a"), headers=told), answer(status=304))

    first = await fetch(client, url)
    second = await feed(client, url).fetch(first.cursor, now=NOW)

    assert first.posts == (
        FetchedPost(
            IncomingPost(
                network=Network.RSS,
                source="news",
                external_id="a",
                kind=PostKind.POST,
                parent_id=None,
                url="https://news.example/a",
                text="Яма a",
                published_at=datetime(2025, 11, 11, 9, tzinfo=UTC),
            )
        ),
    )
    assert first.poll_after == timedelta(minutes=30)
    assert json.loads(json.dumps(dict(first.cursor))) == first.cursor
    assert second == Fetched((), first.cursor, poll_after=timedelta(minutes=30))
    assert "if-none-match" not in server.requests[0].headers
    assert server.requests[1].headers["if-none-match"] == '"v1"'
    assert server.requests[1].headers["if-modified-since"] == told["Last-Modified"]


async def test_a_feed_is_not_called_in_hours_it_wishes_to_skip(
    server: FeedServer, client: httpx.AsyncClient
) -> None:
    skipped = rss("a").replace(
        "<item>", "<skipHours><hour>10</hour></skipHours><item>", 1
    )
    url = server.on("/rss", answer(skipped))
    first = await fetch(client, url)
    in_it = NOW.replace(hour=10, minute=15)

    second = await feed(client, url).fetch(first.cursor, now=in_it)

    assert second == Fetched((), first.cursor, poll_after=timedelta(minutes=45))
    assert len(server.requests) == 1


async def test_server_that_ignores_conditions_costs_no_work(
    server: FeedServer, client: httpx.AsyncClient
) -> None:
    url = server.on("/rss", answer(rss("a"), headers={"ETag": '"1"'}), answer(rss("a")))

    first = await fetch(client, url)
    second = await fetch(client, url, dict(first.cursor))

    assert (len(first.posts), second.posts) == (1, ())


async def test_changed_mark_with_the_same_document_is_no_news(
    server: FeedServer, client: httpx.AsyncClient
) -> None:
    answers = [answer(rss("a"), headers={"ETag": f'"{n}"'}) for n in (1, 2)]
    url = server.on("/rss", *answers)

    first = await fetch(client, url)
    second = await fetch(client, url, dict(first.cursor))

    cursor = {**first.cursor, "etag": '"2"'}
    assert second == Fetched((), cursor, poll_after=timedelta(minutes=30))


async def test_same_document_twice_gives_the_same_posts(
    server: FeedServer, client: httpx.AsyncClient
) -> None:
    url = server.on("/rss", answer(rss("a", "b")))

    assert await fetch(client, url) == await fetch(client, url)


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


@pytest.mark.parametrize(
    ("status", "kind", "message"),
    [
        (410, ErrorKind.DISABLE, "the server answered 410: gone for good"),
        (401, ErrorKind.HUMAN, "the server answered 401: no right to read"),
        (403, ErrorKind.HUMAN, "the server answered 403: no right to read"),
        (451, ErrorKind.HUMAN, "the server answered 451: no right to read"),
        (404, ErrorKind.RETRY, "the server answered 404"),
        (500, ErrorKind.RETRY, "the server answered 500"),
        (502, ErrorKind.RETRY, "the server answered 502"),
        (204, ErrorKind.RETRY, "the server answered 204"),
    ],
)
async def test_status_says_what_to_do(
    server: FeedServer,
    client: httpx.AsyncClient,
    status: int,
    kind: ErrorKind,
    message: str,
) -> None:
    error = await failure(client, server.on("/rss", answer("<html>", status)))

    assert (error.kind, str(error), error.retry_after) == (kind, message, None)
    assert error.code == f"feed:{status}"


@pytest.mark.parametrize("status", [429, 503])
async def test_busy_server_is_left_for_as_long_as_it_says(
    server: FeedServer, client: httpx.AsyncClient, status: int
) -> None:
    url = server.on("/rss", answer("", status, {"Retry-After": "120"}))

    error = await failure(client, url)

    assert (error.kind, error.retry_after) == (ErrorKind.WAIT, timedelta(minutes=2))


@pytest.mark.parametrize(
    ("value", "wait"),
    [
        ("120", timedelta(seconds=120)),
        ("0", timedelta(seconds=30)),
        ("-5", timedelta(minutes=15)),
        ("99999999", timedelta(hours=24)),
        ("9" * 400, timedelta(minutes=15)),
        ("Wed, 12 Nov 2025 10:00:00 GMT", timedelta(hours=1)),
        ("Wed, 12 Nov 2025 10:00:00 -0000", timedelta(hours=1)),
        ("Wed, 12 Nov 2020 10:00:00 GMT", timedelta(seconds=30)),
        ("soon", timedelta(minutes=15)),
        (None, timedelta(minutes=15)),
    ],
)
def test_wait_is_within_reason(value: str | None, wait: timedelta) -> None:
    assert retry_after(value, now=NOW) == wait


async def test_lasting_redirect_moves_the_feed(
    server: FeedServer, client: httpx.AsyncClient
) -> None:
    new = server.on("/new", answer(rss("a")))
    old = server.on("/old", answer("", 301, {"Location": "/new"}))

    fetched = await fetch(client, old)
    again = await fetch(client, old, dict(fetched.cursor))

    assert (ids(fetched), fetched.cursor["url"]) == (["a"], new)
    assert again.posts == ()
    assert [request.path for request in server.requests] == ["/old", "/new", "/new"]


@pytest.mark.parametrize("status", [302, 303, 307])
async def test_passing_redirect_does_not_move_the_feed(
    server: FeedServer, client: httpx.AsyncClient, status: int
) -> None:
    server.on("/new", answer(rss("a")))
    old = server.on("/old", answer("", status, {"Location": "/new"}))

    fetched = await fetch(client, old)

    assert (ids(fetched), fetched.cursor["url"]) == (["a"], old)


async def test_redirects_after_a_passing_one_do_not_count(
    server: FeedServer, client: httpx.AsyncClient
) -> None:
    server.on("/c", answer(rss("a")))
    server.on("/b", answer("", 301, {"Location": "/c"}))
    start = server.on("/a", answer("", 302, {"Location": "/b"}))

    assert (await fetch(client, start)).cursor["url"] == start


@pytest.mark.parametrize(
    ("location", "kind", "message"),
    [
        ("/rss", ErrorKind.RETRY, "more than 5 redirects"),
        ("", ErrorKind.RETRY, "a redirect without a target"),
        ("http://127.0.0.1:1/", ErrorKind.HUMAN, "port 1 is not one of the web's"),
        ("http://127.0.0.1/", ErrorKind.HUMAN, "leads to an address that is not"),
        ("http://169.254.169.254/", ErrorKind.HUMAN, "address that is not public"),
        ("http://2130706433/", ErrorKind.HUMAN, "address that is not public"),
        ("http://[::1]/", ErrorKind.HUMAN, "address that is not public"),
        ("file:///etc/hostname", ErrorKind.HUMAN, "neither http nor https"),
        ("http://x:y@127.0.0.1/", ErrorKind.HUMAN, "name or password"),
    ],
)
async def test_each_redirect_is_checked_anew(
    server: FeedServer,
    client: httpx.AsyncClient,
    location: str,
    kind: ErrorKind,
    message: str,
) -> None:
    url = server.on("/rss", answer("", 301, {"Location": location}))

    error = await failure(client, url)

    assert (error.kind, message in str(error)) == (kind, True), str(error)
    is_unsafe = kind is ErrorKind.HUMAN
    assert error.code == ("feed:address" if is_unsafe else "feed:redirects")


@pytest.mark.parametrize("url", ["http://a:b:c/", "http://999.1.1.1/", "ftp://a/"])
async def test_bad_address_is_shown_to_a_person(
    client: httpx.AsyncClient, url: str
) -> None:
    assert (await failure(client, url)).kind is ErrorKind.HUMAN


async def test_feed_that_is_cut_off_is_asked_for_in_full_again(
    server: FeedServer, client: httpx.AsyncClient
) -> None:
    whole = rss("a", "b")
    half = whole[: whole.index("Яма b") + 3]
    url = server.on("/rss", answer(half, headers={"ETag": '"1"'}), answer(whole))

    first = await fetch(client, url)
    second = await fetch(client, url, dict(first.cursor))

    assert (ids(first), ids(second)) == (["a"], ["a", "b"])
    assert first.note == "the feed was cut off; its last entry is read next time"
    assert first.cursor == {"url": url, "hints": {"ttl": 30}}
    assert second.note is None
    assert "if-none-match" not in server.requests[1].headers


async def test_letters_the_server_is_wrong_about_are_read(
    server: FeedServer, client: httpx.AsyncClient, samples: Path
) -> None:
    body = (samples / "rss" / "cp1251_no_guid.xml").read_bytes()
    told = {"Content-Type": "text/xml; charset=utf-8"}

    fetched = await fetch(client, server.on("/rss", answer(body, headers=told)))

    assert fetched.posts == (
        FetchedPost(
            IncomingPost(
                network=Network.RSS,
                source="news",
                external_id="https://news.example/a?id=7",
                kind=PostKind.POST,
                parent_id=None,
                url="https://news.example/a?id=7",
                text="Нет автобуса & света\nЖители жалуются",
                published_at=datetime(2025, 11, 11, 9, tzinfo=UTC),
            )
        ),
    )


async def test_document_with_a_dtd_is_shown_to_a_person(
    server: FeedServer, client: httpx.AsyncClient, samples: Path
) -> None:
    body = (samples / "rss" / "xxe_must_be_rejected.xml").read_bytes()

    error = await failure(client, server.on("/rss", answer(body)))

    assert (error.kind, str(error), error.code) == (
        ErrorKind.HUMAN,
        "the feed has a DTD, which is not read",
        "feed:broken",
    )


async def test_zone_of_the_feed_counts_for_times_without_one(
    server: FeedServer, client: httpx.AsyncClient
) -> None:
    item = ITEM.format(id="a").replace(
        "Tue, 11 Nov 2025 09:00:00 GMT", "11.11.2025 12:00"
    )
    url = server.on("/rss", answer(RSS.format(items=item)))

    fetched = await fetch(client, url, zone=ZoneInfo("Europe/Moscow"))

    assert fetched.posts[0].post.published_at == datetime(2025, 11, 11, 9, tzinfo=UTC)
