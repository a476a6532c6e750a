"""A wall of the sandbox's VK, polled until it is read."""

from typing import Any

from services.ingest.sources.vk.wall import WallSource
from tests.services.ingest.sources.archive import Poller
from tests.services.ingest.sources.vk.sandbox import SandboxVk
from tests.services.ingest.sources.vk.test_contract import WALL


def wall_poller(vk: SandboxVk, **options: Any) -> Poller:  # noqa: ANN401 -- JSON
    return Poller(WallSource(WALL, vk.access(**options)))


async def read_out(poller: Poller, vk: SandboxVk) -> None:
    while await poller.poll(vk.now):
        pass
