"""Links of TikTok."""

from urllib.parse import quote

import pytest

from services.ingest.sources.tiktok.links import recognise

SITE = "https://www.tiktok.com"
ACCOUNT = ("account", "test.oblast", f"{SITE}/@test.oblast")
VIDEO = ("video", "7500000000000000001", f"{SITE}/@/video/7500000000000000001")
TAG = ("tag", "ямы", f"{SITE}/tag/%D1%8F%D0%BC%D1%8B")


@pytest.mark.parametrize(
    ("link", "place"),
    [
        ("https://www.tiktok.com/@Test.Oblast", ACCOUNT),
        ("http://tiktok.com/@test.oblast/?lang=ru", ACCOUNT),
        ("https://www.tiktok.com/@test/video/7500000000000000001?is_copy=1", VIDEO),
        ("https://m.tiktok.com/@test/photo/7500000000000000001", VIDEO),
        ("https://m.tiktok.com/v/7500000000000000001.html", VIDEO),
        ("https://www.tiktok.com/tag/%D0%AF%D0%BC%D1%8B", TAG),
        ("https://www.tiktok.com/tag/ямы/", TAG),
        (
            "https://www.tiktok.com/search/video?q=яма%20%20на%20дороге&t=1",
            (
                "search",
                "яма на дороге",
                f"{SITE}/search?q={quote('яма на дороге')}",
            ),
        ),
    ],
)
def test_link_leads_to_its_place(link: str, place: tuple[str, str, str]) -> None:
    found = recognise(link)

    assert found is not None
    assert (found.kind, found.native, found.url) == place


@pytest.mark.parametrize(
    "link",
    [
        "https://vk.com/dorogi",
        "https://nottiktok.com/@test",
        "https://tiktok.com.example/@test",
        "ftp://tiktok.com/@test",
        "https://www.tiktok.com/",
        "https://www.tiktok.com/foryou",
        "https://www.tiktok.com/search?q=",
        "https://vm.tiktok.com/ZMabc/",
        "https://www.tiktok.com/@test/live",
        "просто слова",
    ],
)
def test_what_is_nothing_of_tiktok_is_not_recognised(link: str) -> None:
    assert recognise(link) is None
