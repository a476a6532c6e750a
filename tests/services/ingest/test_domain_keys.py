"""Which keys of files are their network's own."""

import pytest

from services.ingest.domain.files.links import linked_post
from services.ingest.domain.keys import network_scope, scope_of_key
from services.ingest.domain.posts import Network


@pytest.mark.parametrize(
    "link",
    [
        "https://vk.com/wall-1_49296",
        "https://vk.com/wall-1_49296?reply=17",
        "https://vk.com/topic-1_2?post=3",
        "https://ok.ru/group/53/topic/64",
        "https://t.me/klenovsk/12",
        "https://t.me/c/1234567/12",
        "https://t.me/klenovsk/12?comment=7",
        "https://klen.livejournal.com/12.html",
        "https://klen.livejournal.com/12.html?thread=7",
    ],
)
def test_every_key_a_link_gives_is_native(link: str) -> None:
    linked = linked_post(link)

    assert linked is not None
    scope = scope_of_key(linked.network, linked.external_id)
    assert scope == network_scope(linked.network)


@pytest.mark.parametrize(
    ("network", "key"),
    [
        (Network.VK, "1204"),
        (Network.VK, "f" * 64),
        (Network.VK, "wall:-1_1 "),
        (Network.OK, "A-1"),
        (Network.TELEGRAM, "A-1"),
        (Network.PORTAL, "wall:-1_1"),
        (Network.RSS, "https://news.example/1"),
    ],
)
def test_keys_of_other_systems_are_not(network: Network, key: str) -> None:
    assert scope_of_key(network, key) is None


def test_networks_have_scopes_of_their_own() -> None:
    scopes = {network_scope(network) for network in Network}

    assert len(scopes) == len(Network)
    assert str(network_scope(Network.VK)) == "ae2efd1d-07c9-5ec2-a578-2985015406c8"
