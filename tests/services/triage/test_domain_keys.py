"""What a post is called in its network, whichever source has seen it."""

import pytest

from services.triage.domain.keys import own_key


@pytest.mark.parametrize(
    ("network", "key", "kept"),
    [
        ("vk", "vk:wall:-1_2", True),
        ("ok", "ok:GROUP_TOPIC:155000:b64==", True),
        ("telegram", "telegram:c/5/12", True),
        ("max", "max:-7/mid.1", True),
        ("vk", "wall:-1_2", False),
        ("vk", "ok:topic:77", False),
        ("vk", "post-17", False),
        ("rss", "https://feed.example/1", False),
        ("vk", "", False),
        ("vk", None, False),
    ],
)
def test_only_a_name_that_is_good_everywhere_is_kept(
    network: str,
    key: str | None,
    kept: bool,  # noqa: FBT001 -- a column of the table
) -> None:
    assert own_key(network, key) == (key if kept else None)
