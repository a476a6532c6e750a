"""Reading the pages of a wall, whose offsets shift while we read."""

from collections.abc import Sequence
from typing import Final

from services.ingest.sources.vk.parse import Item
from services.ingest.sources.vk.state import Chain, WallState

PAGE: Final = 100
OVERLAP: Final = 10
STEP_BACK: Final = 50


def follow(chain: Chain, posts: Sequence[Item], shown: int) -> Chain | None:
    """Say where to read on after a page; None when the chain has reached its end.

    1. The pinned post stands first whatever its date: it says nothing about the rest.
    2. Posts that came meanwhile push the rest down: the next page repeats some.
    3. Posts that went meanwhile pull the rest up: when the whole page is older than
       the last post read, something may have been jumped over, and we step back.
    4. A page that reaches `until`, or is not full, is the last one.
    """
    dates = [post.date for post in posts if not post.pinned]
    if chain.offset and chain.last and dates and max(dates) < chain.last:
        back = max(0, chain.offset - STEP_BACK)
        return Chain(chain.until, back, chain.last)
    oldest = min(dates, default=chain.last)
    if shown < PAGE or oldest <= chain.until:
        return None
    return Chain(chain.until, chain.offset + shown - OVERLAP, oldest)


def missing_on(state: WallState, chain: Chain, posts: Sequence[Item]) -> list[int]:
    """Remembered posts that this page should have shown, and did not."""
    dates = [post.date for post in posts if not post.pinned]
    if not dates:
        return []
    shown = {post.id for post in posts}
    newest = max(dates) if chain.offset else None
    return [
        number
        for number in state.posts.standing()
        if number not in shown and _between(state, number, min(dates), newest)
    ]


def _between(state: WallState, number: int, oldest: int, newest: int | None) -> bool:
    known = state.posts.get(number)
    if known is None or known.date <= oldest:
        return False
    return newest is None or known.date < newest
