"""Comments on a channel's posts: which are read when, and how thoroughly."""

from collections.abc import Sequence
from typing import Final

from services.ingest.sources.max.harvest import Harvest
from services.ingest.sources.max.messages import Item
from services.ingest.sources.max.state import Branch, Chain, ChatState, Thread
from shared.networks.max.names import Spot

_MINUTE: Final = 60
_HOUR: Final = 60 * _MINUTE
_DAY: Final = 24 * _HOUR
_CONFIRMING: Final = _MINUTE
_OVERLAP: Final = 10 * _MINUTE * 1000
# A post does not tell how many comments it has: the older it is, the rarer they are
# looked for. Ages, then pauses between looks for new ones and for all.
_AGES: Final = ((6 * _HOUR, _MINUTE, _HOUR // 2), (3 * _DAY, 10 * _MINUTE, 6 * _HOUR))
_OLD: Final = (_HOUR, _DAY)


def plan(state: ChatState, now: int) -> None:
    """Queue the comments of every post that is due.

    1. They are being read: not twice at once.
    2. The post itself is missing: its own page tells about its comments.
    3. An absence waits to be confirmed, or all were read long ago: all of them.
    4. New ones were looked for long ago: the newest.
    """
    for post in state.messages.standing():
        known = state.messages.get(post)
        if known is None or known.misses or state.is_being_read(post):
            continue
        thread = state.thread(post)
        to_hear, to_read = _pauses(now - known.date // 1000)
        if thread.comments.is_missing_some():
            to_read = _CONFIRMING
        if now - thread.read_at >= to_read:
            read_in_full(state, post)
        elif now - thread.heard_at >= to_hear:
            chain = Chain(max(0, thread.last - _OVERLAP))
            state.branches.append(Branch(post, chain, whole=False))


def _pauses(age: int) -> tuple[int, int]:
    found = (pauses for limit, *pauses in _AGES if age < limit)
    to_hear, to_read = next(found, _OLD)
    return to_hear, to_read


def read_in_full(state: ChatState, post: int) -> None:
    """Queue all comments, which then shows what is missing from them."""
    drop(state, post)
    state.branches.append(Branch(post, Chain(0), whole=True))


def drop(state: ChatState, post: int) -> None:
    """Read a post's comments no further."""
    state.branches = [each for each in state.branches if each.post != post]


def next_branch(state: ChatState) -> Branch:
    """Comments on the newest post first: they are the news."""
    return max(state.branches, key=lambda branch: branch.post)


def take(thread: Thread, items: Sequence[Item], harvest: Harvest) -> None:
    """Take in a page of comments."""
    for item in items:
        harvest.take(item, thread.comments)
        spot = item.spot
        thread.chat = thread.chat if spot is None else spot.chat
    now = int(harvest.now.timestamp() * 1000)
    thread.last = max([thread.last, *(min(item.date, now) for item in items)])


def miss(
    state: ChatState, post: int, harvest: Harvest, *, only: int | None = None
) -> None:
    """Tell that comments are missing: all of a post's, or only one."""
    thread, above = state.thread(post), Spot(state.chat, post).mid
    numbers = thread.comments.standing() if only is None else [only]
    for number in numbers:
        spot = Spot(thread.chat, number)
        harvest.miss(spot, state.chat, thread.comments, post=above)


def finish(thread: Thread, branch: Branch, now: int) -> None:
    """Note that a reading has come to its end."""
    thread.heard_at = now
    if branch.whole:
        thread.read_at = now


def closed(state: ChatState, branch: Branch, now: int) -> None:
    """Leave comments that MAX does not show us alone for a while."""
    state.branches.remove(branch)
    thread = state.thread(branch.post)
    thread.heard_at = thread.read_at = now
