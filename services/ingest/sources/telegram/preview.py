"""The public preview of a channel: no credentials, no comments, rounded counters."""

import asyncio
from collections import Counter
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any, Final
from urllib.parse import quote

from services.ingest.domain.checks import LONGEST_TEXT, Refused, clean_text, in_range
from services.ingest.domain.posts import IncomingPost, Network, PostKind
from services.ingest.sources.base import (
    Cursor,
    ErrorKind,
    Fetched,
    FetchedPost,
    SourceError,
)
from services.ingest.sources.connector import Access
from services.ingest.sources.download import download
from services.ingest.sources.remarks import Remark
from services.ingest.sources.telegram.preview_parse import (
    PreviewPage,
    PreviewPost,
    parse_preview,
)
from shared.networks.budget import Rate
from shared.networks.telegram.names import key_of, link_of

SITE: Final = "https://t.me"
PAUSE: Final = timedelta(minutes=5)
"""The shortest time between two looks at one channel."""

_JITTER: Final = 60
_RATE: Final = Rate(1)
_BUDGET: Final = "t.me"
_PAGES_AT_ONCE: Final = 5
_FIRST_PAGES: Final = 3
"""Pages of a channel's past that are read; the option `first_pages` overrides."""
_LONGEST_GAP: Final = 500
_REMEMBERED: Final = 200

_UNAVAILABLE: Final = (
    "preview unavailable: there is no such channel, or it is a person or a group, or "
    "its owner has switched the preview off; Telegram does not tell which"
)


class PreviewSource:
    """One public channel. Its cursor has the newest post seen and digests of texts.

    The newest page is read each time; the pages above it only down to what was seen
    before. A gap that is too long for one poll is closed by the next ones.
    """

    def __init__(self, access: Access, handle: str) -> None:
        self._access = access
        self._handle = handle

    async def fetch(self, cursor: Cursor, *, now: datetime) -> Fetched:
        """Posts of the newest pages; raises `SourceError`."""
        newest = await self.page()
        pages = [newest]
        gap = self._gap(newest, cursor)
        while gap and len(pages) < _PAGES_AT_ONCE:
            page = await self._page_if_its_turn(gap["before"])
            if page is None:
                break
            pages.append(page)
            gap = _left(gap, page)
        harvest = _Harvest(self._handle, dict(cursor.get("digests", {})), now)
        for page in reversed(pages):
            harvest.take(page)
        last = max(newest.highest or 0, cursor.get("last") or 0)
        return harvest.fetched(last, gap)

    def _gap(self, newest: PreviewPage, cursor: Cursor) -> dict[str, int] | None:
        """Say what to read above the newest page: down to `down_to`, `pages` at most.

        When much was written while an older gap was being closed, both become one.
        """
        before: dict[str, int] | None = cursor.get("gap")
        seen: int | None = cursor.get("last")
        if newest.before is None or newest.lowest is None:
            return before
        if seen is None:
            first = int(self._access.options.get("first_pages", _FIRST_PAGES))
            gap = {"before": newest.before, "down_to": 0, "pages": first - 1}
            return gap if gap["pages"] > 0 else None
        if newest.lowest <= seen + 1:
            return before
        down_to = before["down_to"] if before else seen
        return {"before": newest.before, "down_to": down_to, "pages": _LONGEST_GAP}

    async def _page_if_its_turn(self, before: int) -> PreviewPage | None:
        """Read a page of a gap, or leave it to the next poll when many wait."""
        try:
            return await self.page(before)
        except SourceError as error:
            if error.kind is not ErrorKind.WAIT:
                raise
            return None

    async def page(self, before: int | None = None) -> PreviewPage:
        """Read one page; raises `SourceError`."""
        await self._access.budget.take(_BUDGET, _RATE)
        base = str(self._access.options.get("preview_base") or SITE).rstrip("/")
        url = f"{base}/s/{quote(self._handle)}"
        url += "" if before is None else f"?before={before}"
        try:
            answer = await download(self._access.http, url)
        except SourceError as error:
            if error.kind is ErrorKind.WAIT and error.retry_after is not None:
                until = self._access.clock() + error.retry_after
                await self._access.budget.park(_BUDGET, until)
            raise
        try:
            page = await asyncio.to_thread(parse_preview, answer.body or b"")
        except ValueError as error:
            raise SourceError(
                f"the preview can not be read any more: {error}",
                code="telegram:changed_markup",
            ) from error
        if page is None:
            raise SourceError(_UNAVAILABLE, ErrorKind.HUMAN, code="telegram:no_preview")
        return page


