"""Instagram as a network: opening, checking, figures."""

from datetime import timedelta

import pytest

from infra.sandbox.stage import Counters
from services.ingest.domain.posts import Network
from services.ingest.sources.base import ErrorKind, SourceError
from services.ingest.sources.connector import Checked, Connector, Place, Token
from services.ingest.sources.instagram import InstagramConnector
from services.ingest.sources.remarks import Remark
from tests.services.ingest.sources.instagram.world import (
    NUMBER,
    PLACE,
    InstagramServer,
)

BY_HAND = Remark("by-hand")
NO_STATISTICS = Remark("instagram:no-statistics")
NAMED = Place(Network.INSTAGRAM, "account", "@test.roads", PLACE.url)


def test_it_is_a_connector_and_off() -> None:
    connector: Connector = InstagramConnector()

    assert (connector.network, connector.off_by_default) == (Network.INSTAGRAM, True)
    assert connector.token_kinds == ("page", "app")


async def test_check_tells_everything() -> None:
    checked = await InstagramConnector().check(NAMED, InstagramServer().access())

    assert checked == Checked(
        "Тестовый район", NUMBER, 810, ("read", "comments", "statistics"), (BY_HAND,)
    )


async def test_check_says_what_is_missing() -> None:
    ig = InstagramServer()
    ig.skew = timedelta(minutes=5)
    ig.fail("*/insights", 10)

    checked = await InstagramConnector().check(PLACE, ig.access())

    assert (checked.can, checked.warnings[:2]) == (
        ("read", "comments"),
        (BY_HAND, NO_STATISTICS),
    )
    assert checked.warnings[2].code == "clock"


async def test_check_of_a_publication_keeps_its_code() -> None:
    place = Place(Network.INSTAGRAM, "media", "TESTcode", "")

    checked = await InstagramConnector().check(place, InstagramServer().access())

    assert checked.native == "TESTcode"


async def test_without_a_page_token_nothing_is_asked() -> None:
    ig = InstagramServer()
    app = Token("app", "app", {"app_secret": "s", "verify_token": "v"})

    with pytest.raises(SourceError, match="needs a page token") as caught:
        await InstagramConnector().check(NAMED, ig.access(app))

    assert (caught.value.kind, ig.calls) == (ErrorKind.DISABLE, [])


async def test_failure_of_a_check_is_raised() -> None:
    ig = InstagramServer()
    ig.fail("*", 2)

    with pytest.raises(SourceError) as caught:
        await InstagramConnector().check(PLACE, ig.access())

    assert caught.value.kind is ErrorKind.RETRY


async def test_figures_are_asked_for_one_by_one() -> None:
    ig = InstagramServer()
    ig.publish("Сквер", by_page=True, counters=Counters(likes=4, views=100))

    now = ig.now

    figures = await InstagramConnector().figures(NAMED, ig.access(), now=now)

    told = {each.name: (each.value, each.method) for each in figures}
    assert told == {
        "followers": (810, "account"),
        "posts": (1, "account"),
        "day_reach": (70, "insights/reach"),
        "day_views": (100, "insights/views"),
        "day_engagement": (4, "insights/total_interactions"),
        "day_engaged": (1, "insights/accounts_engaged"),
    }
    assert all(each.as_of == now for each in figures)


async def test_metric_that_is_gone_spoils_no_other_and_is_not_nought() -> None:
    ig = InstagramServer()
    wished = {"impressions": "day_views", "reach": "day_reach"}

    figures = await InstagramConnector().figures(
        PLACE, ig.access(insights=wished), now=ig.now
    )

    assert [each.name for each in figures] == ["followers", "posts", "day_reach"]


@pytest.mark.parametrize("kind", ["tag", "media"])
async def test_only_accounts_have_figures(kind: str) -> None:
    ig = InstagramServer()
    place = Place(Network.INSTAGRAM, kind, "ямы", "")

    assert await InstagramConnector().figures(place, ig.access(), now=ig.now) == ()
    assert ig.calls == []
