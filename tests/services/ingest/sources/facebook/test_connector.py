"""Facebook as a network: opening, checking, figures."""

from datetime import UTC, datetime, timedelta

import pytest

from infra.sandbox.stage import Counters
from services.ingest.domain.posts import Network
from services.ingest.sources.base import ErrorKind, SourceError
from services.ingest.sources.connector import Checked, Connector, Place
from services.ingest.sources.facebook import FacebookConnector
from services.ingest.sources.remarks import Remark
from tests.services.ingest.sources.facebook.world import (
    NUMBER,
    PLACE,
    READER,
    FacebookServer,
)

NAMED = Place(Network.FACEBOOK, "page", "@test.roads", PLACE.url, "test.roads")
BY_HAND = Remark("by-hand")
NO_STATISTICS = Remark("facebook:no-statistics")


def test_it_is_a_connector_and_off() -> None:
    connector: Connector = FacebookConnector()

    assert (connector.network, connector.off_by_default) == (Network.FACEBOOK, True)
    assert connector.token_kinds == ("page", "app")


async def test_group_is_refused_with_the_reason() -> None:
    fb, connector = FacebookServer(), FacebookConnector()
    place = connector.recognise("https://facebook.com/groups/5")
    assert place is not None

    with pytest.raises(SourceError, match="groups") as opened:
        connector.open(place, fb.access())
    with pytest.raises(SourceError, match="groups"):
        await connector.check(place, fb.access())

    assert (opened.value.kind, fb.calls) == (ErrorKind.DISABLE, [])


async def test_check_by_the_page_tells_everything() -> None:
    checked = await FacebookConnector().check(NAMED, FacebookServer().access())

    assert checked == Checked(
        "Тестовый район", NUMBER, 5210, ("read", "comments", "statistics"), (BY_HAND,)
    )


async def test_check_by_a_reader_says_what_is_missing() -> None:
    checked = await FacebookConnector().check(PLACE, FacebookServer().access(READER))

    assert (checked.can, checked.warnings) == (
        ("read", "comments"),
        (BY_HAND, NO_STATISTICS),
    )


async def test_check_of_a_post_keeps_its_number() -> None:
    place = Place(Network.FACEBOOK, "post", "@test.roads_2000001", "")

    checked = await FacebookConnector().check(place, FacebookServer().access())

    assert checked.native == f"{NUMBER}_2000001"


async def test_check_notices_the_clock() -> None:
    fb = FacebookServer()
    fb.skew = timedelta(minutes=5)

    checked = await FacebookConnector().check(PLACE, fb.access())

    assert checked.warnings[-1].code == "clock"


@pytest.mark.parametrize("native", ["@nobody", "61550000000099"])
async def test_what_is_no_page_is_refused(native: str) -> None:
    place = Place(Network.FACEBOOK, "page", native, "")

    with pytest.raises(SourceError, match="shows us no page") as caught:
        await FacebookConnector().check(place, FacebookServer().access())

    assert caught.value.kind is ErrorKind.DISABLE


async def test_failure_of_a_check_is_raised() -> None:
    fb = FacebookServer()
    fb.fail("*", 2)

    with pytest.raises(SourceError) as caught:
        await FacebookConnector().check(PLACE, fb.access())

    assert caught.value.kind is ErrorKind.RETRY


async def test_figures_are_of_the_last_whole_day() -> None:
    fb = FacebookServer()
    fb.now = datetime(2025, 11, 21, 12, tzinfo=UTC)
    yesterday = datetime(2025, 11, 20, 12, tzinfo=UTC)
    fb.publish("Яма", at=yesterday, counters=Counters(likes=3, views=100))
    fb.publish("Сегодня", counters=Counters(likes=9, views=700))

    now = fb.now

    figures = await FacebookConnector().figures(PLACE, fb.access(), now=now)

    told = {each.name: (each.value, each.as_of, each.method) for each in figures}
    ended = datetime(2025, 11, 21, 8, tzinfo=UTC)
    assert told == {
        "followers": (5210, now, "page"),
        "fans": (4689, now, "page"),
        "day_reach": (70, ended, "insights/page_total_media_view_unique"),
        "day_views": (100, ended, "insights/page_media_view"),
        "day_visitors": (10, ended, "insights/page_views_total"),
        "day_engagement": (3, ended, "insights/page_post_engagements"),
        "day_subscribed": (1, ended, "insights/page_daily_follows_unique"),
        "day_unsubscribed": (0, ended, "insights/page_daily_unfollows_unique"),
    }


async def test_metric_that_meta_took_away_spoils_no_other() -> None:
    fb = FacebookServer()
    wished = {"page_fans": "old", "page_media_view": "day_views", "page_x": "x", 5: 6}

    figures = await FacebookConnector().figures(
        PLACE, fb.access(insights=wished), now=fb.now
    )

    assert [each.name for each in figures] == ["followers", "fans", "day_views"]
    asked = [each["metric"] for each in fb.called("/insights")]
    assert asked == ["page_fans", "page_media_view", "page_x"]


async def test_without_the_right_there_are_followers_alone() -> None:
    fb = FacebookServer()

    figures = await FacebookConnector().figures(PLACE, fb.access(READER), now=fb.now)

    assert [each.name for each in figures] == ["followers", "fans"]
    assert len(fb.called("/insights")) == 1


@pytest.mark.parametrize(
    ("code", "kind"), [(2, ErrorKind.RETRY), (190, ErrorKind.REAUTH)]
)
async def test_failure_of_the_statistics_is_raised(code: int, kind: ErrorKind) -> None:
    fb = FacebookServer()
    fb.fail("*/insights", code)

    with pytest.raises(SourceError) as caught:
        await FacebookConnector().figures(PLACE, fb.access(), now=fb.now)

    assert caught.value.kind is kind


async def test_single_post_has_no_figures() -> None:
    fb = FacebookServer()
    place = Place(Network.FACEBOOK, "post", f"{NUMBER}_5", "")

    assert await FacebookConnector().figures(place, fb.access(), now=fb.now) == ()
    assert fb.calls == []
