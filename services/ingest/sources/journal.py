"""A journal of LiveJournal: its entries by Atom, how many replies they have by RSS."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from services.ingest.sources.base import (
    Cursor,
    ErrorKind,
    Fetched,
    FetchedPost,
    Source,
    SourceError,
)
from services.ingest.sources.feed import JOURNAL
from services.ingest.sources.remarks import Remark, put_off

UNTOLD: Final = "livejournal:untold"
_UNTOLD: Final = "the journal does not say whether it is a community's or a person's"
_REPLIES: Final = "comments"
_OF_THE_DOCUMENT: Final = frozenset({"etag", "modified", "digest"})


class JournalSource:
    """One journal. Atom alone dates edits, RSS alone counts replies.

    Comments can not be read: that there are more of them is all we can tell. When a
    count has changed, the entries are read again and handed on with it. RSS alone tells
    as well whose journal it is: until it has said that it is no person's, nothing is
    read (Conduct 1).
    """

    def __init__(self, atom: Source, rss: Source) -> None:
        self._atom = atom
        self._rss = rss

    async def fetch(self, cursor: Cursor, *, now: datetime) -> Fetched:
        """Entries that are new or have other replies; raises `SourceError`."""
        before: Mapping[str, Any] = cursor.get("replies", {})
        counted, replies, notes = await self._count(cursor.get("rss", {}), before, now)
        if JOURNAL not in counted:
            raise SourceError(_UNTOLD, code=UNTOLD)
        # Cursors of before had Atom's alone.
        atom = cursor.get("atom", {} if "rss" in cursor else cursor)
        if replies != before:
            atom = {k: v for k, v in atom.items() if k not in _OF_THE_DOCUMENT}
        fetched = await self._atom.fetch(atom, now=now)
        return replace(
            fetched,
            posts=tuple(_with(each, replies) for each in fetched.posts),
            cursor={"atom": fetched.cursor, "rss": counted, "replies": replies},
            notes=fetched.notes or notes,
        )

    async def _count(
        self, cursor: Cursor, before: Mapping[str, Any], now: datetime
    ) -> tuple[Cursor, Mapping[str, Any], tuple[Remark, ...]]:
        """Count the replies; that they can not be counted holds up nothing.

        Unless it is not known yet whose journal this is: then it is asked in full.
        """
        is_known = JOURNAL in cursor
        try:
            counted = await self._rss.fetch(cursor if is_known else {}, now=now)
        except SourceError as error:
            if not is_known or error.kind is ErrorKind.DISABLE:
                raise
            return cursor, before, (put_off(error, "livejournal:no-replies"),)
        replies = {
            each.post.external_id: each.post.metrics[_REPLIES]
            for each in counted.posts
            if _REPLIES in each.post.metrics
        }
        return counted.cursor, replies if counted.posts else before, ()


def _with(fetched: FetchedPost, replies: Mapping[str, Any]) -> FetchedPost:
    count = replies.get(fetched.post.external_id)
    if count is None:
        return fetched
    metrics = {**fetched.post.metrics, _REPLIES: count}
    return replace(fetched, post=replace(fetched.post, metrics=metrics))
