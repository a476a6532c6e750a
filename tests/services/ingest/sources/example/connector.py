"""The smallest whole connector: what to copy for a new network (CONTRIBUTING.md).

The network is invented: pages with posts, newest first, and no comments. It shows edits
with their time, and what was deleted as deleted.
"""

import re
from datetime import datetime
from typing import Final

from services.ingest.sources.base import Source
from services.ingest.sources.connector import Access, Checked, Figure, Place
from tests.services.ingest.sources.example.api import APP, NETWORK, Api
from tests.services.ingest.sources.example.watch import ExampleSource

_LINK: Final = re.compile(
    r"https?://(?:www\.)?example\.invalid/(?P<page>[a-z]\w{1,30})/?"
)


class ExampleConnector:
    """Watches pages."""

    network = NETWORK
    token_kinds: tuple[str, ...] = (APP,)
    off_by_default = False

    def recognise(self, link: str) -> Place | None:
        """Say what a link leads to; calls nobody."""
        found = _LINK.fullmatch(link.strip().lower())
        if found is None:
            return None
        page = found["page"]
        return Place(NETWORK, "page", page, f"https://example.invalid/{page}", page)

    def open(self, place: Place, access: Access) -> Source:
        """Make the source that polls a page."""
        return ExampleSource(place, Api(access))

    async def check(self, place: Place, access: Access) -> Checked:
        """Ask for a page's card; raises `SourceError`."""
        card = await Api(access).get(f"pages/{place.native}")
        followers = card.get("followers")
        is_known = isinstance(followers, int)
        return Checked(
            str(card.get("title", place.native)),
            place.native,
            followers if is_known else None,
            ("read",),
        )

    async def figures(
        self, place: Place, access: Access, *, now: datetime
    ) -> tuple[Figure, ...]:
        """Give the followers; what the network does not tell has no figure."""
        checked = await self.check(place, access)
        if checked.followers is None:
            return ()
        return (Figure("followers", checked.followers, now, "pages"),)
