"""What addresses of t.me lead to: channels, posts, comments in discussion groups."""

import re
from typing import Final

from infra.sandbox.networks.context import Spot
from infra.sandbox.networks.telegram.shapes import group_number, item_of
from infra.sandbox.stage import Stage

_COMMENT: Final = re.compile(r"c/(\d+)/(\d+)")
_POST: Final = re.compile(r"(?:s/)?(\w+?)(?:_bot)?(?:/(\d+))?")


def spot_of(stage: Stage, address: str) -> Spot | None:
    """Find what a path, with its query, leads to; a bot leads to its channel."""
    path = address.partition("?")[0]
    comment = _COMMENT.fullmatch(path)
    if comment is not None:
        number, item = int(comment[1]), item_of(int(comment[2]))
        groups = {group_number(page): page.code for page in stage.pages}
        return Spot(groups[number], item) if number in groups else None
    post = _POST.fullmatch(path)
    page = None if post is None else stage.find_page(post[1])
    if page is None or post is None:
        return None
    return Spot(page.code, int(post[2]) if post[2] else None)
