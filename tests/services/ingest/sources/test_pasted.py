"""What people paste: the link is found, and what is no feed is not called one."""

import pytest

from services.ingest.domain.posts import Network
from services.ingest.sources.connector import Place
from services.ingest.sources.networks import usual_connectors, with_scheme
from services.ingest.sources.pasted import cleaned, unwatched

CLUB = "https://vk.com/club123456"


@pytest.mark.parametrize(
    ("pasted", "link"),
    [
        (f"  {CLUB}\n", CLUB),
        (f"«{CLUB}»", CLUB),
        (f"<{CLUB}>, ", CLUB),
        (f"Смотрите {CLUB}.", CLUB),
        (f"{CLUB} и там всё", CLUB),
        (f"\u200b{CLUB}\ufeff", CLUB),
        ("Это vk.com/club123456, посмотрите", "vk.com/club123456"),
        ("(t.me/clenovsk)", "t.me/clenovsk"),
        ("новости-клёновск.рф/rss", "новости-клёновск.рф/rss"),
        ("https://vk.com/search?q=нет воды", "https://vk.com/search?q=нет воды"),
        ("@clenovsk", "@clenovsk"),
        ("tg://resolve?domain=clenovsk", "tg://resolve?domain=clenovsk"),
        ("яма на дороге", "яма на дороге"),
        ("vk.com/a и t.me/b", "vk.com/a и t.me/b"),
        ("https://vk.com/away.php?to=https%3A%2F%2Ft.me%2Fclenovsk", "https://t.me/clenovsk"),
        ("https://l.facebook.com/l.php?u=https%3A%2F%2Ft.me%2Fa&h=1", "https://t.me/a"),
        ("https://vk.com/away.php?to=javascript:1", "https://vk.com/away.php?to=javascript:1"),
        ("https://[1/", "https://[1/"),
    ],
)  # fmt: skip
def test_the_link_is_found_in_what_was_pasted(pasted: str, link: str) -> None:
    assert cleaned(pasted) == link


@pytest.mark.parametrize(
    ("url", "network", "kind"),
    [
        ("https://vk.com/feed", Network.VK, "nothing"),
        ("https://vkvideo.ru/@clenovsk", Network.VK, "nothing"),
        ("https://new.vk.com/video-1_2", Network.VK, "nothing"),
        ("https://ok.ru/video/123456", Network.OK, "nothing"),
        ("https://web.telegram.org/a/#-100123", Network.TELEGRAM, "nothing"),
        ("https://vk.cc/abc", Network.VK, "short"),
        ("https://www.clck.ru/abc", Network.RSS, "short"),
    ],
)
def test_an_address_of_a_network_is_no_feed(
    url: str, network: Network, kind: str
) -> None:
    assert unwatched(url) == Place(network, kind, "", url)


@pytest.mark.parametrize(
    "url", ["https://news.example/rss", "https://notvk.com/", "https://vk.com.example/"]
)
def test_all_other_addresses_may_be_feeds(url: str) -> None:
    assert unwatched(url) is None


@pytest.mark.parametrize(
    ("pasted", "kind", "native"),
    [
        ("m.vk.com/Clenovsk_News?from=search", "wall", "@clenovsk_news"),
        ("https://vk.ru/Club123456", "wall", "-123456"),
        ("https://vk.com/away.php", "nothing", ""),
        ("https://m.vk.ru/wall-1_2?reply=3&utm_source=x", "post", "-1_2"),
        ("https://web.telegram.org/k/#@Clenovsk", "channel", "clenovsk"),
        ("https://web.telegram.org/#@clenovsk_bot", "bot", "clenovsk_bot"),
        ("m.ok.ru/dk?st.cmd=altGroupMain&st.groupId=5324567", "group", "5324567"),
        ("https://www.odnoklassniki.ru/profile/123456", "person", ""),
        ("https://t.me/", "no chat", ""),
    ],
)  # fmt: skip
def test_what_people_paste_is_recognised(pasted: str, kind: str, native: str) -> None:
    link = with_scheme(cleaned(pasted))

    found = [each.recognise(link) for each in usual_connectors()]
    place = next(each for each in found if each is not None)
    place = (unwatched(place.url) or place) if place.kind == "feed" else place

    assert (place.kind, place.native) == (kind, native)
