"""Feeds and journals as networks that can be watched by their address."""

import re
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from services.ingest.domain.checks import Refused, web_address
from services.ingest.domain.posts import Network
from services.ingest.sources.base import Source
from services.ingest.sources.connector import Access, Checked, Figure, Place
from services.ingest.sources.feed import FeedSource
from services.ingest.sources.journal import JournalSource
from services.ingest.sources.remarks import Remark

_JOURNAL: Final = re.compile(
    r"https?://(?:(?:www\.|users\.|community\.)?livejournal\.com/(?:users/)?~?"
    r"(?P<path>[\w-]{1,40})|(?P<host>[\w-]{1,40})\.livejournal\.com)(?:[/?#].*)?",
    re.IGNORECASE,
)
_NO_JOURNALS: Final = frozenset({"www", "users", "community", "api", "l-stat", "ic"})


class FeedConnector:
    """Any RSS or Atom feed; its address is the place."""

    network = Network.RSS
    token_kinds: tuple[str, ...] = ()
    off_by_default = False

    def recognise(self, link: str) -> Place | None:
        """Take any web address: whether a feed is there, only a test can tell."""
        try:
            url = web_address(link)
        except Refused:
            return None
        return Place(self.network, "feed", url, url, urlsplit(url).hostname or "")

    def open(self, place: Place, access: Access) -> Source:
        """Make the feed at the place's address."""
        zone = ZoneInfo(access.options["zone"])
        return FeedSource(access.http, url=place.url, source=place.name, zone=zone)

    async def check(self, place: Place, access: Access) -> Checked:
        """Read the feed once; raises `SourceError`."""
        fetched = await self.open(place, access).fetch({}, now=access.clock())
        warnings = () if fetched.posts else (Remark("feed:empty"),)
        return Checked(place.name, place.native, can=("read",), warnings=warnings)

    async def figures(
        self, place: Place, access: Access, *, now: datetime
    ) -> tuple[Figure, ...]:
        """Find none: feeds tell nothing about their readers."""
        del place, access, now
        return ()


class JournalConnector(FeedConnector):
    """A journal or community of LiveJournal, read by its Atom feed.

    Atom has a true time of editing, RSS has not, but counts replies. Comments are in
    neither.
    """

    network = Network.LIVEJOURNAL

    def recognise(self, link: str) -> Place | None:
        """Find the journal a link belongs to, whatever it points at there."""
        found = _JOURNAL.fullmatch(link)
        name = (found["path"] or found["host"]).lower() if found else ""
        if not name or name in _NO_JOURNALS:
            return None
        host = f"{name.replace('_', '-')}.livejournal.com"
        native = name.replace("-", "_")
        return Place(self.network, "journal", native, f"https://{host}/", native)

    def open(self, place: Place, access: Access) -> Source:
        """Make both feeds of the journal."""
        root = f"{access.base}/{place.native}/" if access.base else place.url
        zone = ZoneInfo(access.options["zone"])
        name = place.name or place.native
        atom, rss = (
            FeedSource(access.http, url=f"{root}data/{kind}", source=name, zone=zone)
            for kind in ("atom", "rss")
        )
        return JournalSource(atom, rss)
