"""Odnoklassniki as a network: opening, checking, figures."""

from datetime import UTC, datetime, timedelta

import pytest

from infra.sandbox.stage import Counters
from services.ingest.domain.posts import Network
from services.ingest.sources.base import ErrorKind, SourceError
from services.ingest.sources.connector import Checked, Connector, Place
from services.ingest.sources.ok import OkConnector
from services.ingest.sources.ok.group import GroupSource
from services.ingest.sources.ok.tag import TagSource
from services.ingest.sources.remarks import Remark
from tests.services.ingest.sources.ok.world import (
    GROUP,
    PLACE,
    OkServer,
    admin,
    application,
    user,
)

TAG = Place(Network.OK, "tag", "ямы", "https://ok.ru/search?st.query=%23ямы", "#ямы")
PERSON = Place(Network.OK, "person", "", "https://ok.ru/profile/570000000077")
BY_HAND = Remark("ok:by-hand")
NO_STATISTICS = Remark("ok:no-statistics")


def named(name: str, kind: str = "group") -> Place:
    return Place(Network.OK, kind, f"@{name}", f"https://ok.ru/{name}", name)


def test_it_is_a_connector() -> None:
    connector: Connector = OkConnector()

    assert (connector.network, connector.off_by_default) == (Network.OK, False)
    assert connector.token_kinds == ("user", "application")


def test_places_are_opened_by_their_kind() -> None:
    connector, access = OkConnector(), OkServer().access()
    place = connector.recognise(f"https://ok.ru/group/{GROUP}/topic/155000000000042")
    assert place is not None

    assert isinstance(connector.open(PLACE, access), GroupSource)
    assert isinstance(connector.open(place, access), GroupSource)
    assert isinstance(connector.open(TAG, access), TagSource)


@pytest.mark.parametrize(
    ("link", "reason"),
    [
        ("https://ok.ru/profile/570000000077", "a person's page"),
        ("https://ok.ru/search?st.query=ямы", "one hashtag only"),
    ],
)
async def test_what_is_not_watched_is_refused_with_the_reason(
    link: str, reason: str
) -> None:
    connector, server = OkConnector(), OkServer()
    place = connector.recognise(link)
    assert place is not None

    with pytest.raises(SourceError, match=reason) as opened:
        connector.open(place, server.access())
    with pytest.raises(SourceError, match=reason):
        await connector.check(place, server.access())

    assert (opened.value.kind, server.calls) == (ErrorKind.DISABLE, [])


async def test_check_by_an_administrator_tells_everything() -> None:
    server = OkServer()
    server.forward(days=1)

    checked = await OkConnector().check(
        named("test_roads"), server.access(admin(), answering=True)
    )

    assert checked == Checked(
        "Тестовый район", GROUP, 5210, ("read", "comments", "answer", "statistics")
    )


async def test_check_by_a_reader_says_what_is_missing() -> None:
    server = OkServer()

    checked = await OkConnector().check(PLACE, server.access(user("ok-reader")))

    assert (checked.can, checked.warnings) == (
        ("read", "comments"),
        (BY_HAND, NO_STATISTICS),
    )


async def test_check_without_a_user_reads_nothing() -> None:
    checked = await OkConnector().check(PLACE, OkServer().access(application()))

    assert (checked.title, checked.can) == ("Тестовый район", ())


async def test_check_notices_the_clock() -> None:
    server = OkServer()
    server.skew = timedelta(minutes=5)

    checked = await OkConnector().check(PLACE, server.access())

    assert checked.warnings[-1].code == "clock"


async def test_check_of_a_topic_keeps_its_number() -> None:
    place = Place(Network.OK, "topic", "@test_roads_155000000000042", "")

    checked = await OkConnector().check(place, OkServer().access())

    assert checked.native == f"{GROUP}_155000000000042"


async def test_check_of_a_hashtag_asks_once() -> None:
    server = OkServer()

    checked = await OkConnector().check(TAG, server.access())

    assert (checked, len(server.calls)) == (Checked("#ямы", "ямы", can=("read",)), 1)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ({"type": "PROFILE", "objectId": 570_000_000_077}, "a person's page"),
        ({"type": "UNKNOWN"}, "no group named nobody"),
        (None, "no group named nobody"),
    ],
)
async def test_name_that_is_no_groups_is_refused(answer: object, reason: str) -> None:
    server = OkServer()
    server.says["url.getInfo"] = answer

    with pytest.raises(SourceError, match=reason) as caught:
        await OkConnector().check(named("nobody"), server.access())

    assert caught.value.kind is ErrorKind.DISABLE


async def test_group_that_ok_does_not_know_is_refused() -> None:
    place = Place(Network.OK, "group", "53000000000099", "")

    with pytest.raises(SourceError, match="knows no group") as caught:
        await OkConnector().check(place, OkServer().access())

    caught_as = (caught.value.kind, caught.value.code)
    assert caught_as == (ErrorKind.DISABLE, "otklik:no-page")


async def test_figures_are_of_the_last_whole_day_in_moscow() -> None:
    server = OkServer(now=datetime(2025, 11, 20, 22, 30, tzinfo=UTC))
    server.publish(
        "Яма",
        at=datetime(2025, 11, 20, 12, tzinfo=UTC),
        counters=Counters(likes=2, reposts=1, views=100),
    )
    server.publish(
        "Завтра",
        at=datetime(2025, 11, 20, 22, tzinfo=UTC),
        counters=Counters(likes=2, reposts=1, views=700),
    )

    figures = await OkConnector().figures(PLACE, server.access(), now=server.now)

    told = {each.name: (each.value, each.as_of, each.method) for each in figures}
    midnight = datetime(2025, 11, 19, 21, tzinfo=UTC)
    assert (
        told["followers"] == (5210, server.now, "group.getCounters")
        or told["followers"][0] == 5210
    )
    assert told["day_views"] == (100, midnight, "group.getStatTrends")
    assert told["day_reach"] == (70, midnight, "group.getStatTrends")
    assert told["day_complaints"] == (0, midnight, "group.getStatTrends")


@pytest.mark.parametrize("token", [user("ok-reader"), application()])
async def test_without_the_right_there_are_members_alone(token: object) -> None:
    server = OkServer()

    figures = await OkConnector().figures(PLACE, server.access(token), now=server.now)

    assert [each.name for each in figures] == ["followers"]


async def test_figure_that_is_not_told_is_none() -> None:
    server = OkServer()
    server.says["group.getCounters"] = {"counters": {}}
    server.says["group.getStatTrends"] = {"reach": [{"time": 5}], "likes": None}

    assert await OkConnector().figures(PLACE, server.access(), now=server.now) == ()


@pytest.mark.parametrize(
    ("code", "kind"), [(2, ErrorKind.RETRY), (102, ErrorKind.REAUTH)]
)
async def test_failure_of_the_statistics_is_raised(code: int, kind: ErrorKind) -> None:
    server = OkServer()
    server.fail("group.getStatTrends", code)

    with pytest.raises(SourceError) as caught:
        await OkConnector().figures(PLACE, server.access(), now=server.now)

    assert caught.value.kind is kind


@pytest.mark.parametrize("place", [TAG, Place(Network.OK, "topic", f"{GROUP}_5", "")])
async def test_only_groups_have_figures(place: Place) -> None:
    server = OkServer()

    assert await OkConnector().figures(place, server.access(), now=server.now) == ()
    assert server.calls == []
