"""What the fake TikTok knows beside the stage, and what it counts."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from infra.sandbox.networks.context import NetworkContext
from infra.sandbox.networks.tiktok.errors import TikTokError
from infra.sandbox.stage import Action, Item, Stage, StagePage
from infra.sandbox.stage.tokens import TokenState

CLIENT: Final = "client"
ACCESS: Final = "access"
CLIENT_KEY: Final = "aw-sandbox-client"
CLIENT_SECRET: Final = "sandbox-client-secret"  # noqa: S105 -- invented
LIFE: Final = timedelta(hours=2)
DEEP: Final = 5_000
"""A page that begins so far down is answered with 500."""

_SECONDS_IN_IDS: Final = 32
_PAGES_FROM: Final = 900_000_000


@dataclass
class Server:
    """The fake's own state.

    `searches` are cached results by their `search_id`. `spent` counts requests and
    records of a client by UTC day, and its calls by minute.
    """

    network: NetworkContext
    requests_a_day: int = 1_000
    records_a_day: int = 100_000
    calls_a_minute: int = 600
    deep: int = DEEP
    searches: dict[str, list[int]] = field(default_factory=dict)
    spent: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    _issued: int = 0
    _clients: dict[str, str] = field(default_factory=dict)
    _searched: int = 7_201_388_525_814_961_000
    _seq: int = 0
    _places: dict[int, tuple[str, int]] = field(default_factory=dict)

    @property
    def stage(self) -> Stage:
        return self.network.stage

    @property
    def today(self) -> str:
        return f"{self.network.clock():%Y-%m-%d}"

    def follow(self) -> None:
        """Number what was published since the last call."""
        for line in self.stage.happenings(after=self._seq):
            self._seq = line.seq
            if line.item is not None and line.action is Action.PUBLISH:
                self._places[self.id_of(line.item)] = line.item.page, line.item.id

    def id_of(self, item: Item) -> int:
        """Number an item as TikTok does: its second, then what tells it apart."""
        page = self.stage.page(item.page)
        second = int(item.created_at.timestamp()) << _SECONDS_IN_IDS
        place = (page.number - _PAGES_FROM) % 128
        return second | place << 24 | item.id % 2**24

    def find(self, number: int) -> Item | None:
        place = self._places.get(number)
        return None if place is None else self.stage.find(*place)

    def grant(self, key: str, secret: str) -> str | None:
        """Give an access token for the client's secret; None when it is wrong."""
        now = self.network.clock()
        self.network.meter.admit(key or "nobody", now)
        is_good = self.network.tokens.state(key, now) is TokenState.VALID
        if not is_good or secret != CLIENT_SECRET:
            self.network.meter.died(key or "nobody")
            return None
        self._issued += 1
        token = self.network.tokens.issue(
            ACCESS, now=now, lifetime=LIFE, value=f"clt.sandbox-{self._issued}"
        )
        self._clients[token.value] = key
        return token.value

    def admit(self, value: str) -> str:
        """Check the access token, the calls of this minute, the quota of this day.

        Returns whose token it is.
        """
        network, now = self.network, self.network.clock()
        network.meter.admit(value or "nobody", now)
        token = network.tokens.find(value)
        is_good = network.tokens.state(value, now) is TokenState.VALID
        client = self._clients.get(value, CLIENT_KEY)
        has_client = network.tokens.state(client, now) is TokenState.VALID
        if token is None or token.kind != ACCESS or not is_good or not has_client:
            network.meter.died(value or "nobody")
            raise TikTokError(401)
        minute = client, f"{now:%Y-%m-%d %H:%M}", "calls"
        self.spent[minute] += 1
        if self.spent[minute] > self.calls_a_minute:
            network.meter.over_limit(value)
            raise TikTokError(429)
        self.spent[client, self.today, "requests"] += 1
        if self.spent[client, self.today, "requests"] > self.requests_a_day:
            network.meter.over_limit(value)
            raise TikTokError(4290)
        return client

    def pay(self, client: str, records: int) -> None:
        """Count records; refuse all of them when they are more than the day has."""
        self.spent[client, self.today, "records"] += records
        if self.spent[client, self.today, "records"] > self.records_a_day:
            self.network.meter.over_limit(client)
            raise TikTokError(4290)

    def remember(self, found: list[int]) -> str:
        """Cache a result, so that its pages do not shift."""
        self._searched += 1
        self.searches[str(self._searched)] = found
        return str(self._searched)

    def account(self, name: str) -> StagePage | None:
        page = self.stage.find_page(name)
        return None if page is None or page.is_banned else page
