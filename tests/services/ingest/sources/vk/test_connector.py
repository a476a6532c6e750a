"""VK as a network: what a place is, what can be done there, how it fares."""

from datetime import UTC, datetime, timedelta

import pytest

from services.ingest.domain.posts import Network
from services.ingest.sources.base import ErrorKind, SourceError
from services.ingest.sources.connector import Checked, Connector, Figure, Place, Token
from services.ingest.sources.remarks import Remark
from services.ingest.sources.vk import VkConnector
from services.ingest.sources.vk.longpoll import LongPollSource
from services.ingest.sources.vk.search import SearchSource
from services.ingest.sources.vk.wall import WallSource
from tests.factories import NOW
from tests.services.ingest.sources.vk.server import OWNER, VkServer

SERVICE = Token("s", "service", {"token": "service-1"})
COMMUNITY = Token("c", "community", {"token": "community-1", "group": str(-OWNER)})
USER = Token("u", "user", {"token": "user-1"})
PERSON = Place(Network.VK, "person", "", "https://vk.com/id5")


@pytest.fixture
def vk() -> VkServer:
    return VkServer()


@pytest.fixture
def connector() -> Connector:
    return VkConnector()


def _place(connector: Connector, link: str) -> Place:
    place = connector.recognise(link)
    assert place is not None
    return place


@pytest.mark.parametrize(
    ("link", "options", "kind"),
    [
        ("vk.com/club900000001", {}, WallSource),
        ("vk.com/test_roads", {"push": "long_poll"}, WallSource),
        ("vk.com/club900000001", {"push": "long_poll"}, LongPollSource),
        ("vk.com/wall-900000001_4001", {"push": "long_poll"}, WallSource),
        ("vk.com/search?c[q]=ямы", {}, SearchSource),
    ],
)
def test_a_place_is_opened_as_what_it_is(
    vk: VkServer, connector: Connector, link: str, options: dict[str, str], kind: type
) -> None:
    source = connector.open(_place(connector, link), vk.access(**options))

    assert type(source) is kind


async def test_a_person_is_neither_opened_nor_checked(
    vk: VkServer, connector: Connector
) -> None:
    with pytest.raises(SourceError, match="communities only") as opened:
        connector.open(PERSON, vk.access())
    with pytest.raises(SourceError, match="communities only"):
        await connector.check(PERSON, vk.access())

    assert (opened.value.kind, vk.calls) == (ErrorKind.DISABLE, [])
    assert opened.value.code == "otklik:person"


async def test_a_wall_is_checked(vk: VkServer, connector: Connector) -> None:
    access = vk.access(SERVICE, COMMUNITY, USER)

    checked = await connector.check(_place(connector, "vk.com/test_roads"), access)

    assert checked == Checked(
        title="Тестовый район: дороги",
        native=str(OWNER),
        followers=5210,
        can=("read", "comments", "answer", "statistics"),
    )


async def test_another_community_s_token_can_not_answer(
    vk: VkServer, connector: Connector
) -> None:
    other = Token("o", "community", {"token": "community-2", "group": "5"})

    checked = await connector.check(
        _place(connector, "vk.com/wall-900000001_4001"), vk.access(SERVICE, other)
    )

    assert (checked.can, checked.native) == (("read", "comments"), f"{OWNER}_4001")


async def test_a_check_tells_of_clocks_that_differ(
    vk: VkServer, connector: Connector
) -> None:
    vk.skew = -timedelta(minutes=2)

    checked = await connector.check(
        _place(connector, "vk.com/club900000001"), vk.access()
    )

    assert checked.warnings == (Remark("clock", {"seconds": 120}),)


async def test_a_closed_wall_says_so(vk: VkServer, connector: Connector) -> None:
    vk.faults = [("wall.get", 15)]

    with pytest.raises(SourceError) as caught:
        await connector.check(_place(connector, "vk.com/club900000001"), vk.access())

    assert caught.value.kind is ErrorKind.DISABLE


