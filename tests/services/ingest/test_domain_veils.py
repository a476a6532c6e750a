"""Keys and addresses on people's walls, and those that name nobody."""

from hashlib import blake2b

import pytest

from services.ingest.domain.keys import network_scope, scope_of_key
from services.ingest.domain.posts import Network
from services.ingest.domain.veils import veiled, veiled_key
from tests.services.ingest.incoming import incoming

PERSON = 700000012


def sign(data: bytes) -> bytes:
    """Stand in for the vault."""
    return blake2b(data, digest_size=16).digest()


@pytest.mark.parametrize("kind", ["wall", "wallreply", "photo"])
def test_a_key_on_a_persons_wall_holds_no_number(kind: str) -> None:
    key = veiled_key(Network.VK, f"{kind}:{PERSON}_5", sign)

    mac = sign(f"key vk:{kind}:{PERSON}_5".encode()).hex()
    assert key == f"{kind}:~{mac}"
    assert scope_of_key(Network.VK, key) == network_scope(Network.VK)


def test_a_key_of_facebook_does_not_say_whose_page_it_is() -> None:
    key = veiled_key(Network.FACEBOOK, f"post:{PERSON}_5", sign)
    post = incoming(network=Network.FACEBOOK, external_id=f"post:{PERSON}_5")

    assert key == f"post:~{sign(f'key facebook:post:{PERSON}_5'.encode()).hex()}"
    assert scope_of_key(Network.FACEBOOK, key) == network_scope(Network.FACEBOOK)
    assert (veiled(post, sign).external_id, veiled(post, sign).url) == (key, post.url)


@pytest.mark.parametrize(
    "key",
    [
        "https://x.com/petrov_sever/status/17",
        f"https://ok.ru/profile/{PERSON}/statuses/154",
        f"http://vk.com/wall{PERSON}_5",
    ],
)
def test_a_key_that_is_an_address_names_nobody(key: str) -> None:
    mac = sign(f"key rss:{key}".encode()).hex()

    assert veiled_key(Network.RSS, key, sign) == f"~{mac}"
    assert veiled_key(Network.RSS, f"~{mac}", sign) == f"~{mac}"


def test_posts_of_one_wall_have_nothing_in_common_and_each_stays_the_same() -> None:
    keys = [veiled_key(Network.VK, f"wall:{PERSON}_{n}", sign) for n in (5, 6, 5)]

    assert keys[0] == keys[2]
    assert keys[0][6:14] != keys[1][6:14]


def test_a_veiled_key_stays_as_it_is() -> None:
    once = veiled_key(Network.VK, f"wall:{PERSON}_5", sign)

    assert veiled_key(Network.VK, once, sign) == once


@pytest.mark.parametrize(
    ("network", "key"),
    [
        (Network.VK, "wall:-5_7"),
        (Network.VK, "topic:-5_7_9"),
        (Network.VK, "A-1"),
        (Network.OK, "topic:5"),
        (Network.PORTAL, "wall:5_7"),
        (Network.FACEBOOK, "comment:5_7"),
        (Network.RSS, "https://portal.example/news/5"),
        (Network.RSS, "https://vk.com/wall-5_7"),
        (Network.RSS, "https://x.com/i/web/status/17"),
    ],
)
def test_other_keys_stay_as_they_are(network: Network, key: str) -> None:
    assert veiled_key(network, key, sign) == key


def test_of_a_post_what_names_a_person_goes_and_the_rest_stays() -> None:
    post = incoming(
        network=Network.VK,
        external_id=f"wallreply:{PERSON}_8",
        parent_id=f"wall:{PERSON}_5",
        url=f"https://vk.com/wall{PERSON}_5?reply=8",
    )
    told = incoming(network=Network.VK, parent_id=f"wall:{PERSON}_5", url=None)

    assert veiled(post, sign) == incoming(
        network=Network.VK,
        external_id=veiled_key(Network.VK, f"wallreply:{PERSON}_8", sign),
        parent_id=veiled_key(Network.VK, f"wall:{PERSON}_5", sign),
        url=None,
    )
    assert veiled(told, sign).parent_id == veiled(post, sign).parent_id
    assert veiled(incoming(), sign) == incoming()
