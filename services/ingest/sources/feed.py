"""RSS and Atom feeds, LiveJournal's among them."""

import asyncio
from datetime import UTC, datetime, timedelta, tzinfo
from hashlib import sha256
from typing import Final

import httpx

from services.ingest.sources.base import Cursor, Fetched
from services.ingest.sources.download import DEADLINE, Download, download
from services.ingest.sources.feed_parse import FeedContext, ParsedFeed, parse_feed
from services.ingest.sources.remarks import Remark

_CUT_OFF: Final = Remark("feed:cut-off")

JOURNAL: Final = "journal"
"""Name in the cursor of whose journal a feed said it is."""


class FeedSource:
    """One feed. Its cursor has the address to ask and what the server said of it."""

    def __init__(
        self,
        client: httpx.AsyncClient,
        *,
        url: str,
        source: str,
        zone: tzinfo = UTC,
        deadline: timedelta = DEADLINE,
    ) -> None:
        self._client = client
        self._url = url
        self._source = source
        self._zone = zone
        self._deadline = deadline

    async def fetch(self, cursor: Cursor, *, now: datetime) -> Fetched:
        """Entries of the feed, or none when it is unchanged; raises `SourceError`."""
        answer = await download(
            self._client,
            cursor.get("url") or self._url,
            etag=cursor.get("etag"),
            modified=cursor.get("modified"),
            deadline=self._deadline,
        )
        if answer.body is None:
            return Fetched((), {**cursor, "url": answer.url})
        digest = sha256(answer.body).hexdigest()
        if digest == cursor.get("digest"):
            return Fetched((), _cursor(answer, digest, cursor.get(JOURNAL)))
        context = FeedContext(self._source, answer.url, self._zone, now)
        parsed = await asyncio.to_thread(
            parse_feed, answer.body, answer.content_type, context
        )
        return _fetched(parsed, answer, digest, cursor)


def _fetched(
    parsed: ParsedFeed, answer: Download, digest: str, before: Cursor
) -> Fetched:
    """A feed that was cut off must be asked for in full next time."""
    journal = parsed.journal or before.get(JOURNAL)
    cut_off = {**before, "url": answer.url, **({JOURNAL: journal} if journal else {})}
    return Fetched(
        posts=parsed.posts,
        cursor=cut_off if parsed.is_cut_off else _cursor(answer, digest, journal),
        refused=parsed.refused,
        poll_after=parsed.poll_after,
        notes=(_CUT_OFF,) if parsed.is_cut_off else (),
    )


def _cursor(answer: Download, digest: str, journal: str | None) -> Cursor:
    told = {"etag": answer.etag, "modified": answer.modified, JOURNAL: journal}
    kept = {name: value for name, value in told.items() if value}
    return {"url": answer.url, "digest": digest, **kept}
