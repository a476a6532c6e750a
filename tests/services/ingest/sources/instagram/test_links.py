"""Whatever form a link of Instagram has, it leads to the same place."""

import pytest

from services.ingest.domain.posts import Network
from services.ingest.sources.connector import Place
from services.ingest.sources.instagram.links import recognise

SITE = "https://www.instagram.com"
ACCOUNT = Place(
    Network.INSTAGRAM, "account", "@test.roads", f"{SITE}/test.roads/", "test.roads"
)
MEDIA = Place(Network.INSTAGRAM, "media", "TESTcode_1", f"{SITE}/p/TESTcode_1/")
TAG = Place(
    Network.INSTAGRAM,
    "tag",
    "ямы",
    f"{SITE}/explore/tags/%D1%8F%D0%BC%D1%8B/",
    "#ямы",
)


@pytest.mark.parametrize(
    ("link", "place"),
    [
        ("https://www.instagram.com/test.roads/", ACCOUNT),
        ("http://instagram.com/Test.Roads?igsh=1", ACCOUNT),
        ("m.instagram.com/test.roads", ACCOUNT),
        ("https://www.instagram.com/test.roads/tagged/", ACCOUNT),
        ("https://www.instagram.com/p/TESTcode_1/", MEDIA),
        ("https://www.instagram.com/reel/TESTcode_1/?utm_source=x", MEDIA),
        ("https://www.instagram.com/test.roads/p/TESTcode_1", MEDIA),
        ("https://www.instagram.com/p/TESTcode_1/c/17900000000000101/", MEDIA),
        ("https://www.instagram.com/explore/tags/ямы/", TAG),
        ("https://www.instagram.com/explore/tags/%D0%AF%D0%BC%D1%8B", TAG),
    ],
)
def test_account_publication_or_hashtag_is_recognised(link: str, place: Place) -> None:
    assert recognise(link) == place


@pytest.mark.parametrize(
    "link",
    [
        "https://instagram.com/",
        "https://instagram.com/explore/",
        "https://instagram.com/explore/tags/",
        "https://instagram.com/accounts/login/",
        "https://instagram.com/stories/test.roads/1/",
        "https://notinstagram.com/test.roads",
        "https://instagram.com.evil.example/test.roads",
        "ftp://instagram.com/test.roads",
        "https://[instagram.com",
        "https://instagram.com/нечто",
    ],
)
def test_other_links_are_not_instagrams(link: str) -> None:
    assert recognise(link) is None
