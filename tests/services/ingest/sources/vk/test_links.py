"""Whatever form a link of VK has, it leads to the same place."""

import pytest

from services.ingest.domain.posts import Network
from services.ingest.sources.connector import Place
from services.ingest.sources.vk.links import (
    Target,
    comment_url,
    post_url,
    recognise,
    target_of,
)

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


@pytest.mark.parametrize(
    ("link", "target"),
    [
        ("https://vk.com/wall-1_49296", Target(-1, 49296)),
        ("https://vk.com/wall-1_49296?reply=50", Target(-1, 49296, 50)),
        ("https://vk.com/wall-1_49296?reply=50&thread=49", Target(-1, 49296, 50)),
        ("https://vk.com/club1?w=wall-1_49296_r50", Target(-1, 49296, 50)),
        ("https://vk.com/club1?w=wall-1_49296%3Freply%3D50", Target(-1, 49296, 50)),
        ("https://vk.com/wall5_7", Target(5, 7)),
        ("https://vk.com/wall-1_2?reply=x", Target(-1, 2)),
        ("https://vk.com/club1", None),
        ("https://vk.com/wall-1_99999999999999999", None),
    ],
)
def test_the_post_and_comment_of_a_link_are_read(
    link: str, target: Target | None
) -> None:
    assert target_of(link) == target


def test_addresses_of_posts_and_comments_lead_back_to_them() -> None:
    assert target_of(post_url(-1, 2)) == Target(-1, 2)
    assert comment_url(-1, 2, 3, 4) == "https://vk.com/wall-1_2?reply=3&thread=4"
    assert comment_url(-1, 2, 3, 3) == comment_url(-1, 2, 3)
    assert target_of(comment_url(-1, 2, 3, 4)) == Target(-1, 2, 3)
