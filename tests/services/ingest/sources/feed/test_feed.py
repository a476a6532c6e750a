"""Feeds over a real connection, from servers that behave badly."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx
import pytest

from services.ingest.domain.posts import IncomingPost, Network, PostKind
from services.ingest.sources.base import ErrorKind, Fetched, FetchedPost
from services.ingest.sources.download import retry_after
from tests.services.ingest.feed_server import FeedServer, answer
from tests.services.ingest.incoming import NOW
from tests.services.ingest.sources.feed.asking import (
    ITEM,
    RSS,
    failure,
    feed,
    fetch,
    ids,
    rss,
)


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
