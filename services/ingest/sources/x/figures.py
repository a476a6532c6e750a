"""Figures of an account: what X shows everybody, for the price of one card."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from services.ingest.sources.base import NO_PAGE, ErrorKind, SourceError
from services.ingest.sources.connector import Figure
from shared.networks.x import X

METHOD: Final = "users/by/username"

# What X calls it in either set of names, and our name.
_NAMES: Final = {
    "followers_count": "followers",
    "listed_count": "lists",
    "post_count": "posts",
    "tweet_count": "posts",
}


async def card_of(x: X, name: str) -> Mapping[str, Any]:
    """Ask for an account's card; raises `SourceError` when X shows none."""
    card = await x.user(name)
    if card is None:
        raise SourceError(
            f"X shows no account @{name}", ErrorKind.DISABLE, code=NO_PAGE
        )
    return card


def figures_of(card: Mapping[str, Any], now: datetime) -> Iterator[Figure]:
    """Read the figures of a card; what X does not tell has none."""
    told = card.get("public_metrics")
    shown = told if isinstance(told, dict) else {}
    for theirs, ours in _NAMES.items():
        value = shown.get(theirs)
        if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
            yield Figure(ours, value, now, METHOD)


def followers_of(card: Mapping[str, Any], now: datetime) -> int | None:
    """Give the number of followers; None when X does not tell."""
    found = (each.value for each in figures_of(card, now) if each.name == "followers")
    return next(found, None)
