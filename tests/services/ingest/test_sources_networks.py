"""The registry of networks: who knows a link, and how each is reached."""

from pathlib import Path

import httpx
import pytest

from services.ingest.settings import Settings
from services.ingest.sources.base import ErrorKind, SourceError
from services.ingest.sources.connector import Place
from services.ingest.sources.feed_connector import FeedConnector, JournalConnector
from services.ingest.sources.networks import (
    Means,
    Networks,
    open_networks,
    usual_connectors,
    usual_hooks,
    with_scheme,
)
from services.ingest.sources.remarks import Remark
from shared.networks.budget import LocalBudget, Rate, Standing
from tests.factories import NOW
from tests.services.ingest.doubles import Clock, no_time
from tests.services.ingest.fake_network import FakeNetwork

ZONE = {"zone": "Europe/Moscow"}
REGION = 1


class Told:
    """A transport that answers with a feed and remembers who was asked."""

    def __init__(self, body: bytes, rss: bytes | None = None) -> None:
        self.asked: list[str] = []
        self.agents: list[str] = []
        self._body, self._rss = body, rss or body

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(str(request.url))
        self.agents.append(request.headers["User-Agent"])
        body = self._rss if request.url.path.endswith("/rss") else self._body
        return httpx.Response(200, stream=httpx.ByteStream(body))


@pytest.fixture
def plain() -> Told:
    """The way to networks at fixed addresses."""
    return Told(b"{}")


@pytest.fixture
def careful(samples: Path) -> Told:
    """The way to addresses that people give."""
    return journal_told(samples)


def journal_told(samples: Path) -> Told:
    """Both feeds of a community of LiveJournal."""
    folder = samples / "livejournal"
    atom, rss = (folder / f"data_{kind}.xml" for kind in ("atom", "rss"))
    return Told(atom.read_bytes(), rss.read_bytes())


def networks_with(plain: Told, careful: Told, **bases: str) -> Networks:
    clock = Clock()
    means = Means(
        httpx.MockTransport(plain),
        httpx.MockTransport(careful),
        LocalBudget(clock, no_time),
        clock,
        bases,
        {"vk": {"calls_a_second": 5, "zone": "no"}},
    )
    return Networks((FakeNetwork(), *usual_connectors()), usual_hooks(), means)


@pytest.mark.parametrize(
    ("link", "native"),
    [
        ("https://klen-ovsk.livejournal.com/", "klen_ovsk"),
        ("http://klen_ovsk.livejournal.com/12.html?thread=7#t7", "klen_ovsk"),
        ("https://www.livejournal.com/users/Klenovsk/12.html", "klenovsk"),
        ("https://klenovsk.livejournal.com/data/rss", "klenovsk"),
        ("https://www.livejournal.com/", None),
        ("https://users.livejournal.com/", None),
        ("https://livejournal.com.evil.example/users/x", None),
    ],
)
def test_a_journal_is_known_by_any_link_to_it(link: str, native: str | None) -> None:
    place = JournalConnector().recognise(link)

    assert (place and place.native) == native


@pytest.mark.parametrize(
    ("pasted", "link"),
    [
        (" vk.com/a ", "https://vk.com/a"),
        ("https://vk.com/a", "https://vk.com/a"),
        ("@klenovsk", "@klenovsk"),
        ("две ямы.", "две ямы."),
    ],
)
def test_what_looks_like_a_host_gets_a_scheme(pasted: str, link: str) -> None:
    assert with_scheme(pasted) == link


async def test_addresses_people_give_are_reached_carefully(
    plain: Told, careful: Told
) -> None:
    networks = networks_with(plain, careful)
    journal = networks.recognise("klenovsk.livejournal.com")
    assert journal is not None
    connector = networks.of("page", journal.network)
    assert connector is not None
    access, _ = networks.reach(connector, (), ZONE, REGION)

    checked = await connector.check(journal, access)
    figures = await connector.figures(journal, access, now=NOW)

    root = "https://klenovsk.livejournal.com/data"
    assert careful.asked == [f"{root}/rss", f"{root}/atom"]
    assert careful.agents[0].startswith("Otklik/1")
    assert (plain.asked, figures, checked.can) == ([], (), ("read",))


async def test_a_network_at_another_address_is_asked_there(
    plain: Told, careful: Told, samples: Path
) -> None:
    told = journal_told(samples)
    networks = networks_with(told, careful, livejournal="http://127.0.0.1:8090/lj")
    place = JournalConnector().recognise("https://klen-ovsk.livejournal.com/")
    assert place is not None
    access, observed = networks.reach(JournalConnector(), (), ZONE, REGION)

    fetched = await JournalConnector().open(place, access).fetch({}, now=NOW)

    root = "http://127.0.0.1:8090/lj/klen_ovsk/data"
    assert told.asked == [f"{root}/rss", f"{root}/atom"]
    assert fetched.posts
    assert (careful.asked, observed.skew) == ([], None)


async def test_a_source_says_more_than_its_network(plain: Told, careful: Told) -> None:
    networks = networks_with(plain, careful)

    access, _ = networks.reach(FakeNetwork(), (), ZONE, REGION)
    await access.http.get("https://api.invalid/")

    assert access.options == {"calls_a_second": 5, "zone": "Europe/Moscow"}
    assert plain.asked == ["https://api.invalid/"]


async def test_the_budget_remembers_which_token_was_used_last(
    plain: Told, careful: Told
) -> None:
    access, observed = networks_with(plain, careful).reach(
        FakeNetwork(), (), ZONE, REGION
    )

    await access.budget.take("vk-1/wall.get", Rate(3))
    await access.budget.park("vk-2", NOW)
    await access.budget.spend("vk-2", 1, 10, "day")
    await access.budget.stop("vk-2")
    with pytest.raises(SourceError) as caught:
        await access.budget.take("vk-2", Rate(3))

    assert caught.value.kind is ErrorKind.REAUTH
    assert (observed.token, observed.tokens) == ("vk-2", {"vk-1", "vk-2"})
    assert await access.budget.standing("vk-2") == Standing(stopped=True)


def test_a_feed_may_mirror_any_network(plain: Told, careful: Told) -> None:
    networks = networks_with(plain, careful)

    assert isinstance(networks.of("feed", "vk"), FeedConnector)
    assert isinstance(networks.of("page", "vk"), FakeNetwork)
    assert networks.of("page", "portal") is None


async def test_a_feed_without_entries_is_warned_of(plain: Told) -> None:
    empty = Told(b"<rss version='2.0'><channel><title>a</title></channel></rss>")
    networks = networks_with(plain, empty)
    place = Place(FeedConnector.network, "feed", "x", "https://a.example/rss", "a")
    access, _ = networks.reach(FeedConnector(), (), ZONE, REGION)

    checked = await FeedConnector().check(place, access)

    assert checked.warnings == (Remark("feed:empty"),)


async def test_an_inner_address_is_not_reached() -> None:
    clock = Clock()
    budget = LocalBudget(clock, no_time)
    async with open_networks(Settings(), budget, clock, None) as networks:
        access, _ = networks.reach(FeedConnector(), (), ZONE, REGION)
        place = Place(FeedConnector.network, "feed", "x", "http://127.0.0.1/rss")

        with pytest.raises(SourceError) as caught:
            await FeedConnector().check(place, access)

    assert caught.value.kind is ErrorKind.HUMAN
