"""Which post a link leads to."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ingest.domain.files.links import (
    LinkedPost,
    is_page_of_a_person,
    linked_post,
    network_of,
)
from services.ingest.domain.posts import Network, PostKind

POST, COMMENT = PostKind.POST, PostKind.COMMENT


@pytest.mark.parametrize(
    ("url", "linked"),
    [
        ("https://vk.com/wall-1_49296", (Network.VK, POST, "wall:-1_49296")),
        ("https://vk.ru/wall-1_49296", (Network.VK, POST, "wall:-1_49296")),
        ("http://m.vk.com/wall5_7", (Network.VK, POST, "wall:5_7")),
        ("https://vk.com/club1?w=wall-1_49296", (Network.VK, POST, "wall:-1_49296")),
        (
            "https://vk.com/wall-1_49296?reply=50&thread=48",
            (Network.VK, COMMENT, "wallreply:-1_50"),
        ),
        (
            "https://vk.com/feed?w=wall-1_49296_r50",
            (Network.VK, COMMENT, "wallreply:-1_50"),
        ),
        (
            "https://vk.com/topic-3_4?post=5",
            (Network.VK, COMMENT, "topic:-3_4_5"),
        ),
        ("https://vk.com/id5", None),
        ("https://vk.com/photo-1_2", None),
        (
            "https://t.me/Test_District/501",
            (Network.TELEGRAM, POST, "test_district/501"),
        ),
        (
            "https://t.me/s/test_district/501?single",
            (Network.TELEGRAM, POST, "test_district/501"),
        ),
        ("https://t.me/c/123456/78", (Network.TELEGRAM, POST, "c/123456/78")),
        (
            "https://t.me/test_district/501?comment=9",
            (Network.TELEGRAM, COMMENT, "test_district/501?comment=9"),
        ),
        ("https://t.me/test_district", None),
        (
            "https://ok.ru/group/53000000000000/topic/158000000000000",
            (Network.OK, POST, "topic:158000000000000"),
        ),
        ("https://m.ok.ru/rayon.test/topic/158", (Network.OK, POST, "topic:158")),
        (
            "https://test-blog.livejournal.com/1234.html",
            (Network.LIVEJOURNAL, POST, "test_blog:1234"),
        ),
        (
            "https://test-blog.livejournal.com/1234.html?thread=99#t99",
            (Network.LIVEJOURNAL, COMMENT, "test_blog:1234:99"),
        ),
        (
            "https://max.ru/c/-70000000000001/AZ1Hsc5GAP8",
            (Network.MAX, POST, "-70000000000001/116327994376978687"),
        ),
        ("https://max.ru/test_district/AZ1Hsc5GAP8", None),
        (
            "https://www.facebook.com/permalink.php?story_fbid=2000001&id=1000001",
            (Network.FACEBOOK, POST, "post:1000001_2000001"),
        ),
        (
            "https://m.facebook.com/story.php?id=1000001&story_fbid=2000001#x",
            (Network.FACEBOOK, POST, "post:1000001_2000001"),
        ),
        (
            "https://facebook.com/1000001/posts/2000001/",
            (Network.FACEBOOK, POST, "post:1000001_2000001"),
        ),
        (
            "https://fb.com/1000001_2000001",
            (Network.FACEBOOK, POST, "post:1000001_2000001"),
        ),
        (
            "https://facebook.com/some.page/posts/2000001?comment_id=4000001",
            (Network.FACEBOOK, COMMENT, "comment:2000001_4000001"),
        ),
        (
            "https://fb.com/1000001/posts/2000001?comment_id=4000001&reply_comment_id=4000002",
            (Network.FACEBOOK, COMMENT, "comment:2000001_4000002"),
        ),
        ("https://facebook.com/some.page/posts/2000001", None),
        ("https://facebook.com/some.page/posts/pfbid0abcDEF", None),
        ("https://facebook.com/permalink.php?story_fbid=pfbid0a&id=1000001", None),
        ("https://facebook.com/some.page", None),
        ("https://portal.example/wall-1_2", None),
        ("https://notvk.com/wall-1_2", None),
        ("javascript:vk.com/wall-1_2", None),
    ],
)
def test_link_names_its_post(
    url: str, linked: tuple[Network, PostKind, str] | None
) -> None:
    assert linked_post(url) == (LinkedPost(*linked) if linked else None)


@pytest.mark.parametrize(
    ("url", "network"),
    [
        ("https://vk.com/id5", Network.VK),
        ("https://m.ok.ru/x", Network.OK),
        ("https://WWW.TikTok.com/@x/video/1", Network.TIKTOK),
        ("https://twitter.com/x/status/1", Network.X),
        ("https://blog.livejournal.com/", Network.LIVEJOURNAL),
        ("https://web.max.ru/-70000000000001", Network.MAX),
        ("https://vk.com.evil.example/", None),
        ("https://portal.example/vk.com/", None),
        ("no link", None),
    ],
)
def test_host_names_the_network(url: str, network: Network | None) -> None:
    assert network_of(url) is network


@pytest.mark.parametrize(
    ("url", "is_person"),
    [
        ("https://vk.com/id900000001", True),
        ("vk.com/id900000001", True),
        ("https://ok.ru/profile/900000001", True),
        ("https://x.com/vymysel", True),
        ("https://max.ru/u/f9LHodD0cO", True),
        ("https://max.ru/test_district", False),
        ("https://vk.com/club900000001", False),
        ("https://vk.com/wall900000001_5", False),
        ("https://ok.ru/group/5", False),
        ("", False),
    ],
)
def test_pages_of_persons_are_known(url: str, *, is_person: bool) -> None:
    assert is_page_of_a_person(url) is is_person


@given(st.text(max_size=200), st.sampled_from(["https://vk.com/", "https://t.me/", ""]))
def test_any_link_is_survived(rest: str, start: str) -> None:
    linked = linked_post(start + rest)

    assert linked is None or len(linked.external_id) <= 255
