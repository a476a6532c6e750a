"""Whatever form a link of VK has, it leads to the same place."""

import pytest

from services.ingest.domain.posts import Network
from services.ingest.sources.connector import Place
from services.ingest.sources.vk.links import recognise

COMMUNITY = Place(Network.VK, "wall", "-900000001", "https://vk.com/club900000001")
NAMED = Place(
    Network.VK, "wall", "@test_roads", "https://vk.com/test_roads", "test_roads"
)
POST = Place(
    Network.VK, "post", "-900000001_4101", "https://vk.com/wall-900000001_4101"
)


@pytest.mark.parametrize(
    ("link", "place"),
    [
        ("https://vk.com/club900000001", COMMUNITY),
        ("http://www.vk.com/public900000001/", COMMUNITY),
        ("https://m.vk.com/event900000001?from=groups", COMMUNITY),
        ("vk.ru/wall-900000001", COMMUNITY),
        ("https://vk.com/wall-900000001?own=1", COMMUNITY),
        ("https://vk.com/test_roads", NAMED),
        ("  https://VK.ru/Test_Roads  ", NAMED),
        ("vk.com/test_roads", NAMED),
        ("https://m.vk.ru/test_roads?utm_source=x", NAMED),
        ("https://vk.com/wall-900000001_4101", POST),
        ("https://vk.ru/wall-900000001_4101?hash=abc", POST),
        ("https://vk.com/club900000001?w=wall-900000001_4101", POST),
        ("https://vk.com/test_roads?w=wall-900000001_4101%2Fall", POST),
        ("https://vk.com/feed?w=wall-900000001_4101", POST),
        ("https://vk.com/wall-900000001_4101?reply=4113&thread=4110", POST),
        ("https://vk.com/wall-900000001_4101_r4113", POST),
    ],
)
def test_a_page_or_post_is_recognised(link: str, place: Place) -> None:
    assert recognise(link) == place


@pytest.mark.parametrize(
    "link",
    [
        "https://vk.com/search?c[q]=%D1%8F%D0%BC%D1%8B&c[section]=statuses",
        "https://vk.com/search/statuses?q=%D1%8F%D0%BC%D1%8B",
        "https://vk.com/feed?section=search&q=%D1%8F%D0%BC%D1%8B",
    ],
)
def test_a_search_is_recognised(link: str) -> None:
    place = recognise(link)

    assert place is not None
    assert (place.kind, place.native, place.name) == ("search", "ямы", "ямы")
    assert recognise(place.url) == place


@pytest.mark.parametrize(
    "link",
    [
        "https://vk.com/id700000012",
        "https://vk.com/wall700000012",
        "https://vk.com/wall700000012_5",
        "https://vk.com/id700000012?w=wall700000012_5",
    ],
)
def test_a_person_is_recognised_as_one(link: str) -> None:
    place = recognise(link)

    assert place is not None
    assert (place.kind, place.native) == ("person", "")


@pytest.mark.parametrize(
    "link",
    [
        "",
        "https://ok.ru/group/1",
        "https://vk.com.example/club1",
        "https://notvk.com/club1",
        "ftp://vk.com/club1",
        "https://vk.com/",
        "https://vk.com/feed",
        "https://vk.com/search?c[q]=",
        "https://vk.com/im?sel=5",
        "https://vk.com/album-5_7",
        "https://vk.com/video-5_7",
        "https://vk.com/topic-5_7",
        "https://vk.com/доброе-утро",
        "https://vk.com/a/b",
        "https://[vk.com/club1",
        "club900000001",
    ],
)
def test_anything_else_is_not_ours(link: str) -> None:
    assert recognise(link) is None
