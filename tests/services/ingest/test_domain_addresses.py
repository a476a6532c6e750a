"""Whom an address names, and what is left of it for everybody to read."""

import pytest

from services.ingest.domain.addresses import Address, names_person, parted
from services.ingest.domain.posts import Network
from services.ingest.domain.veils import address_of
from tests.services.ingest.incoming import incoming

PERSON = 700000012
NAME = "ivan.petrov"
ON_FACEBOOK = "https://www.facebook.com"

OF_PEOPLE = [
    f"https://vk.com/wall{PERSON}_5",
    f"https://m.vk.com/wall{PERSON}_5?reply=8",
    f"https://vk.com:443/wall{PERSON}_5",
    f"https://vk.com/id{PERSON}?w=wall{PERSON}_5",
    f"https://vk.com/feed?z=photo{PERSON}_7%2Falbum{PERSON}_0",
    f"https://vk.ru/video{PERSON}_456",
    f"https://vk.com/id{PERSON}",
    f"https://ok.ru/profile/{PERSON}/statuses/154",
    f"https://m.ok.ru/profile/{PERSON}/pphotos/9",
    f"https://ok.ru/{NAME}/statuses/154",
    f"https://ok.ru/profile/{PERSON}",
    f"{ON_FACEBOOK}/{NAME}/posts/pfbid02abcdefgh",
    f"{ON_FACEBOOK}/{NAME}",
    f"{ON_FACEBOOK}/1000{PERSON}",
    f"{ON_FACEBOOK}/photo?fbid=12345&id={PERSON}",
    f"{ON_FACEBOOK}/{NAME}/videos/1234567",
    f"{ON_FACEBOOK}/profile.php?id={PERSON}",
    f"https://www.instagram.com/stories/{NAME}/123456",
    f"https://www.instagram.com/{NAME}/",
    "https://x.com/ivan_petrov",
    f"https://www.tiktok.com/@{NAME}",
    f"https://max.ru/u/{NAME}",
]
FREE = [
    ("https://x.com/ivan/status/17?s=20", "https://x.com/i/web/status/17"),
    ("https://twitter.com/ivan/statuses/17", "https://x.com/i/web/status/17"),
    ("https://www.tiktok.com/@i.v/video/9?q=1", "https://www.tiktok.com/@/video/9"),
    (
        "https://www.instagram.com/ivan.petrov/p/Cx_1-a/?igsh=1",
        "https://www.instagram.com/p/Cx_1-a/",
    ),
    (
        "https://instagram.com/ivan/reel/Cx1",
        "https://www.instagram.com/reel/Cx1/",
    ),
    (f"{ON_FACEBOOK}/ivan/posts/1234567", f"{ON_FACEBOOK}/1234567"),
    (f"https://m.facebook.com/{PERSON}_1234567", f"{ON_FACEBOOK}/1234567"),
    (
        (
            f"{ON_FACEBOOK}/permalink.php?story_fbid=1234567&id={PERSON}"
            "&comment_id=7654321"
        ),
        f"{ON_FACEBOOK}/1234567?comment_id=7654321",
    ),
]
NAMELESS = [
    "https://vk.com/wall-5_7",
    "https://vk.com/wall-5_7?reply=8&thread=3",
    f"https://vk.com/topic-5_7?post={PERSON}",
    "https://vk.com/klenovsk",
    "https://vk.com/klenovsk?w=wall-5_7",
    "https://ok.ru/group/57/topic/154",
    "https://ok.ru/klenovsk/topic/154",
    "https://t.me/klenovsk/12?comment=7",
    "https://max.ru/c/-5/7",
    "https://www.instagram.com/p/Cx1/",
    f"{ON_FACEBOOK}/groups/klenovsk/posts/1234567/",
    f"{ON_FACEBOOK}/watch/?v=1234567",
    f"{ON_FACEBOOK}/reel/1234567",
    f"{ON_FACEBOOK}/share/p/abcDEF/",
    "https://portal.example/wall5_7",
    "https://vk.com.portal.example/wall5_7",
    "https://portal.example/profile/5",
]


@pytest.mark.parametrize("url", OF_PEOPLE)
def test_what_names_a_person_is_sealed(url: str) -> None:
    assert parted(url) == Address(sealed=url)


@pytest.mark.parametrize(("url", "free"), FREE)
def test_what_leads_there_without_the_name_is_open(url: str, free: str) -> None:
    assert parted(url) == Address(open=free)


@pytest.mark.parametrize("url", NAMELESS)
def test_what_names_nobody_stays_as_it_is(url: str) -> None:
    assert parted(url) == Address(open=url)
    assert not names_person(url)


def test_no_address_is_none() -> None:
    assert parted(None) == Address()


def test_a_connector_knows_whom_it_names() -> None:
    own_page = f"{ON_FACEBOOK}/permalink.php?story_fbid=1234567&id=7777777"
    post = incoming(network=Network.FACEBOOK, external_id="post:1_2", url=own_page)

    assert address_of(post, is_secondhand=False) == Address(open=own_page)
    assert address_of(post, is_secondhand=True) == Address(f"{ON_FACEBOOK}/1234567")


@pytest.mark.parametrize("is_secondhand", [True, False])
def test_a_key_on_a_persons_wall_seals_any_address(is_secondhand: bool) -> None:  # noqa: FBT001 -- both
    post = incoming(
        network=Network.VK, external_id=f"wall:{PERSON}_5", url="https://vk.cc/a1"
    )

    parts = address_of(post, is_secondhand=is_secondhand)

    assert parts == Address(sealed="https://vk.cc/a1")


def test_an_address_of_vk_is_sealed_under_whatever_network_it_is_filed() -> None:
    url = f"https://vk.com/wall{PERSON}_5"
    post = incoming(network=Network.PORTAL, url=url)

    assert address_of(post, is_secondhand=True) == Address(sealed=url)
