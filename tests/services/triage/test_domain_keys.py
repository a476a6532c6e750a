"""What a post is called in its network, whichever source has seen it."""

import pytest

from services.triage.domain.keys import own_key


@pytest.mark.parametrize(
    ("key", "kept"),
    [
        ("vk:wall:-1_2", True),
        ("ok:topic:77", True),
        ("tg:-100:5", True),
        ("tme:vetlogorsk/12", True),
        ("post-17", False),
        ("https://feed.example/1", False),
        ("tag:feed.example,2026:1", False),
        ("vk:wall: 1", False),
        ("", False),
        (None, False),
    ],
)
def test_only_a_name_that_is_good_everywhere_is_kept(
    key: str | None,
    kept: bool,  # noqa: FBT001 -- a column of the table
) -> None:
    assert own_key(key) == (key if kept else None)
