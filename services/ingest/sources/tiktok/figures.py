"""Figures of an account: what TikTok's research interface shows of its card."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from services.ingest.sources.base import ErrorKind, SourceError
from services.ingest.sources.connector import Figure
from shared.networks.tiktok import TikTok
from shared.networks.tiktok.errors import INVALID, code_of

METHOD: Final = "research/user/info"

_NAMES: Final = {
    "follower_count": "followers",
    "likes_count": "likes",
    "video_count": "posts",
}


async def card_of(tiktok: TikTok, name: str) -> Mapping[str, Any]:
    """Ask for an account's card; raises `SourceError` when TikTok shows none."""
    try:
        return await tiktok.user(name)
    except SourceError as error:
        if code_of(error) != INVALID:
            raise
        reason = f"TikTok shows no account @{name}"
        raise SourceError(reason, ErrorKind.DISABLE, code=error.code) from error


def figures_of(card: Mapping[str, Any], now: datetime) -> Iterator[Figure]:
    """Read the figures of a card; what TikTok does not tell has none."""
    for theirs, ours in _NAMES.items():
        value = card.get(theirs)
        if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
            yield Figure(ours, value, now, METHOD)
