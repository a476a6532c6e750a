"""Whatever form a link to a post of VK has, it names the same post."""

import pytest

from shared.networks.vk.links import Spot, comment_url, post_url, spot_of


@pytest.mark.parametrize(
    ("link", "spot"),
    [
        ("https://vk.com/wall-1_49296", Spot(-1, 49296)),
        ("https://vk.com/wall-1_49296?reply=50", Spot(-1, 49296, 50)),
        ("https://vk.com/wall-1_49296?reply=50&thread=49", Spot(-1, 49296, 50)),
        ("https://vk.com/club1?w=wall-1_49296_r50", Spot(-1, 49296, 50)),
        ("https://vk.com/club1?w=wall-1_49296%3Freply%3D50", Spot(-1, 49296, 50)),
        ("https://vk.com/wall5_7", Spot(5, 7)),
        ("https://vk.com/wall-1_2?reply=x", Spot(-1, 2)),
        ("https://vk.com/club1", None),
        ("https://vk.com/wall-1_99999999999999999", None),
    ],
)
def test_the_post_and_comment_of_a_link_are_read(link: str, spot: Spot | None) -> None:
    assert spot_of(link) == spot


def test_addresses_of_posts_and_comments_lead_back_to_them() -> None:
    assert spot_of(post_url(-1, 2)) == Spot(-1, 2)
    assert comment_url(-1, 2, 3, 4) == "https://vk.com/wall-1_2?reply=3&thread=4"
    assert comment_url(-1, 2, 3, 3) == comment_url(-1, 2, 3)
    assert spot_of(comment_url(-1, 2, 3, 4)) == Spot(-1, 2, 3)