async def test_a_search_is_checked(vk: VkServer, connector: Connector) -> None:
    vk._newsfeed_search = lambda _form: {"items": []}  # type: ignore[method-assign]

    checked = await connector.check(
        _place(connector, "vk.com/search?c[q]=ямы"), vk.access()
    )

    assert checked == Checked("ямы", "ямы", can=("read",))


class TestFigures:
    """What a page's figures are, and that what is not told is no figure."""

    UNTIL = NOW.replace(microsecond=0) - timedelta(seconds=1000)

    @pytest.fixture
    def place(self, connector: Connector) -> Place:
        return _place(connector, "vk.com/club900000001")

    async def test_an_administrator_sees_statistics(
        self, vk: VkServer, connector: Connector, place: Place
    ) -> None:
        figures = await connector.figures(place, vk.access(SERVICE, USER), now=vk.now)

        assert figures[0] == Figure("followers", 5210, vk.now, "groups.getById")
        assert {each.name: each.value for each in figures[1:]} == {
            "day_reach": 5400,
            "day_reach_subscribers": 3100,
            "day_views": 810,
            "day_visitors": 502,
            "day_likes": 120,
            "day_comments": 14,
            "day_subscribed": 9,
        }
        assert {each.as_of for each in figures[1:]} == {self.UNTIL.astimezone(UTC)}

    async def test_yesterday_is_asked_for(
        self, vk: VkServer, connector: Connector, place: Place
    ) -> None:
        await connector.figures(place, vk.access(USER), now=vk.now)

        asked = next(each for each in vk.params if "interval" in each)
        start = datetime.fromtimestamp(int(asked["timestamp_from"]), UTC)
        end = datetime.fromtimestamp(int(asked["timestamp_to"]), UTC)
        assert (start.hour, end - start) == (0, timedelta(days=1, seconds=-1))
        assert end.date() < vk.now.date()

    async def test_others_see_members_alone(
        self, vk: VkServer, connector: Connector, place: Place
    ) -> None:
        figures = await connector.figures(place, vk.access(), now=vk.now)

        assert [each.name for each in figures] == ["followers"]

    @pytest.mark.parametrize("code", [7, 15])
    async def test_a_refused_right_is_no_figure_and_no_nought(
        self, vk: VkServer, connector: Connector, place: Place, code: int
    ) -> None:
        vk.faults = [("stats.get", code)]

        figures = await connector.figures(place, vk.access(SERVICE, USER), now=vk.now)

        assert [each.name for each in figures] == ["followers"]

    @pytest.mark.parametrize(
        ("code", "kind"), [(10, ErrorKind.RETRY), (5, ErrorKind.REAUTH)]
    )
    async def test_a_failure_is_told_and_whose_token_was_refused(
        self,
        vk: VkServer,
        connector: Connector,
        place: Place,
        code: int,
        kind: ErrorKind,
    ) -> None:
        vk.faults = [("stats.get", code)]

        with pytest.raises(SourceError) as caught:
            await connector.figures(place, vk.access(SERVICE, USER), now=vk.now)

        assert (caught.value.kind, caught.value.token) == (kind, USER.id)

    @pytest.mark.parametrize("answer", [[], None, [None], [{"reach": 5}]])
    async def test_empty_statistics_are_no_figures(
        self, vk: VkServer, connector: Connector, place: Place, answer: object
    ) -> None:
        vk._stats_get = lambda _form: answer  # type: ignore[method-assign]
        vk._groups_getbyid = lambda _form: [{"id": 1}]  # type: ignore[method-assign,assign,return-value]

        figures = await connector.figures(place, vk.access(SERVICE, USER), now=vk.now)

        assert figures == ()

    async def test_a_community_nobody_knows_is_an_error(
        self, vk: VkServer, connector: Connector, place: Place
    ) -> None:
        vk._groups_getbyid = lambda _form: {"groups": []}  # type: ignore[method-assign]

        with pytest.raises(SourceError, match="knows no community"):
            await connector.figures(place, vk.access(), now=vk.now)

    async def test_a_search_has_no_figures(
        self, vk: VkServer, connector: Connector
    ) -> None:
        place = _place(connector, "vk.com/search?c[q]=ямы")

        assert await connector.figures(place, vk.access(), now=vk.now) == ()
