"""Facebook's stand in the ten minutes: pages with their tokens, posts with a reader's.

An allowance of Graph's is by the day, and far: here it is small enough to be reached.
"""

from collections.abc import Sequence
from typing import Final

from fastapi import APIRouter

from infra.sandbox.graph.call import Server
from infra.sandbox.graph.hooks import Hooks
from infra.sandbox.graph.usage import Usage
from infra.sandbox.networks import NetworkContext
from infra.sandbox.networks.facebook.api import issue_tokens, router_of
from infra.sandbox.networks.facebook.events import events_of
from infra.sandbox.networks.facebook.ids import page_id
from services.ingest.domain.posts import Network
from services.ingest.sources.connector import Place, Token
from services.ingest.sources.facebook import FacebookConnector
from shared.networks.meta.client import PAGE_TOKEN
from tests.services.ingest.sources.limits import Stand, Watched

_READER: Final = "fb-reader"
_ENGAGED: Final = 0.05
"""Users engaged with each page, so that 240 calls a day are allowed."""
_SOURCES: Final = 5
"""Of each page, as several regions may have them with one token."""


def _routes(network: NetworkContext) -> APIRouter:
    issue_tokens(network)
    server = Server(network, Usage("pages", engaged=_ENGAGED))
    return router_of(server, Hooks(network, "page", page_id, events_of(network.stage)))


def _watched(network: NetworkContext) -> Sequence[Watched]:
    reader = _token(_READER)
    found = []
    for page in network.stage.pages:
        number = page_id(page)
        link = f"https://www.facebook.com/{number}"
        place = Place(Network.FACEBOOK, "page", number, link)
        own = _token(f"fb-page-{number}", page=number)
        found += [*[Watched(place, (own,))] * _SOURCES, Watched(place, (reader,))]
    return found


def _token(value: str, **more: str) -> Token:
    return Token(value, PAGE_TOKEN, {"token": value, **more})


STAND: Final = Stand(
    connector=FacebookConnector,
    base="http://sandbox.invalid/facebook",
    watched=_watched,
    revoked=_READER,
    routes=_routes,
)
