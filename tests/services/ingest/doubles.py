"""Stand-ins for the clock and the outside world."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import TypeAlias

from services.ingest.domain.posts import Network
from services.ingest.sources.base import Cursor, Fetched, SourceError
from services.ingest.sources.connector import Access, Checked, Figure, Place
from services.ingest.sources.feed_connector import FeedConnector
from tests.factories import NOW

Quiet: TypeAlias = Callable[[], Awaitable[list[str]]]
"""Answers the rings of the service until none is left; names what it answered."""


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **by: float) -> None:
        self.now += timedelta(**by)


async def no_time(seconds: float) -> None:
    """Sleep as long as anybody has to wait in tests."""
    del seconds


def no_chance() -> float:
    """Throw dice that never shorten a pause."""
    return 1.0


class FakeFeed:
    """A feed that answers what it is told to, and remembers what it was asked.

    It is the connector of its network too, with the same answers for every place.
    """

    network = Network.RSS
    token_kinds: tuple[str, ...] = ()
    off_by_default = False

    def __init__(self) -> None:
        self.answers: list[Fetched | SourceError] = []
        self.asked: list[tuple[str, Cursor]] = []
        self.meanwhile: Callable[[], Awaitable[None]] | None = None
        self._url = ""

    def recognise(self, link: str) -> Place | None:
        return FeedConnector().recognise(link)

    def open(self, place: Place, _access: Access) -> "FakeFeed":
        self._url = place.url
        return self

    async def check(self, place: Place, _access: Access) -> Checked:
        return Checked(place.name, place.native, can=("read",))

    async def figures(
        self, _place: Place, _access: Access, *, now: datetime
    ) -> tuple[Figure, ...]:
        del now
        return ()

    async def fetch(self, cursor: Cursor, *, now: datetime) -> Fetched:  # noqa: ARG002 -- the port
        self.asked.append((self._url, dict(cursor)))
        if self.meanwhile is not None:
            meanwhile, self.meanwhile = self.meanwhile, None
            await meanwhile()
        answer = self.answers.pop(0)
        if isinstance(answer, SourceError):
            raise answer
        return answer
