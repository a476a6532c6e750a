"""TikTok's stand in the ten minutes: accounts, hashtags and words with two clients.

The fake admits as many calls a minute as the connector promises to make: TikTok's own
six hundred, and its quota of a day, are out of reach at that pace.
"""

from collections.abc import Sequence
from typing import Final

from fastapi import APIRouter

from infra.sandbox.networks import NetworkContext
from infra.sandbox.networks.tiktok.api import issue_tokens, router_of
from infra.sandbox.networks.tiktok.server import CLIENT_KEY, Server
from services.ingest.domain.posts import Network
from services.ingest.sources.connector import Place, Token
from services.ingest.sources.tiktok import TikTokConnector
from shared.networks.tiktok.client import CALLS_A_MINUTE, CLIENT
from tests.services.ingest.sources.limits import Stand, Watched
from tests.services.ingest.sources.tiktok.world import SECRETS

_OTHER: Final = "aw-sandbox-client-2"
_WORDS: Final = ("жалоба", *(f"яма {number}" for number in range(9)))


def _routes(network: NetworkContext) -> APIRouter:
    issue_tokens(network)
    network.tokens.issue(CLIENT, value=_OTHER)
    return router_of(Server(network, calls_a_minute=CALLS_A_MINUTE))


def _watched(network: NetworkContext) -> Sequence[Watched]:
    dying, lasting = (
        Token(key, CLIENT, {**SECRETS, "client_key": key})
        for key in (CLIENT_KEY, _OTHER)
    )
    accounts = [
        Place(
            Network.TIKTOK,
            "account",
            page.screen_name,
            f"https://www.tiktok.com/@{page.screen_name}",
        )
        for page in network.stage.pages
    ]
    searches = [
        Place(Network.TIKTOK, "search", word, "https://www.tiktok.com/search")
        for word in _WORDS
    ]
    return [
        *(Watched(place, (dying, lasting)) for place in accounts),
        *(Watched(place, (lasting,)) for place in searches),
    ]


STAND: Final = Stand(
    connector=TikTokConnector,
    base="http://sandbox.invalid/tiktok",
    watched=_watched,
    revoked=CLIENT_KEY,
    routes=_routes,
)
