"""RSS and Atom documents, written in a line and read as posts."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from services.ingest.sources.base import FetchedPost
from services.ingest.sources.feed_parse import FeedContext, ParsedFeed, parse_feed
from tests.services.ingest.incoming import NOW

MOSCOW = ZoneInfo("Europe/Moscow")
NINE = datetime(2025, 11, 11, 9, tzinfo=UTC)


def parsed(document: str | bytes, content_type: str | None = None) -> ParsedFeed:
    body = document if isinstance(document, bytes) else document.encode()
    context = FeedContext("news", "https://news.example/rss", MOSCOW, NOW)
    return parse_feed(body, content_type, context)


def rss(items: str) -> str:
    return f'<rss version="2.0"><channel><title>Н</title>{items}</channel></rss>'


def item(fields: str = "", title: str = "Яма") -> FetchedPost:
    (post,) = parsed(rss(f"<item><title>{title}</title>{fields}</item>")).posts
    return post


def atom(fields: str) -> FetchedPost:
    (post,) = parsed(
        '<feed xmlns="http://www.w3.org/2005/Atom"><title>Н</title><entry>'
        f"<id>urn:1</id><title>Яма</title>{fields}</entry></feed>"
    ).posts
    return post
