"""What the fake X knows beside the stage, and what it counts."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from infra.sandbox.networks.context import NetworkContext
from infra.sandbox.networks.x.posts import Posts
from infra.sandbox.networks.x.problems import USAGE_CAPPED, XProblem
from infra.sandbox.stage import Item, Stage, StagePage, Writer
from infra.sandbox.stage.tokens import TokenState

APP: Final = "app"
USER: Final = "user"
SEARCH: Final = "2/tweets/search/recent"
LOOKUP: Final = "2/tweets"
BY_NAME: Final = "2/users/by/username"
_WINDOW: Final = timedelta(minutes=15)
_RATES: Final = {
    (SEARCH, APP): 450,
    (SEARCH, USER): 300,
    (LOOKUP, APP): 3_500,
    (LOOKUP, USER): 5_000,
    (BY_NAME, APP): 300,
    (BY_NAME, USER): 900,
}


@dataclass
class Bucket:
    """Calls of one token to one method in a quarter of an hour."""

    began: datetime
    made: int = 0

    @property
    def ends(self) -> datetime:
        return self.began + _WINDOW


@dataclass
class Server:
    """The fake's own state.

    `locked` are items whose authors let nobody but followers see them. `cap` is how
    many posts may be read; `paid` the posts read by UTC day, each once a day.
    """

    network: NetworkContext
    locked: set[tuple[str, int]] = field(default_factory=set)
    cap: int = 3_000_000
    paid: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    cards: int = 0
    buckets: dict[tuple[str, str], Bucket] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.posts = Posts(self.network.stage)

    @property
    def stage(self) -> Stage:
        return self.network.stage

    def is_shown(self, item: Item) -> bool:
        is_banned = self.stage.page(item.page).is_banned
        return not is_banned and (item.page, item.id) not in self.locked

    def admit(self, value: str, route: str) -> dict[str, str]:
        """Check the token and its rate; give the headers that tell how it stands."""
        network = self.network
        now = network.clock()
        network.meter.admit(value or "nobody", now)
        if network.tokens.state(value, now) is not TokenState.VALID:
            network.meter.died(value or "nobody")
            raise XProblem(401)
        token = network.tokens.find(value)
        kind = token.kind if token is not None else APP
        limit = _RATES.get((route, kind), 300)
        bucket = self._bucket(value, route, now)
        bucket.made += 1
        headers = {
            "x-rate-limit-limit": str(limit),
            "x-rate-limit-remaining": str(max(0, limit - bucket.made)),
            "x-rate-limit-reset": str(self._seconds(bucket.ends)),
        }
        if bucket.made > limit:
            network.meter.over_limit(value)
            raise Limited(headers)
        return headers

    def pay(self, numbers: list[int]) -> None:
        """Count what is shown; refuse all of it once the cap is passed."""
        if sum(len(each) for each in self.paid.values()) >= self.cap:
            raise XProblem(USAGE_CAPPED, "Usage cap exceeded")
        self.paid[f"{self.network.clock():%Y-%m-%d}"].update(numbers)

    def _bucket(self, value: str, route: str, now: datetime) -> Bucket:
        bucket = self.buckets.get((value, route))
        if bucket is None or bucket.ends <= now:
            bucket = self.buckets[value, route] = Bucket(now)
        return bucket

    def _seconds(self, moment: datetime) -> int:
        """Give Unix seconds on the network's clock, rounded up."""
        ahead = self.network.now() - self.network.clock()
        return int((moment + ahead).timestamp()) + 1


class Limited(XProblem):
    """Too many calls; the headers say until when."""

    def __init__(self, headers: dict[str, str]) -> None:
        super().__init__(429)
        self.headers = headers


def account_id(page: StagePage) -> str:
    return str(1_500_000_000 + page.number)


def writer_id(server: Server, writer: Writer, page: str) -> str:
    """Number an author: a resident, or the account the page is."""
    owner = server.stage.page(page)
    is_owner = writer.id == owner.number
    return account_id(owner) if is_owner else str(writer.id)
