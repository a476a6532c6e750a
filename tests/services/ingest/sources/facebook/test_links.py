"""Whatever form a link of Facebook has, it leads to the same place."""

import pytest

from services.ingest.domain.posts import Network
from services.ingest.sources.connector import Place
from services.ingest.sources.facebook.links import recognise

SITE = "https://www.facebook.com"
PAGE = Place(Network.FACEBOOK, "page", "1000001", f"{SITE}/1000001")
NAMED = Place(
    Network.FACEBOOK, "page", "@test.roads", f"{SITE}/test.roads", "test.roads"
)
POST = Place(
    Network.FACEBOOK,
    "post",
    "1000001_2000001",
    f"{SITE}/permalink.php?story_fbid=2000001&id=1000001",
)
NAMED_POST = Place(
    Network.FACEBOOK,
    "post",
    "@test.roads_2000001",
    f"{SITE}/test.roads/posts/2000001",
)


@pytest.mark.parametrize(
    ("link", "place"),
    [
        ("https://www.facebook.com/1000001", PAGE),
        ("http://m.facebook.com/1000001/", PAGE),
        ("https://facebook.com/profile.php?id=1000001", PAGE),
        ("https://www.facebook.com/pages/Test-Roads/1000001", PAGE),
        ("https://www.facebook.com/people/Test-Roads/1000001/", PAGE),
        ("https://www.facebook.com/p/Test-Roads-1000001/", PAGE),
        ("https://facebook.com/permalink.php?story_fbid=pfbid0a&id=1000001", PAGE),
        ("https://www.facebook.com/Test.Roads", NAMED),
        ("fb.com/test.roads", NAMED),
        ("https://ru-ru.facebook.com/test.roads?ref=x", NAMED),
        ("https://www.facebook.com/pg/test.roads/posts/", NAMED),
        ("https://www.facebook.com/test.roads/posts/pfbid0abcDEF", NAMED),
        ("https://facebook.com/permalink.php?story_fbid=2000001&id=1000001", POST),
        (
            "https://m.facebook.com/story.php?story_fbid=2000001&id=1000001&__tn__=R",
            POST,
        ),
        ("https://facebook.com/1000001/posts/2000001?comment_id=4000001", POST),
        ("https://fb.com/1000001_2000001", POST),
        ("https://www.facebook.com/test.roads/posts/2000001", NAMED_POST),
        ("https://facebook.com/test.roads/posts/nice-title/2000001/", NAMED_POST),
    ],
)
def test_page_or_post_is_recognised(link: str, place: Place) -> None:
    assert recognise(link) == place


def test_group_is_recognised_in_order_to_refuse_it() -> None:
    place = recognise("https://www.facebook.com/groups/1000009/posts/5")

    assert place is not None
    assert place.kind == "group"


@pytest.mark.parametrize(
    "link",
    [
        "https://facebook.com/",
        "https://facebook.com/watch/",
        "https://facebook.com/login.php",
        "https://facebook.com/permalink.php?story_fbid=2000001",
        "https://facebook.com/search/posts/2000001",
        "https://notfacebook.com/test.roads",
        "https://facebook.com.evil.example/test.roads",
        "ftp://facebook.com/test.roads",
        "https://[facebook.com",
        "https://www.facebook.com/test.roads/нечто/ещё",
    ],
)
def test_other_links_are_not_facebooks(link: str) -> None:
    assert recognise(link) is None
