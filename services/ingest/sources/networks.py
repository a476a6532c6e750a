"""The networks Otklik can watch, and with what each is reached.

A new network is a module with a `Connector`, named here in `usual_connectors`.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

import httpx

from services.ingest.settings import Settings
from services.ingest.sources.connector import (
    Access,
    Clock,
    Connector,
    Hook,
    Place,
    Token,
)
from services.ingest.sources.facebook import FacebookConnector, FacebookHook
from services.ingest.sources.feed_connector import FeedConnector, JournalConnector
from services.ingest.sources.instagram import InstagramConnector, InstagramHook
from services.ingest.sources.max import MaxConnector, MaxHook
from services.ingest.sources.ok import OkConnector
from services.ingest.sources.pasted import cleaned, unwatched
from services.ingest.sources.safe_http import SafeTransport, resolve_by_system
from services.ingest.sources.signed_webhook import SignedWebhook
from services.ingest.sources.telegram import TelegramConnector, TelegramHook
from services.ingest.sources.tiktok import TikTokConnector
from services.ingest.sources.vk import VkConnector, VkHook
from services.ingest.sources.x import XConnector
from shared.networks.budget import Budget, Rate, Standing
from shared.networks.calls import skew_of
from shared.networks.keeping import Keeping
from shared.networks.sockets import OpenSocket, opener
from shared.networks.trust import trusted
from shared.settings import comma_list

USER_AGENT: Final = "Otklik/1 (complaint desk of a regional government)"
WEBHOOK: Final = "webhook"
"""Name of the signed webhook among the networks that push."""

_PATIENCE: Final = 10.0
_FEED: Final = FeedConnector()


@dataclass(frozen=True)
class Means:
    """What all networks are reached with.

    Addresses that people give are reached by the `careful` transport alone, which
    goes to public addresses only.
    """

    plain: httpx.AsyncBaseTransport
    careful: httpx.AsyncBaseTransport
    budget: Budget
    clock: Clock
    bases: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    keeping: Keeping | None = None
    socket: OpenSocket | None = None


@dataclass
class Observed:
    """What was noticed while a network was asked."""

    skew: timedelta | None = None
    token: str | None = None
    tokens: set[str] = field(default_factory=set)


class _ObservedBudget:
    """Notes which token was used last: the one a refusal is about."""

    def __init__(self, inner: Budget, observed: Observed) -> None:
        self._inner = inner
        self._observed = observed

    async def take(self, name: str, rate: Rate, *, method: str = "") -> None:
        token = name.partition("/")[0]
        self._observed.token = token
        self._observed.tokens.add(token)
        await self._inner.take(name, rate, method=method)

    def backlog(self, name: str) -> timedelta:
        return self._inner.backlog(name)

    async def park(self, name: str, until: datetime) -> None:
        await self._inner.park(name, until)

    async def stop(self, token: str) -> None:
        await self._inner.stop(token)

    async def spend(self, name: str, amount: int, limit: int, window: str) -> None:
        await self._inner.spend(name, amount, limit, window)

    async def standing(self, token: str) -> Standing:
        return await self._inner.standing(token)


@dataclass(frozen=True)
class Networks:
    """All connectors of an installation, in the order links are shown to them."""

    connectors: tuple[Connector, ...]
    hooks: Mapping[str, Hook]
    means: Means
    feed: Connector = _FEED

    def recognise(self, link: str) -> Place | None:
        """Say what a link leads to; the first connector that knows it wins.

        The order is: networks, each by its own hosts; journals; last of all feeds,
        which take any web address but those of the networks themselves.
        """
        asked = with_scheme(cleaned(link))
        places = (each.recognise(asked) for each in self.connectors)
        place = next((place for place in places if place is not None), None)
        if place is None or place.kind != "feed":
            return place
        return unwatched(place.url) or place

    def of(self, kind: str, network: str) -> Connector | None:
        """Find the connector of a source; a feed may mirror any network."""
        if kind == "feed":
            return self.feed
        return next((each for each in self.connectors if each.network == network), None)

    def reach(
        self,
        connector: Connector,
        tokens: Sequence[Token],
        options: Mapping[str, Any],
        region: int,
    ) -> tuple[Access, Observed]:
        """Make what a connector needs for one talk with its network."""
        observed = Observed()
        name, keeping = connector.network.value, self.means.keeping
        access = Access(
            http=self._client(connector, observed),
            budget=_ObservedBudget(self.means.budget, observed),
            clock=self.means.clock,
            tokens=tuple(tokens),
            base=self.means.bases.get(name),
            options={**self.means.options.get(name, {}), **options},
            keep=keeping.keeper(region) if keeping else None,
            alone=keeping.alone if keeping else None,
            socket=self.means.socket,
        )
        return access, observed

    def _client(self, connector: Connector, observed: Observed) -> httpx.AsyncClient:
        """Make a client of its own for each talk, over connections all share."""

        async def note_clock(response: httpx.Response) -> None:
            told = response.headers.get("Date")
            observed.skew = skew_of(told, self.means.clock()) or observed.skew

        is_given = isinstance(connector, FeedConnector)
        has_base = connector.network.value in self.means.bases
        careful = is_given and not has_base
        return httpx.AsyncClient(
            transport=self.means.careful if careful else self.means.plain,
            headers={"User-Agent": USER_AGENT},
            timeout=_PATIENCE,
            trust_env=False,
            event_hooks={"response": [note_clock]},
        )


def with_scheme(link: str) -> str:
    """Link as people paste it, with https:// before what looks like a host."""
    stripped = link.strip()
    host = stripped.partition("/")[0]
    is_bare = "://" not in stripped and "." in host and " " not in stripped
    return f"https://{stripped}" if is_bare else stripped


def usual_connectors() -> tuple[Connector, ...]:
    """Name every network there is, in the order links are shown to them."""
    return (
        VkConnector(),
        OkConnector(),
        TelegramConnector(),
        MaxConnector(),
        XConnector(),
        TikTokConnector(),
        FacebookConnector(),
        InstagramConnector(),
        JournalConnector(),
        _FEED,
    )


def usual_hooks() -> Mapping[str, Hook]:
    """Name every network that pushes, as it is called in the address it calls."""
    return {
        "vk": VkHook(),
        "telegram": TelegramHook(),
        "max": MaxHook(),
        "facebook": FacebookHook(),
        "instagram": InstagramHook(),
        WEBHOOK: SignedWebhook(),
    }


@asynccontextmanager
async def open_networks(
    settings: Settings, budget: Budget, clock: Clock, keeping: Keeping | None
) -> AsyncIterator[Networks]:
    """Open the connections all networks share."""
    limits = httpx.Limits(max_connections=200, max_keepalive_connections=50)
    allowed = comma_list(settings.feed_allow)
    certificates = trusted(settings.ca_file)
    async with (
        httpx.AsyncHTTPTransport(
            verify=certificates, limits=limits, trust_env=False
        ) as plain,
        SafeTransport(allowed=allowed, resolve=resolve_by_system) as careful,
    ):
        means = Means(
            plain,
            careful,
            budget,
            clock,
            settings.bases,
            settings.network_options,
            keeping,
            opener(certificates, user_agent=USER_AGENT),
        )
        yield Networks(usual_connectors(), usual_hooks(), means)
