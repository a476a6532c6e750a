"""The pages that speak for the region, as services/triage answers them."""

from datetime import datetime

from web.shapes.base import Listing, Shape


class OfficialPage(Shape):
    """A page that speaks, until it is withdrawn."""

    id: str
    network: str
    native_id: str
    name: str
    url: str | None = None
    credential: str | None = None
    authority: str | None = None
    registered_at: datetime
    registered_by: str = ""
    retired_at: datetime | None = None
    paused_at: datetime | None = None


class OfficialPageList(Listing):
    """All official pages, and the networks Otklik itself can publish in."""

    items: tuple[OfficialPage, ...] = ()
    networks: tuple[str, ...] = ()
