"""A wall of an emulated VK or of the sandbox's, polled until it is read."""

from typing import Any

from services.ingest.sources.connector import Access, Place
from services.ingest.sources.vk.wall import WallSource
from tests.services.ingest.sources.archive import Poller
from tests.services.ingest.sources.vk.sandbox import SandboxVk
from tests.services.ingest.sources.vk.server import VkServer
from tests.services.ingest.sources.vk.test_contract import WALL


def poller_of(
    vk: VkServer, place: Place = WALL, access: Access | None = None
) -> Poller:
    return Poller(WallSource(place, access or vk.access()))


def sandbox_poller(vk: SandboxVk, **options: Any) -> Poller:  # noqa: ANN401 -- JSON
    return Poller(WallSource(WALL, vk.access(**options)))


async def settle(poller: Poller, vk: VkServer | SandboxVk) -> None:
    while await poller.poll(vk.now):
        pass
