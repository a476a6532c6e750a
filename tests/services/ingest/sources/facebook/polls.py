"""Polls of a page of Facebook, as its tests need them."""

from typing import Any

from services.ingest.sources.base import Fetched
from services.ingest.sources.connector import Token
from services.ingest.sources.facebook import FacebookConnector
from tests.services.ingest.sources.archive import Poller
from tests.services.ingest.sources.facebook.world import (
    PLACE,
    FacebookServer,
)


def poller(fb: FacebookServer, *tokens: Token, **options: Any) -> Poller:  # noqa: ANN401 -- JSON
    return Poller(FacebookConnector().open(PLACE, fb.access(*tokens, **options)))


async def first(fb: FacebookServer, *tokens: Token, **options: Any) -> Fetched:  # noqa: ANN401
    source = FacebookConnector().open(PLACE, fb.access(*tokens, **options))
    return await source.fetch({}, now=fb.now)
