"""Polls of a place of X, as its tests need them."""

from services.ingest.sources.connector import Place
from services.ingest.sources.x.watch import XSource
from tests.services.ingest.sources.archive import Poller
from tests.services.ingest.sources.x.world import ENDLESS, SEARCH, XServer


def poller(
    x: XServer, place: Place = SEARCH, *tokens: object, **options: object
) -> Poller:
    return Poller(XSource(place, x.access(*tokens, **{**ENDLESS, **options})))
