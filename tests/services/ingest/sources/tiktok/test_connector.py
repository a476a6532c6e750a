"""TikTok as a network: opening, checking, figures."""

from datetime import timedelta

import httpx
import pytest

from infra.sandbox.networks.tiktok.api import TOKEN, USER, VIDEOS
from services.ingest.domain.posts import Network
from services.ingest.sources.base import ErrorKind, SourceError
from services.ingest.sources.connector import Checked, Connector, Figure, Place
from services.ingest.sources.tiktok import TikTokConnector
from services.ingest.sources.tiktok.connector import BY_HAND, NOT_VERIFIED
from services.ingest.sources.tiktok.watch import TikTokSource
from tests.services.ingest.sources.tiktok.world import (
    ACCOUNT,
    OTHER,
    PAGE,
    TAG,
    TikTokServer,
)


def named(name: str) -> Place:
    return Place(Network.TIKTOK, "account", name, "", f"@{name}")


def test_it_is_a_connector_that_is_off_by_default() -> None:
    connector: Connector = TikTokConnector()

    assert (connector.network, connector.off_by_default) == (Network.TIKTOK, True)
    assert connector.token_kinds == ("client",)


def test_what_is_recognised_is_opened() -> None:
    connector = TikTokConnector()
    place = connector.recognise("https://www.tiktok.com/@test.oblast")

    assert place is not None
    assert isinstance(connector.open(place, TikTokServer().access()), TikTokSource)


async def test_check_of_an_account_shows_its_card_and_how_to_answer() -> None:
    tiktok = TikTokServer()

    checked = await TikTokConnector().check(ACCOUNT, tiktok.access())

    assert checked == Checked(
        "Тестовая область",
        "test.oblast",
        PAGE.members,
        ("read", "comments", "statistics"),
        (BY_HAND,),
    )
    assert [route for route, _ in tiktok.calls] == [TOKEN, USER]


async def test_check_warns_of_an_account_that_is_not_verified_and_of_clocks() -> None:
    tiktok = TikTokServer()
    tiktok.skew = timedelta(minutes=5)

    checked = await TikTokConnector().check(named(OTHER.screen_name), tiktok.access())

    assert checked.warnings[:2] == (BY_HAND, NOT_VERIFIED)
    assert checked.warnings[2].code == "clock"


async def test_account_that_is_not_there_is_refused() -> None:
    with pytest.raises(SourceError, match="shows no account @nobody") as caught:
        await TikTokConnector().check(named("nobody"), TikTokServer().access())

    assert caught.value.kind is ErrorKind.DISABLE


async def test_other_failures_of_a_card_stay_what_they_are() -> None:
    tiktok = TikTokServer()
    tiktok.fail(500, route=USER)

    with pytest.raises(SourceError) as caught:
        await TikTokConnector().check(ACCOUNT, tiktok.access())

    assert caught.value.kind is ErrorKind.RETRY


async def test_check_of_a_hashtag_and_of_a_video_asks_once() -> None:
    tiktok = TikTokServer()
    connector = TikTokConnector()
    number = tiktok.server.id_of(tiktok.publish("Ролик"))
    video = Place(Network.TIKTOK, "video", str(number), "https://www.tiktok.com/@/v")

    told = [await connector.check(each, tiktok.access()) for each in (TAG, video)]

    assert [(each.title, each.can) for each in told] == [
        ("#ямы", ("read",)),
        (video.url, ("read", "comments")),
    ]
    # The access token is held for the next talk.
    assert [route for route, _ in tiktok.calls] == [TOKEN, VIDEOS, VIDEOS]


async def test_figures_are_those_of_the_card() -> None:
    tiktok = TikTokServer()
    tiktok.publish("Ролик")
    now = tiktok.now

    figures = await TikTokConnector().figures(ACCOUNT, tiktok.access(), now=now)

    assert figures == (
        Figure("followers", PAGE.members, now, "research/user/info"),
        Figure("likes", 10, now, "research/user/info"),
        Figure("posts", 1, now, "research/user/info"),
    )


async def test_figure_that_is_not_told_is_none() -> None:
    tiktok = TikTokServer()
    card = {"follower_count": None, "likes_count": True, "video_count": -1}
    tiktok.says.append(httpx.Response(200, json={"data": card}))

    figures = await TikTokConnector().figures(ACCOUNT, tiktok.access(), now=tiktok.now)

    assert figures == ()


async def test_only_accounts_have_figures() -> None:
    tiktok = TikTokServer()

    assert await TikTokConnector().figures(TAG, tiktok.access(), now=tiktok.now) == ()
    assert tiktok.calls == []