def _left(gap: Mapping[str, int], page: PreviewPage) -> dict[str, int] | None:
    """Say what is left of a gap after a page; one that leads nowhere ends it."""
    left = gap["pages"] - 1
    if page.before is None or page.lowest is None or page.before >= gap["before"]:
        return None
    if page.lowest <= gap["down_to"] + 1 or left <= 0:
        return None
    return {"before": page.before, "down_to": gap["down_to"], "pages": left}


class _Harvest:
    """Posts of the pages of one poll, and what changed since the last."""

    def __init__(self, handle: str, digests: dict[str, str], now: datetime) -> None:
        self._handle = handle
        self._digests = digests
        self._now = now
        self._posts: dict[int, FetchedPost] = {}
        self._refused: list[str] = []
        self._unknown: Counter[str] = Counter()
        self._names: set[str] = set()

    def take(self, page: PreviewPage) -> None:
        self._unknown += page.unknown
        for post in page.posts:
            self._names.add(post.name)
            try:
                self._posts[post.id] = self._fetched(post)
            except Refused as error:
                self._refused.append(f"{self._handle}/{post.id}: {error.reason}")

    def _fetched(self, post: PreviewPost) -> FetchedPost:
        text = clean_text(post.text[:LONGEST_TEXT])
        digest = blake2b(text.encode("utf-8", "replace"), digest_size=4).hexdigest()
        before = self._digests.get(str(post.id))
        self._digests[str(post.id)] = digest
        # The word "edited" has no time: whatever was edited was so by now.
        changed = post.is_edited if before is None else before != digest
        incoming = IncomingPost(
            network=Network.TELEGRAM,
            source=self._handle,
            external_id=key_of(self._handle, post.id),
            kind=PostKind.POST,
            parent_id=None,
            url=link_of(self._handle, post.id),
            text=text,
            published_at=in_range(post.published_at, "date", now=self._now),
            edited_at=self._now if changed else None,
            metrics={} if post.views is None else {"views": post.views},
        )
        return FetchedPost(incoming, raw=post.raw)

    def fetched(self, last: int, gap: Mapping[str, int] | None) -> Fetched:
        newest = sorted(self._digests, key=int)[-_REMEMBERED:]
        cursor: dict[str, Any] = {
            "last": last,
            "digests": {number: self._digests[number] for number in newest},
        }
        if gap:
            cursor["gap"] = dict(gap)
        renamed = self._names - {self._handle}
        return Fetched(
            posts=tuple(self._posts[number] for number in sorted(self._posts)),
            cursor=cursor,
            refused=tuple(self._refused),
            poll_after=None if gap else PAUSE + _jitter(self._handle, self._now),
            more=bool(gap),
            notes=_notes(renamed),
            unknown=dict(self._unknown) or None,
        )


def _jitter(handle: str, now: datetime) -> timedelta:
    """Spread channels over a minute, another way each time."""
    seed = f"{handle} {now.isoformat()}".encode()
    number = int.from_bytes(blake2b(seed, digest_size=4).digest())
    return timedelta(seconds=number % _JITTER)


def _notes(renamed: AbstractSet[str]) -> tuple[Remark, ...]:
    """Remark on another name of the channel; posts keep the one we ask for."""
    named = {"name": min(renamed)} if renamed else None
    return (Remark("telegram:renamed", named),) if named else ()
