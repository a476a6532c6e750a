"""Links of X."""

import pytest

from services.ingest.sources.x.links import recognise

ACCOUNT = ("account", "testoblast", "https://x.com/testoblast")
POST = ("conversation", "1990000000000000002")


@pytest.mark.parametrize(
    ("link", "place"),
    [
        ("https://x.com/TestOblast", ACCOUNT),
        ("http://www.twitter.com/testoblast/", ACCOUNT),
        ("https://mobile.twitter.com/TestOblast/with_replies?lang=ru", ACCOUNT),
        (
            "https://x.com/search?q=%D1%8F%D0%BC%D0%B0%20%20lang%3Aru&src=typed&f=live",
            (
                "search",
                "яма lang:ru",
                "https://x.com/search?q=%D1%8F%D0%BC%D0%B0%20lang%3Aru",
            ),
        ),
        (
            "https://x.com/hashtag/%D1%8F%D0%BC%D1%8B?src=hashtag_click",
            ("search", "#ямы", "https://x.com/search?q=%23%D1%8F%D0%BC%D1%8B"),
        ),
        *(
            (link, (*POST, "https://x.com/i/web/status/1990000000000000002"))
            for link in (
                "https://x.com/ivan_test/status/1990000000000000002",
                "https://twitter.com/ivan_test/statuses/1990000000000000002?s=20",
                "https://x.com/i/web/status/1990000000000000002",
                "https://x.com/i/status/1990000000000000002",
                "https://x.com/ivan_test/status/1990000000000000002/photo/1",
            )
        ),
    ],
)
def test_link_leads_to_its_place(link: str, place: tuple[str, str, str]) -> None:
    found = recognise(link)

    assert found is not None
    assert (found.kind, found.native, found.url) == place
    assert "ivan_test" not in repr(found)


@pytest.mark.parametrize(
    "link",
    [
        "https://vk.com/dorogi",
        "https://notx.com/testoblast",
        "https://x.com.example/testoblast",
        "ftp://x.com/testoblast",
        "https://x.com/",
        "https://x.com/home",
        "https://x.com/i/lists/5",
        "https://x.com/search?q=",
        "https://x.com/name_that_is_too_long",
        "просто слова",
    ],
)
def test_what_is_nothing_of_x_is_not_recognised(link: str) -> None:
    assert recognise(link) is None
