"""VKontakte as a network that can be watched."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from services.ingest.domain.posts import Network
from services.ingest.sources.base import ErrorKind, Source, SourceError
from services.ingest.sources.connector import Access, Checked, Figure, Place
from services.ingest.sources.vk.figures import figures_of, group_of
from services.ingest.sources.vk.links import recognise
from services.ingest.sources.vk.longpoll import LongPollSource
from services.ingest.sources.vk.owner import NOT_WATCHED, owner_of
from services.ingest.sources.vk.search import SearchSource
from services.ingest.sources.vk.wall import WallSource
from shared.networks.calls import is_skewed
from shared.networks.vk import Vk

LONG_POLL: Final = "long_poll"


class VkConnector:
    """Walls, single posts and searches of VK.

    Options of a source: `push` (`long_poll`: events without a public address),
    `history_days`, `first_hours`, `calls_per_poll`, `long_poll_s`, and of a token:
    `service_per_second`, `user_per_second`, `community_per_second`.
    """

    network = Network.VK
    token_kinds: tuple[str, ...] = ("service", "community", "user")
    off_by_default = False

    def recognise(self, link: str) -> Place | None:
        """Say what a link leads to; people's pages, too, in order to refuse them."""
        return recognise(link)

    def open(self, place: Place, access: Access) -> Source:
        """Make the source that polls a place; raises `SourceError` for a person's."""
        match place.kind:
            case "search":
                return SearchSource(place, access)
            case "post":
                number = int(place.native.rpartition("_")[2])
                return WallSource(place, access, post=number)
            case "wall":
                return self._wall(place, access)
        raise SourceError(NOT_WATCHED, ErrorKind.DISABLE)

    def _wall(self, place: Place, access: Access) -> Source:
        wall = WallSource(place, access)
        is_known = place.native.startswith("-")
        if access.options.get("push") != LONG_POLL or not is_known:
            return wall
        return LongPollSource(wall, int(place.native), access)

    async def check(self, place: Place, access: Access) -> Checked:
        """Ask VK about a place once; raises `SourceError`."""
        if place.kind == "search":
            return await self._check_search(place, access)
        vk = Vk(access)
        owner = await owner_of(place, vk)
        vk = Vk(access, group=-owner)
        card = await group_of(vk, -owner)
        await vk.call("wall.get", owner_id=owner, count=1)
        members = card.get("members_count")
        number = place.native.partition("_")[2]
        return Checked(
            title=str(card.get("name") or place.url),
            native=f"{owner}_{number}" if place.kind == "post" else str(owner),
            followers=members if isinstance(members, int) else None,
            can=tuple(_abilities(vk)),
            warnings=tuple(_warnings(vk)),
        )

    async def _check_search(self, place: Place, access: Access) -> Checked:
        vk = Vk(access)
        await vk.call("newsfeed.search", q=place.native, count=1)
        return Checked(place.native, place.native, can=("read",))

    async def figures(
        self, place: Place, access: Access, *, now: datetime
    ) -> tuple[Figure, ...]:
        """Figures of a community's page; a search has none."""
        if place.kind != "wall":
            return ()
        owner = await owner_of(place, Vk(access))
        return await figures_of(Vk(access, group=-owner), -owner, now=now)


def _abilities(vk: Vk) -> Iterator[str]:
    yield from ("read", "comments")
    if vk.can("wall.createComment"):
        yield "answer"
    if vk.can("stats.get"):
        yield "statistics"


def _warnings(vk: Vk) -> Iterator[str]:
    if is_skewed(vk.skew):
        seconds = int(abs(vk.skew.total_seconds())) if vk.skew else 0
        yield f"VK's clock and ours differ by {seconds} s"
