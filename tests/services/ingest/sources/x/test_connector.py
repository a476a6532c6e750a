"""X as a network: opening, checking, figures."""

from dataclasses import replace
from datetime import timedelta

import pytest

from infra.sandbox.networks.x.server import BY_NAME, SEARCH
from services.ingest.domain.posts import Network
from services.ingest.sources.base import ErrorKind, SourceError
from services.ingest.sources.connector import Checked, Connector, Figure, Place
from services.ingest.sources.x import XConnector
from services.ingest.sources.x.connector import BY_HAND, NOT_MARKED
from services.ingest.sources.x.watch import XSource
from tests.services.ingest.sources.x.world import (
    ACCOUNT,
    OTHER,
    PAGE,
    XServer,
)
from tests.services.ingest.sources.x.world import (
    SEARCH as WORDS,
)


def named(name: str) -> Place:
    return Place(Network.X, "account", name, f"https://x.com/{name}", f"@{name}")


def test_it_is_a_connector_that_is_off_by_default() -> None:
    connector: Connector = XConnector()

    assert (connector.network, connector.off_by_default) == (Network.X, True)
    assert connector.token_kinds == ("app", "user")


@pytest.mark.parametrize(
    "link",
    [
        "https://x.com/TestOblast",
        "https://x.com/search?q=яма",
        "https://x.com/i/web/status/1990000000000000002",
    ],
)
def test_what_is_recognised_is_opened(link: str) -> None:
    connector = XConnector()
    place = connector.recognise(link)
    assert place is not None

    assert isinstance(connector.open(place, XServer().access()), XSource)


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("from:ivan_test яма", "no person is an object of search"),
        ("(яма OR люк) FROM: ivan_test", "no person is an object of search"),
        ("list:5", "no person is an object of search"),
        ("яма bio:учитель", "no person is an object of search"),
        ("context:10.799022225751871488", "no person is an object of search"),
        ("@ivan_test", "all that is written to somebody"),
        ("to:ivan_test OR @ivan_test lang:ru -is:retweet", "written to somebody"),
        ("я" * 500, "512 characters at most"),
    ],
)
async def test_searches_of_people_and_long_ones_are_refused(
    query: str, reason: str
) -> None:
    x, connector = XServer(), XConnector()
    place = replace(WORDS, native=query)

    with pytest.raises(SourceError, match=reason) as opened:
        connector.open(place, x.access())
    with pytest.raises(SourceError, match=reason):
        await connector.check(place, x.access())

    assert (opened.value.kind, x.calls) == (ErrorKind.DISABLE, [])


def test_an_enterprise_may_search_for_more() -> None:
    place = replace(WORDS, native="я" * 500)

    source = XConnector().open(place, XServer().access(longest_query=4096))

    assert isinstance(source, XSource)


async def test_check_of_an_account_shows_its_card_and_how_to_answer() -> None:
    x = XServer()

    checked = await XConnector().check(ACCOUNT, x.access())

    assert checked == Checked(
        "Тестовая область",
        "testoblast",
        PAGE.members,
        ("read", "comments", "statistics"),
        (BY_HAND,),
    )
    assert (len(x.calls), x.paid) == (1, 0)


async def test_check_warns_of_an_account_that_is_no_organisations() -> None:
    x = XServer()
    x.skew = timedelta(minutes=5)

    checked = await XConnector().check(named(OTHER.screen_name), x.access())

    assert checked.warnings[:2] == (BY_HAND, NOT_MARKED)
    assert checked.warnings[2].code == "clock"


async def test_account_that_is_not_there_is_refused() -> None:
    with pytest.raises(SourceError, match="shows no account @nobody") as caught:
        await XConnector().check(named("nobody"), XServer().access())

    assert caught.value.kind is ErrorKind.DISABLE


async def test_check_of_a_search_is_asked_once_and_costs_next_to_nothing() -> None:
    x = XServer()
    for number in range(30):
        x.publish(f"Яма {number}", at=x.now - timedelta(minutes=5 + number))

    checked = await XConnector().check(WORDS, x.access())

    assert checked == Checked(
        "яма", "яма", can=("read", "comments"), warnings=(BY_HAND,)
    )
    assert ([route for route, _ in x.calls], x.paid) == ([SEARCH], 0)


async def test_check_of_a_conversation_reads_its_post() -> None:
    x = XServer()
    number = x.ids(x.publish("Яма"))[0]
    place = Place(
        Network.X, "conversation", str(number), "https://x.com/i/web/status/1"
    )

    checked = await XConnector().check(place, x.access())
    with pytest.raises(SourceError, match="no such post"):
        await XConnector().check(replace(place, native="5"), x.access())

    assert checked.native == str(number)


async def test_check_heeds_the_guard() -> None:
    x = XServer()

    with pytest.raises(SourceError) as caught:
        await XConnector().check(ACCOUNT, x.access(money_a_month=0))

    assert (caught.value.code, x.calls) == ("x:guard-month", [])


async def test_figures_are_those_of_the_card() -> None:
    x = XServer()

    now = x.now

    figures = await XConnector().figures(ACCOUNT, x.access(), now=now)

    assert figures == (
        Figure("followers", PAGE.members, now, "users/by/username"),
        Figure("lists", 5, now, "users/by/username"),
        Figure("posts", 340, now, "users/by/username"),
    )
    assert [route for route, _ in x.calls] == [BY_NAME]


async def test_only_accounts_have_figures() -> None:
    x = XServer()

    assert await XConnector().figures(WORDS, x.access(), now=x.now) == ()
    assert x.calls == []
