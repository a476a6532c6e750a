"""RSS and Atom feeds, LiveJournal's among them."""

import asyncio
from datetime import UTC, datetime, timedelta, tzinfo
from hashlib import sha256
from typing import Final

import httpx

from services.ingest.sources.base import Cursor, Fetched
from services.ingest.sources.download import DEADLINE, Download, download
from services.ingest.sources.feed_hints import pause_of, rest_of
from services.ingest.sources.feed_parse import FeedContext, ParsedFeed, parse_feed
from services.ingest.sources.remarks import Remark

_CUT_OFF: Final = Remark("feed:cut-off")

JOURNAL: Final = "journal"
"""Name in the cursor of whose journal a feed said it is."""

HINTS: Final = "hints"
"""Name in the cursor of how often a feed wishes to be read."""


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
        """Entries of the feed, or none when it is unchanged; raises `SourceError`.

        In hours in which it wishes to be left alone it is not even called.
        """
        if rest := rest_of(cursor.get(HINTS, {}), now):
            return Fetched((), dict(cursor), poll_after=rest)
        answer = await download(
            self._client,
            cursor.get("url") or self._url,
            etag=cursor.get("etag"),
            modified=cursor.get("modified"),
            deadline=self._deadline,
        )
        if answer.body is None:
            return _unchanged({**cursor, "url": answer.url}, now)
        digest = sha256(answer.body).hexdigest()
        if digest == cursor.get("digest"):
            return _unchanged(_cursor(answer, digest, _kept(cursor)), now)
        context = FeedContext(self._source, answer.url, self._zone, now)
        parsed = await asyncio.to_thread(
            parse_feed, answer.body, answer.content_type, context
        )
        return _fetched(parsed, answer, digest, cursor, now)


def _unchanged(cursor: Cursor, now: datetime) -> Fetched:
    return Fetched((), cursor, poll_after=pause_of(cursor.get(HINTS, {}), now))


def _fetched(
    parsed: ParsedFeed, answer: Download, digest: str, before: Cursor, now: datetime
) -> Fetched:
    """A feed that was cut off must be asked for in full next time."""
    told = {JOURNAL: parsed.journal or before.get(JOURNAL), HINTS: parsed.hints}
    kept = {name: value for name, value in told.items() if value}
    cut_off = {**before, "url": answer.url, **kept}
    return Fetched(
        posts=parsed.posts,
        cursor=cut_off if parsed.is_cut_off else _cursor(answer, digest, kept),
        refused=parsed.refused,
        poll_after=pause_of(parsed.hints, now),
        notes=(_CUT_OFF,) if parsed.is_cut_off else (),
    )


def _kept(cursor: Cursor) -> Cursor:
    """What the document said of itself stays as long as the document does."""
    return {name: cursor[name] for name in (JOURNAL, HINTS) if name in cursor}


def _cursor(answer: Download, digest: str, kept: Cursor) -> Cursor:
    told = {"etag": answer.etag, "modified": answer.modified}
    conditions = {name: value for name, value in told.items() if value}
    return {"url": answer.url, "digest": digest, **conditions, **kept}
