"""Reading discussions: which, how thoroughly, and what is missing from them."""

from collections.abc import Sequence
from typing import Final

from services.ingest.sources.base import Evidence
from services.ingest.sources.ok.harvest import Harvest
from services.ingest.sources.ok.parse import Item
from services.ingest.sources.ok.state import Branch, GroupState, Thread
from shared.networks.ok.discussions import Page
from shared.networks.ok.times import milliseconds

MOST_EMPTY: Final = 10

_MINUTE: Final = 60_000
_DAY: Final = 24 * 60 * _MINUTE
_CONFIRMING: Final = _MINUTE
# The older a topic, the rarer its comments are read without a sign of change.
_AGES: Final = ((_DAY, 15 * _MINUTE), (3 * _DAY, 2 * 60 * _MINUTE))
_OLD: Final = _DAY // 2


def plan(state: GroupState, topic: Item, now: int) -> None:
    """Queue the reading of a topic's comments if there is a reason to, in this order.

    1. It is being read: not twice at once.
    2. Nobody has commented, and nothing is remembered: nothing to read.
    3. An absence waits to be confirmed, or it was long ago: in full.
    4. The count grew: its new end, back to what is known.
    5. The count changed otherwise: in full.
    """
    thread = state.thread(topic.topic)
    count = topic.comments
    if state.is_being_read(topic.topic) or not (count or len(thread.comments)):
        thread.count = count or 0
        return
    is_due = now - thread.read_at >= _pause(thread, now - topic.date)
    has_changed = count is not None and count != thread.count
    has_grown = count is not None and count > thread.count
    knows_some = len(thread.comments) > 0 and not state.by_offset
    if is_due or (has_changed and not (has_grown and knows_some)):
        read_in_full(state, topic.topic)
    elif has_changed:
        state.branches.append(Branch(topic.topic, whole=False))
    thread.count = thread.count if count is None else count


def _pause(thread: Thread, age: int) -> int:
    if thread.comments.is_missing_some():
        return _CONFIRMING
    return next((pause for limit, pause in _AGES if age < limit), _OLD)


def read_in_full(state: GroupState, topic: int) -> None:
    """Queue a reading from the start, which then shows what is missing from it."""
    state.drop_branches(topic)
    thread = state.thread(topic)
    thread.unseen = thread.comments.standing()
    state.branches.append(Branch(topic))


def next_branch(state: GroupState) -> Branch:
    """Comments of the newest topic first: they are the news."""
    return max(
        state.branches, key=lambda each: (state.topics.date(each.topic), each.topic)
    )


def read_page(
    state: GroupState,
    branch: Branch,
    page: Page,
    items: Sequence[Item],
    harvest: Harvest,
) -> None:
    """Take in a page of a discussion, and queue the next one if there is one.

    A page may be empty and still promise more. Where `null` came nothing is certain:
    the count is forgotten, so that the discussion is read again.
    """
    thread = state.thread(branch.topic)
    state.branches.remove(branch)
    meets_known = False
    for item in items:
        number = thread.names.number(item.comment)
        meets_known = meets_known or thread.comments.get(number) is not None
        if number in thread.unseen:
            thread.unseen.remove(number)
        harvest.take_comment(item, thread)
    if not page.told:
        thread.count, thread.unseen = 0, []
        return
    empty = 0 if page.comments else branch.empty + 1
    is_over = page.onward is None or (meets_known and not branch.whole)
    if page.onward is not None and not is_over and empty < MOST_EMPTY:
        onward = Branch(branch.topic, page.onward, branch.whole, empty)
        state.branches.append(onward)
        return
    _finish(state, branch, harvest, certain=empty < MOST_EMPTY)


def _finish(
    state: GroupState, branch: Branch, harvest: Harvest, *, certain: bool
) -> None:
    """Close a reading: count what a full one missed, or see that one is needed."""
    thread = state.thread(branch.topic)
    if not branch.whole:
        if len(thread.comments.standing()) < thread.count:
            read_in_full(state, branch.topic)
        return
    thread.read_at = milliseconds(harvest.now)
    unseen, thread.unseen = thread.unseen, []
    for comment in unseen if certain else ():
        known = thread.comments.get(comment)
        if known is not None and not known.is_gone:
            harvest.lose_comment(
                state.group, branch.topic, comment, Evidence.ABSENT, thread
            )


def closed(state: GroupState, topic: int, now: int) -> None:
    """Leave a discussion that OK does not show us alone for a while."""
    state.drop_branches(topic)
    thread = state.thread(topic)
    thread.read_at, thread.unseen = now, []
