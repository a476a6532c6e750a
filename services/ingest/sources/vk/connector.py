"""VKontakte as a network that can be watched."""

from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from typing import Final

from services.ingest.domain.posts import Network
from services.ingest.sources.base import PERSON, ErrorKind, Source, SourceError
from services.ingest.sources.connector import Access, Checked, Figure, Place
from services.ingest.sources.remarks import Remark, clock
from services.ingest.sources.vk.figures import figures_of, group_of
from services.ingest.sources.vk.links import recognise
from services.ingest.sources.vk.longpoll import LongPollSource
from services.ingest.sources.vk.owner import NOT_WATCHED, owner_of
from services.ingest.sources.vk.search import SearchSource
from services.ingest.sources.vk.stream import StreamedSearch
from services.ingest.sources.vk.stream_endpoint import endpoint_of
from services.ingest.sources.vk.wall import WallSource
from shared.networks.vk import Vk

LONG_POLL: Final = "long_poll"
STREAM: Final = "stream"


class VkConnector:
    """Walls, single posts and searches of VK.

    Options of a source: `push` (of a wall `long_poll`: events without a public address;
    of a search `stream`: VK's Streaming API beside it), `history_days`, `first_hours`,
    `calls_per_poll`, `long_poll_s`, and of a token: `service_per_second`,
    `user_per_second`, `community_per_second`.
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
                return self._search(place, access)
            case "post":
                number = int(place.native.rpartition("_")[2])
                return WallSource(place, access, post=number)
            case "wall":
                return self._wall(place, access)
        raise SourceError(NOT_WATCHED, ErrorKind.DISABLE, code=PERSON)

    def _wall(self, place: Place, access: Access) -> Source:
        wall = WallSource(place, access)
        is_known = place.native.startswith("-")
        if access.options.get("push") != LONG_POLL or not is_known:
            return wall
        return LongPollSource(wall, int(place.native), access)

    def _search(self, place: Place, access: Access) -> Source:
        search = SearchSource(place, access)
        if access.options.get("push") != STREAM:
            return search
        return StreamedSearch(search, place.native, access)

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
            warnings=clock(vk.skew),
        )

    async def _check_search(self, place: Place, access: Access) -> Checked:
        vk = Vk(access)
        await vk.call("newsfeed.search", q=place.native, count=1)
        warnings = tuple([each async for each in _stream_warnings(access)])
        return Checked(place.native, place.native, can=("read",), warnings=warnings)

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


async def _stream_warnings(access: Access) -> AsyncIterator[Remark]:
    """Say why VK gives no stream, where one is wished for: the search goes on."""
    if access.options.get("push") != STREAM:
        return
    token = access.token("service")
    if token is None:
        yield Remark("vk:stream-key")
        return
    try:
        await endpoint_of(access, token)
    except SourceError as error:
        yield Remark("vk:no-stream", {"error": str(error)})
