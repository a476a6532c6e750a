"""The running network for tests: a small world, its time, and callers of it."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import httpx
from pydantic import SecretStr

from infra.sandbox.app import create_app
from infra.sandbox.clock import VirtualClock
from infra.sandbox.network import Network
from infra.sandbox.replies import ReplyBook
from infra.sandbox.world import World
from tests.infra.sandbox.worlds import START

TOKEN = "sandbox-token"
AUTHORIZED = {"Authorization": f"Bearer {TOKEN}"}


@dataclass
class Wall:
    """A wall clock that a test moves by hand."""

    now: datetime = field(default=START)

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, **duration: float) -> None:
        self.now += timedelta(**duration)


def network(world: World, wall: Wall, replies: Path | None = None) -> Network:
    clock = VirtualClock(wall)
    return Network(world, clock, ReplyBook(replies), SecretStr(TOKEN))


def caller(of: Network) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app=create_app(of))
    return httpx.AsyncClient(transport=transport, base_url="http://sandbox.invalid")
