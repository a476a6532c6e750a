"""Which keys of files are their network's own."""

import pytest

from services.ingest.domain.files.links import linked_post
from services.ingest.domain.keys import name_of, network_scope, scope_of_key
from services.ingest.domain.posts import Network, PostKind
from services.ingest.sources.ok.parse import key_of as ok_key
from services.ingest.sources.vk.parse import key_of as vk_key
from shared.networks.telegram.names import key_of as telegram_key


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
        "https://www.facebook.com/permalink.php?story_fbid=2000001&id=1000001",
        "https://m.facebook.com/1000001/posts/2000001?comment_id=4000001",
        "https://max.ru/c/-70000000000001/AZ1HMKAAAAE",
        "https://klen.livejournal.com/12.html",
        "https://klen.livejournal.com/12.html?thread=7",
        "https://x.com/vymysel/status/1990000000000000002?s=20",
        "https://mobile.twitter.com/i/web/status/1990000000000000002",
        "https://www.tiktok.com/@vymysel.live/video/7500000000000000001?lang=ru",
        "https://www.tiktok.com/@vymysel/photo/7500000000000000001",
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
        (Network.VK, vk_key(PostKind.POST, -17, 4)),
        (Network.VK, vk_key(PostKind.COMMENT, 17, 4)),
        (Network.VK, "topic:-17_4_5"),
        (Network.OK, ok_key(155000000000017)),
        (Network.OK, ok_key(155000000000017, "MTcw:4-a_b==")),
        (Network.TELEGRAM, telegram_key("klenovsk", 12)),
        (Network.TELEGRAM, telegram_key("c/1234567", 12)),
        (Network.TELEGRAM, telegram_key("g/1234567", 12)),
        (Network.LIVEJOURNAL, "klen_ovsk:12:7"),
    ],
)
def test_every_key_a_connector_gives_is_native(network: Network, key: str) -> None:
    assert scope_of_key(network, key) == network_scope(network)


def test_other_services_are_told_the_network_before_the_key() -> None:
    assert name_of(Network.VK, "wall:-17_4") == "vk:wall:-17_4"


@pytest.mark.parametrize(
    ("network", "key"),
    [
        (Network.VK, "1204"),
        (Network.VK, "f" * 64),
        (Network.VK, "wall:-1_1 "),
        (Network.OK, "A-1"),
        (Network.OK, "GROUP_TOPIC:155000000000017:"),
        (Network.OK, "GROUP_TOPIC:155000000000017:a b"),
        (Network.TELEGRAM, "A-1"),
        (Network.X, "1990000000000000002"),
        (Network.TIKTOK, "7500000000000000001"),
        (Network.FACEBOOK, "1000001_2000001"),
        (Network.INSTAGRAM, "https://www.instagram.com/p/TESTcode/"),
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
