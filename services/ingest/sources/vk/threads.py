"""Reading comment trees: which, how thoroughly, and what is missing from them."""

from collections.abc import Sequence
from typing import Final

from services.ingest.sources.base import Evidence
from services.ingest.sources.vk.harvest import Harvest
from services.ingest.sources.vk.parse import Item, flat
from services.ingest.sources.vk.state import Branch, Thread, WallState

PAGE: Final = 100
SHOWN_REPLIES: Final = 10

_MINUTE: Final = 60
_HOUR: Final = 60 * _MINUTE
_DAY: Final = 24 * _HOUR
_CONFIRMING: Final = _MINUTE
# Without a change of the count only edits can be missed: the older the post, the
# rarer its comments are read all the same. A key has three calls a second for all.
_AGES: Final = ((6 * _HOUR, _HOUR), (3 * _DAY, 12 * _HOUR))
_OLD: Final = _DAY


def plan(state: WallState, post: Item, now: int) -> None:
    """Queue the reading of a post's comments if there is a reason to, in this order.

    1. It is being read: not twice at once.
    2. Nobody has commented, and nothing is remembered: nothing to read.
    3. An absence waits to be confirmed, or it was long ago: in full.
    4. The count grew: from the last comment of the first level on.
    5. The count changed otherwise: in full.
    """
    thread = state.thread(post.id)
    count = post.comments
    if state.is_being_read(post.id) or not (count or len(thread.comments)):
        thread.count = count or 0
        return
    age = now - thread.read_at
    is_due = age >= _pause(thread, now - post.date)
    has_changed = count is not None and count != thread.count
    has_grown = count is not None and count > thread.count
    if is_due or (has_changed and not (has_grown and thread.last)):
        read_in_full(state, post.id)
    elif has_changed:
        branch = Branch(post.id, start=thread.last, whole=False)
        state.branches.append(branch)
    thread.count = thread.count if count is None else count


def _pause(thread: Thread, age: int) -> int:
    if thread.comments.is_missing_some():
        return _CONFIRMING
    return next((pause for limit, pause in _AGES if age < limit), _OLD)


def read_in_full(state: WallState, post: int) -> None:
    """Queue a reading of the whole tree, which then shows what is missing from it."""
    state.drop_branches(post)
    thread = state.thread(post)
    thread.unseen = thread.comments.standing()
    state.branches.append(Branch(post))


def next_branches(state: WallState, most: int) -> list[Branch]:
    """Comments of the newest posts first: they are the news."""
    return sorted(
        state.branches,
        key=lambda branch: (state.posts.date(branch.post), branch.post),
        reverse=True,
    )[:most]


def read_page(
    state: WallState, branch: Branch, items: Sequence[Item], harvest: Harvest
) -> None:
    """Take in a page of one level, and queue what it shows there is more of."""
    thread = state.thread(branch.post)
    state.branches.remove(branch)
    for item in flat(list(items)):
        if item.id in thread.unseen:
            thread.unseen.remove(item.id)
        harvest.take(item, thread.comments)
    _queue_replies(state, branch, items)
    fresh = [item.id for item in items if item.id > branch.start]
    if not branch.comment:
        thread.last = max([thread.last, *fresh])
    if fresh and len(items) >= PAGE:
        onward = Branch(branch.post, branch.comment, max(fresh), branch.whole)
        state.branches.append(onward)
    elif not state.is_being_read(branch.post):
        _finish(state, branch, thread, harvest)


def _queue_replies(state: WallState, branch: Branch, items: Sequence[Item]) -> None:
    """Read threads that VK did not show whole; it shows ten replies at most.

    The tail that is read for news repeats its first comment: that one is not new.
    """
    for item in flat(list(items)):
        is_new = branch.whole or item.id > branch.start
        is_cut = item.replies_count > len(item.replies)
        if is_new and is_cut and item.id != branch.comment:
            deeper = Branch(branch.post, item.id, whole=branch.whole)
            state.branches.append(deeper)


def _finish(state: WallState, branch: Branch, thread: Thread, harvest: Harvest) -> None:
    """Close a reading: count what a full one missed, or see that one is needed."""
    if not branch.whole:
        if len(thread.comments.standing()) < thread.count:
            read_in_full(state, branch.post)
        return
    thread.read_at = int(harvest.now.timestamp())
    unseen, thread.unseen = thread.unseen, []
    for comment in unseen:
        known = thread.comments.get(comment)
        if known is not None and not known.is_gone:
            harvest.lose_comment(
                state.owner, branch.post, comment, Evidence.ABSENT, thread.comments
            )


def closed(state: WallState, post: int, now: int) -> None:
    """Leave the comments of a post that VK does not show us alone for a while."""
    state.drop_branches(post)
    thread = state.thread(post)
    thread.read_at, thread.unseen = now, []
