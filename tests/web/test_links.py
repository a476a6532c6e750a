"""Addresses of lists and safe ways back."""

import pytest

from web.links import Query, is_local, original, outside, shown


def test_empty_filters_never_show() -> None:
    assert Query("/queue", {"q": "", "network": "vk"}).href == "/queue?network=vk"
    assert Query("/queue", {"q": ""}).href == "/queue"


def test_filters_change_without_touching_the_rest() -> None:
    query = Query("/queue", {"q": "вода", "network": "vk"})

    assert query.but(network=None, topic="lift").params == {
        "q": "вода",
        "network": "",
        "topic": "lift",
    }
    assert query.params == {"q": "вода", "network": "vk"}
    assert query.at("/archive").href == "/archive?q=%D0%B2%D0%BE%D0%B4%D0%B0&network=vk"


@pytest.mark.parametrize(
    ("target", "local"),
    [
        ("/queue?case=1", True),
        ("/", True),
        ("", False),
        ("queue", False),
        ("//evil.invalid", False),
        ("/\\evil.invalid", False),
        ("https://evil.invalid", False),
        ("/queue\r\nSet-Cookie: a=b", False),
    ],
)
def test_way_back_stays_on_the_site(target: str, *, local: bool) -> None:
    assert is_local(target) is local


@pytest.mark.parametrize(
    ("link", "leads_to"),
    [
        (
            "https://vk.com/wall-1_2?reply=3&thread=4",
            "http://127.0.0.1:8091/site/vk.com/wall-1_2?reply=3&thread=4",
        ),
        ("https://t.me/c/5/6", "http://127.0.0.1:8091/site/t.me/c/5/6"),
        ("https://portal.invalid/a/1#r1", "https://portal.invalid/a/1#r1"),
    ],
)
def test_links_to_played_networks_lead_to_the_sandbox(link: str, leads_to: str) -> None:
    assert outside("http://127.0.0.1:8091/site")(link) == leads_to
    assert outside(None)(link) == link


@pytest.mark.parametrize(
    ("network", "url", "leads_to"),
    [
        ("vk", "https://vk.com/wall-7_2", "https://vk.com/wall-7_2"),
        ("vk", None, "/posts/p%2F1/address"),
        ("ok", None, "/posts/p%2F1/address"),
        ("facebook", None, "/posts/p%2F1/address"),
        ("portal", None, None),
        ("vk", "javascript:alert(1)", None),
    ],
)
def test_a_post_is_read_at_its_address_or_where_a_sealed_one_is_opened(
    network: str, url: str | None, leads_to: str | None
) -> None:
    assert original(network, url, "p/1") == leads_to


@pytest.mark.parametrize(
    ("link", "text"),
    [
        ("https://t.me/lug_bot/", "t.me/lug_bot"),
        ("https://vk.com/search?c[q]=%D1%8F%D0%BC%D0%B0", "vk.com/search?c[q]=яма"),
        ("", ""),
        (None, ""),
    ],
)
def test_an_address_is_shown_as_it_is_read(link: str | None, text: str) -> None:
    assert shown(link) == text
