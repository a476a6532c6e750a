"""Reads RSS and Atom documents as posts; pure, and slow enough to want a thread."""

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from hashlib import sha256
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

from services.ingest.domain.checks import (
    LONGEST_ID,
    OLDEST,
    Refused,
    clean_text,
    web_address,
)
from services.ingest.domain.files.links import linked_post
from services.ingest.domain.posts import IncomingPost, Network, PostKind
from services.ingest.sources.base import (
    PERSON,
    ErrorKind,
    FetchedPost,
    SourceError,
)
from services.ingest.sources.feed_dates import moment_in_feed
from services.ingest.sources.feed_guard import NO_FEED, check_document, utf8_of
from services.ingest.sources.feed_hints import Hints, hints_of
from services.ingest.sources.feed_text import joined, text_of_html, text_of_plain

_MOST_ENTRIES: Final = 1_000
_LONGEST_MARKUP: Final = 1_000_000
_END: Final = re.compile(
    rb"</(?:\w{1,20}:)?(?:rss|feed|rdf)\s*>\s*(?:<!--.*-->\s*)?\Z",
    re.IGNORECASE | re.DOTALL,
)
_TRACKING: Final = ("utm_", "yclid", "gclid", "fbclid", "_openstat", "ysclid")
_COMMENTS: Final = ("lj_reply-count", "slash_comments")
_OF_PEOPLE: Final = frozenset({"personal", "identity"})
NOT_WATCHED: Final = "this is a person's journal: Otklik watches communities only"
_NINE: Final = 9  # digits: nobody counts that far


@dataclass(frozen=True, slots=True)
class FeedContext:
    """What a feed does not say about itself."""

    source: str
    url: str
    zone: tzinfo
    now: datetime


@dataclass(frozen=True, slots=True)
class ParsedFeed:
    """A document's posts and wishes; `journal` is whose LiveJournal it says it is."""

    posts: tuple[FetchedPost, ...]
    refused: tuple[str, ...]
    is_cut_off: bool
    hints: Hints
    journal: str | None = None


def parse_feed(
    body: bytes, content_type: str | None, context: FeedContext
) -> ParsedFeed:
    """Read a document; raises `SourceError` for what is no feed, or a person's."""
    import feedparser  # noqa: PLC0415 -- slow import

    body = utf8_of(body, content_type)
    is_cut_off = not check_document(body) and not _END.search(body[-12_000:])
    # Never a string: feedparser opens strings as addresses and file names.
    document = feedparser.parse(
        io.BytesIO(body),
        response_headers={"content-type": "application/xml; charset=utf-8"},
        sanitize_html=False,
        resolve_relative_uris=False,
    )
    entries = list(document.entries[:_MOST_ENTRIES])
    if not entries and (is_cut_off or not document.version):
        told = "the document is not a feed, or is cut off before any entry"
        raise SourceError(told, code=NO_FEED)
    journal = _journal(document.feed)
    hints = hints_of(body, document.feed)
    whole = entries[:-1] if is_cut_off else entries
    posts, refused = _posts(whole, str(document.version), context)
    return ParsedFeed(posts, refused, is_cut_off, hints, journal)


def _journal(feed: Mapping[str, Any]) -> str | None:
    """Read whose journal it is; a person's is not watched, however it was added."""
    told = str(feed.get("lj_journaltype") or "").strip().lower()
    if told in _OF_PEOPLE:
        raise SourceError(NOT_WATCHED, ErrorKind.DISABLE, code=PERSON)
    return told or None


def _posts(
    entries: Sequence[Mapping[str, Any]], version: str, context: FeedContext
) -> tuple[tuple[FetchedPost, ...], tuple[str, ...]]:
    posts: list[FetchedPost] = []
    refused: list[str] = []
    for number, entry in enumerate(entries, 1):
        try:
            posts.append(_post(entry, context, is_atom=version.startswith("atom")))
        except Refused as error:
            refused.append(f"entry {number}: {error.reason}")
    return tuple(posts), tuple(refused)


def _post(
    entry: Mapping[str, Any], context: FeedContext, *, is_atom: bool
) -> FetchedPost:
    link = _link(entry, context.url)
    text = clean_text(joined(*_texts(entry)))
    if not text:
        raise Refused("text", "must not be empty")
    published_at, guessed = _published_at(entry, context)
    journal = linked_post(link) if link else None
    in_journal = journal is not None and journal.network is Network.LIVEJOURNAL
    post = IncomingPost(
        network=Network.LIVEJOURNAL if in_journal else Network.RSS,
        source=context.source,
        external_id=(
            journal.external_id if journal and in_journal else _key(entry, link, text)
        ),
        kind=PostKind.POST,
        parent_id=None,
        url=link,
        text=text,
        published_at=published_at,
        edited_at=_edited_at(entry, published_at, context) if is_atom else None,
        metrics=_metrics(entry),
    )
    return FetchedPost(post, date_guessed=guessed)


def _metrics(entry: Mapping[str, Any]) -> dict[str, int]:
    """How many comments there are, where the feed tells; none is not nought."""
    told = (str(entry.get(name, "")) for name in _COMMENTS)
    counts = [int(each) for each in told if each.isdecimal() and len(each) < _NINE]
    return {"comments": counts[0]} if counts else {}


def _texts(entry: Mapping[str, Any]) -> Iterator[str]:
    title = entry.get("title_detail") or {}
    contents = entry.get("content") or [entry.get("summary_detail") or {}]
    for part in (title, contents[0]):
        value = str(part.get("value") or "")[:_LONGEST_MARKUP]
        is_plain = part.get("type") == "text/plain"
        yield text_of_plain(value) if is_plain else text_of_html(value)


def _link(entry: Mapping[str, Any], feed_url: str) -> str | None:
    """Absolute address of the entry without the marks of advertising."""
    try:
        url = web_address(urljoin(feed_url, str(entry.get("link") or "").strip()))
        parts = urlsplit(url)
        query = parse_qsl(parts.query, keep_blank_values=True)
    except ValueError:
        return None
    kept = [(name, value) for name, value in query if not _is_tracking(name)]
    if not entry.get("link") or len(kept) == len(query):
        return url if entry.get("link") else None
    return parts._replace(query=urlencode(kept)).geturl()


def _is_tracking(name: str) -> bool:
    return name.lower().startswith(_TRACKING)


def _key(entry: Mapping[str, Any], link: str | None, text: str) -> str:
    """Own id of the entry, else its link, else its words; unique within the feed."""
    given = str(entry.get("id") or "").strip() or link
    if given and len(given) <= LONGEST_ID and given.isprintable():
        return given
    return sha256((given or text).encode("utf-8", "replace")).hexdigest()


def _published_at(
    entry: Mapping[str, Any], context: FeedContext
) -> tuple[datetime, bool]:
    """Time of the entry, never in the future; without one, the time we saw it."""
    for name in ("published", "updated", "created"):
        written = str(_own(entry, name) or "")
        moment = moment_in_feed(written, context.zone)
        if moment is not None and moment >= OLDEST:
            return min(moment, context.now), moment > context.now
    return context.now, True


def _edited_at(
    entry: Mapping[str, Any], published_at: datetime, context: FeedContext
) -> datetime | None:
    edited = moment_in_feed(str(_own(entry, "updated") or ""), context.zone)
    if edited is None or edited <= published_at:
        return None
    return min(edited, context.now)


def _own(entry: Mapping[str, Any], name: str) -> object:
    """Value the entry really has: feedparser lends one date for the other."""
    return dict.get(entry, name) if isinstance(entry, dict) else None
