"""Polls of a place of TikTok, as its tests need them."""

from services.ingest.sources.connector import Place
from services.ingest.sources.tiktok.watch import TikTokSource
from shared.networks.tiktok import AccessTokens
from tests.services.ingest.sources.archive import Poller
from tests.services.ingest.sources.tiktok.world import (
    ACCOUNT,
    CLIENT,
    TikTokServer,
)


def poller(
    tiktok: TikTokServer,
    place: Place = ACCOUNT,
    tokens: AccessTokens | None = None,
    **options: object,
) -> Poller:
    access = tiktok.access(CLIENT, **options)
    return Poller(TikTokSource(place, access, tokens or AccessTokens()))
