"""TikTok as a network that can be watched: off, since it is for researchers only."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from services.ingest.domain.posts import Network
from services.ingest.sources.base import Source
from services.ingest.sources.connector import Access, Checked, Figure, Place
from services.ingest.sources.tiktok.figures import card_of, figures_of
from services.ingest.sources.tiktok.links import recognise
from services.ingest.sources.tiktok.parse import second_of
from services.ingest.sources.tiktok.query import conditions_of
from services.ingest.sources.tiktok.state import day_of
from services.ingest.sources.tiktok.watch import TikTokSource
from shared.networks.calls import is_skewed
from shared.networks.tiktok import AccessTokens, TikTok
from shared.networks.tiktok.client import CLIENT, Search

BY_HAND: Final = "answers are copied and pasted by hand: TikTok lets no program comment"
NOT_VERIFIED: Final = "TikTok has not verified this account: watch authorities only"


class TikTokConnector:
    """Accounts with their comments, single videos, hashtags and words.

    Options of a source: `every_minutes`, `first_days`, `watched_days`,
    `calls_per_poll`, `regions` (countries, for hashtags and words); of a token:
    `requests_a_day`, `records_a_day`, `calls_a_minute`. Access tokens are held in
    memory, for this process alone.
    """

    network = Network.TIKTOK
    token_kinds: tuple[str, ...] = (CLIENT,)
    off_by_default = True

    def __init__(self) -> None:
        self._tokens = AccessTokens()

    def recognise(self, link: str) -> Place | None:
        """Say what a link leads to."""
        return recognise(link)

    def open(self, place: Place, access: Access) -> Source:
        """Make the source that polls a place."""
        return TikTokSource(place, access, self._tokens)

    async def check(self, place: Place, access: Access) -> Checked:
        """Ask TikTok about a place once; raises `SourceError`."""
        tiktok = TikTok(access, self._tokens)
        if place.kind == "account":
            return await _check_account(tiktok, place)
        seconds = int(access.clock().timestamp())
        if place.kind == "video":
            seconds = second_of(int(place.native))
        day = day_of(seconds)
        conditions = conditions_of(place, access.options.get("regions"))
        await tiktok.videos(Search(conditions, day, day))
        has_comments = place.kind == "video"
        return Checked(
            title=place.name or place.url,
            native=place.native,
            can=("read", "comments") if has_comments else ("read",),
            warnings=tuple(_warnings(tiktok)),
        )

    async def figures(
        self, place: Place, access: Access, *, now: datetime
    ) -> tuple[Figure, ...]:
        """Figures of an account; other places have none."""
        if place.kind != "account":
            return ()
        card = await card_of(TikTok(access, self._tokens), place.native)
        return tuple(figures_of(card, now))


async def _check_account(tiktok: TikTok, place: Place) -> Checked:
    card = await card_of(tiktok, place.native)
    followers = card.get("follower_count")
    return Checked(
        title=str(card.get("display_name") or place.name),
        native=place.native,
        followers=followers if isinstance(followers, int) else None,
        can=("read", "comments", "statistics"),
        warnings=tuple(_warnings(tiktok, card)),
    )


def _warnings(tiktok: TikTok, card: Mapping[str, Any] | None = None) -> Iterator[str]:
    yield BY_HAND
    if card is not None and card.get("is_verified") is not True:
        yield NOT_VERIFIED
    if tiktok.skew is not None and is_skewed(tiktok.skew):
        seconds = int(abs(tiktok.skew.total_seconds()))
        yield f"TikTok's clock and ours differ by {seconds} s"
