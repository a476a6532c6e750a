"""X as a network that can be watched: off until its operator accepts law and money."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from services.ingest.domain.posts import Network
from services.ingest.sources.base import ErrorKind, Source, SourceError
from services.ingest.sources.connector import Access, Checked, Figure, Place
from services.ingest.sources.x.figures import card_of, figures_of, followers_of
from services.ingest.sources.x.links import recognise
from services.ingest.sources.x.query import LONGEST, query_of, refuse_unwatched
from services.ingest.sources.x.watch import XSource
from shared.networks.calls import is_skewed
from shared.networks.x import X
from shared.networks.x.client import APP, SIZES, USER, Search
from shared.networks.x.ids import lowest_at

BY_HAND: Final = (
    "answers are copied and pasted by hand: X lets a program reply only to posts that "
    "mention or quote our account"
)
NOT_MARKED: Final = (
    "X does not mark this account as an organisation's: watch authorities only"
)
_LATELY: Final = timedelta(minutes=1)
_ORGANISATIONS: Final = frozenset({"business", "government"})


class XConnector:
    """Searches, mentions of accounts, conversations.

    Options of a source: `posts_a_day`, `money_a_month` (dollars, of the token),
    `checks_share`, `watched_days`, `first_hours`, `calls_per_poll`; of the network:
    `price_per_post`, `price_per_user`, `names` (`tweet` or `post`), `cycle_day`,
    `longest_query` (4096 for enterprises). A token may name our own account
    (`account_id`), so that what it writes is known as ours.
    """

    network = Network.X
    token_kinds: tuple[str, ...] = (APP, USER)
    off_by_default = True

    def recognise(self, link: str) -> Place | None:
        """Say what a link leads to."""
        return recognise(link)

    def open(self, place: Place, access: Access) -> Source:
        """Make the source that polls a place; raises `SourceError` for a person's."""
        return XSource(place, access)

    async def check(self, place: Place, access: Access) -> Checked:
        """Ask X about a place once, for a few cents; raises `SourceError`."""
        refuse_unwatched(place, int(access.options.get("longest_query", LONGEST)))
        x = X(access, f"{place.kind}:{place.native}")
        if place.kind == "account":
            return await _check_account(x, place)
        if place.kind == "conversation":
            page = await x.lookup([place.native])
            if not page.posts:
                raise SourceError("X shows no such post", ErrorKind.DISABLE)
        else:
            since = lowest_at(access.clock() - _LATELY)
            await x.search(Search(query_of(place, 0), since), SIZES[-1:])
        return Checked(
            title=place.name or place.url,
            native=place.native,
            can=("read", "comments"),
            warnings=tuple(_warnings(x)),
        )

    async def figures(
        self, place: Place, access: Access, *, now: datetime
    ) -> tuple[Figure, ...]:
        """Figures of an account; searches and conversations have none."""
        if place.kind != "account":
            return ()
        x = X(access, f"{place.kind}:{place.native}")
        return tuple(figures_of(await card_of(x, place.native), now))


async def _check_account(x: X, place: Place) -> Checked:
    card = await card_of(x, place.native)
    return Checked(
        title=str(card.get("name") or place.name),
        native=place.native,
        followers=followers_of(card, x.access.clock()),
        can=("read", "comments", "statistics"),
        warnings=tuple(_warnings(x, card)),
    )


def _warnings(x: X, card: Mapping[str, Any] | None = None) -> Iterator[str]:
    yield BY_HAND
    if card is not None and card.get("verified_type") not in _ORGANISATIONS:
        yield NOT_MARKED
    if x.skew is not None and is_skewed(x.skew):
        yield f"X's clock and ours differ by {int(abs(x.skew.total_seconds()))} s"
