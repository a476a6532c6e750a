"""X's stand in the ten minutes: searches and mentions with two apps.

The operator's guards on money are set wide: it is X's own limits that are looked at.
"""

from collections.abc import Sequence
from typing import Final

from infra.sandbox.networks import NetworkContext
from infra.sandbox.networks.x.server import APP
from services.ingest.domain.posts import Network
from services.ingest.sources.connector import Place, Token
from services.ingest.sources.x import XConnector
from tests.services.ingest.sources.limits import Stand, Watched
from tests.services.ingest.sources.x.world import ENDLESS

_APPS: Final = ("x-app", "x-app-2")
_WORDS: Final = ("жалоба", *(f"яма {number}" for number in range(9)))


def _watched(network: NetworkContext) -> Sequence[Watched]:
    network.tokens.issue(APP, value=_APPS[1])
    dying, lasting = (Token(value, APP, {"token": value}) for value in _APPS)
    mentions = [
        Place(Network.X, "account", page.screen_name, f"https://x.com/{page.code}")
        for page in network.stage.pages
    ]
    searches = [
        Place(Network.X, "search", word, "https://x.com/search") for word in _WORDS
    ]
    return [
        *(Watched(place, (dying, lasting)) for place in mentions),
        *(Watched(place, (lasting,)) for place in searches),
    ]


STAND: Final = Stand(
    connector=XConnector,
    base="http://sandbox.invalid/x",
    watched=_watched,
    revoked=_APPS[0],
    options=ENDLESS,
)
