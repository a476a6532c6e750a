"""A feed on a server of our own, and how it is asked for."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from services.ingest.sources.base import Fetched, SourceError
from services.ingest.sources.feed import FeedSource
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
