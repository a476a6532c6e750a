"""Stand-ins for the clock and the outside world."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta, tzinfo
from typing import TypeAlias

from services.ingest.sources.base import Cursor, Fetched, SourceError
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


class FakeFeed:
    """A feed that answers what it is told to, and remembers what it was asked."""

    def __init__(self) -> None:
        self.answers: list[Fetched | SourceError] = []
        self.asked: list[tuple[str, Cursor]] = []
        self.meanwhile: Callable[[], Awaitable[None]] | None = None
        self._url = ""

    def opened(self, url: str, _name: str, _zone: tzinfo) -> "FakeFeed":
        self._url = url
        return self

    async def fetch(self, cursor: Cursor, *, now: datetime) -> Fetched:  # noqa: ARG002 -- the port
        self.asked.append((self._url, dict(cursor)))
        if self.meanwhile is not None:
            meanwhile, self.meanwhile = self.meanwhile, None
            await meanwhile()
        answer = self.answers.pop(0)
        if isinstance(answer, SourceError):
            raise answer
        return answer
