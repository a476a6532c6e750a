"""Polls of a network on a stage, until all is read or something is refused."""

from datetime import datetime
from typing import Protocol

import pytest

from services.ingest.sources.base import SourceError
from tests.services.ingest.sources.archive import Poller

MOST_POLLS = 300


class Staged(Protocol):
    """A network with a clock of its own."""

    now: datetime

    def forward(self, **by: float) -> None: ...


async def read_all(server: Staged, one: Poller, **by: float) -> None:
    """Let time pass, then poll until there is no more."""
    server.forward(**by)
    for _ in range(MOST_POLLS):
        if not await one.poll(server.now):
            return
    raise AssertionError("it does not end")


async def refused(server: Staged, one: Poller) -> SourceError:
    """Give the error that the next poll must end in."""
    with pytest.raises(SourceError) as caught:
        await one.poll(server.now)
    return caught.value
