"""Feeds that have moved: where a redirect may lead, and what is kept of it."""

import httpx
import pytest

from services.ingest.sources.base import ErrorKind
from tests.services.ingest.feed_server import FeedServer, answer
from tests.services.ingest.sources.feed.asking import failure, fetch, ids, rss


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
