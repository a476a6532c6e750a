"""VK's stand in the ten minutes: walls on two service keys, and a search."""

from collections.abc import Sequence
from typing import Final

from infra.sandbox.networks import NetworkContext
from services.ingest.domain.posts import Network
from services.ingest.sources.connector import Place, Token
from services.ingest.sources.vk import VkConnector
from tests.services.ingest.sources.limits import Stand, Watched

_KEYS: Final = ("vk-service", "vk-service-2")


def _watched(network: NetworkContext) -> Sequence[Watched]:
    network.tokens.issue("service", value=_KEYS[1])
    tokens = tuple(Token(value, "service", {"token": value}) for value in _KEYS)
    walls = [
        Place(Network.VK, "wall", f"-{page.number}", f"https://vk.com/{page.code}")
        for page in network.stage.pages
    ]
    search = Place(Network.VK, "search", "жалоба", "https://vk.com/search")
    return [Watched(place, tokens) for place in (*walls, search)]


STAND: Final = Stand(
    connector=VkConnector,
    base="http://sandbox.invalid/vk",
    watched=_watched,
    revoked=_KEYS[0],
)
