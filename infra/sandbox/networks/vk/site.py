"""What addresses of vk.com lead to: walls, posts, comments."""

import re
from typing import Final

from infra.sandbox.networks.context import Spot
from infra.sandbox.stage import Stage

_POST: Final = re.compile(r"wall-(\d+)_(\d+)(?:\?(?:.*&)?reply=(\d+).*)?")
_WALL: Final = re.compile(r"(?:club|public|event|wall-)(\d+)")


def spot_of(stage: Stage, address: str) -> Spot | None:
    """Find what a path, with its query, leads to."""
    post = _POST.match(address)
    if post is not None:
        page = stage.find_page(int(post[1]))
        return None if page is None else Spot(page.code, int(post[3] or post[2]))
    path = address.partition("?")[0]
    wall = _WALL.fullmatch(path)
    page = stage.find_page(int(wall[1]) if wall else path)
    return None if page is None else Spot(page.code)
