"""Reading comments: under which posts, how thoroughly, and what is missing of them."""

from collections.abc import Iterator, Sequence
from typing import Final

from services.ingest.sources.meta.harvest import Harvest
from services.ingest.sources.meta.items import Item, Listing
from services.ingest.sources.meta.state import Branch, GraphState, Thread

MOST_EMPTY: Final = 10

_MINUTE: Final = 60
_HOUR: Final = 60 * _MINUTE
# The older a post, the rarer its comments are read without a sign of change.
_AGES: Final = ((24 * _HOUR, 15 * _MINUTE), (72 * _HOUR, 2 * _HOUR))
_OLD: Final = 12 * _HOUR
# An absence that waits to be confirmed is looked at again soon.
_CONFIRMING: Final = 5 * _MINUTE


def plan(state: GraphState, number: int, post: Item, now: int) -> None:
    """Queue the reading of a post's comments if there is a reason to, in this order.

    1. They are being read: not twice at once.
    2. Nobody has commented, and nothing is remembered: nothing to read.
    3. It was long ago, or there are fewer: in full.
    4. There are more, or Meta says that something changed: back to what is known.
    """
    thread, count = state.thread(number), post.comments
    if state.is_being_read(number):
        return
    has_news = post.updated > thread.updated
    thread.updated = max(thread.updated, post.updated)
    before, thread.count = thread.count, thread.count if count is None else count
    if count == 0 and not thread.comments.standing():
        return
    is_due = now - thread.read_at >= _pause(now - post.date, thread)
    if is_due or thread.count < before:
        read_in_full(state, number)
    elif thread.count > before or has_news:
        state.branches.append(Branch(number, whole=False))


def _pause(age: int, thread: Thread) -> int:
    usual = next((pause for limit, pause in _AGES if age < limit), _OLD)
    return min(usual, _CONFIRMING) if thread.comments.is_missing_some() else usual


def read_in_full(state: GraphState, post: int) -> None:
    """Queue a reading of all comments, which then shows what is missing of them."""
    state.drop_branches(post)
    thread = state.thread(post)
    thread.unseen = thread.comments.standing()
    state.branches.append(Branch(post))


def next_branch(state: GraphState) -> Branch:
    """Comments of the newest post first: they are the news."""
    return max(
        state.branches, key=lambda each: (state.posts.date(each.post), each.post)
    )


def read_page(
    state: GraphState, branch: Branch, page: Listing, harvest: Harvest
) -> None:
    """Take in a page of comments, and queue the next one if there is one.

    A page may be empty and still have a next one, but not for ever.
    """
    thread = state.thread(branch.post)
    state.branches.remove(branch)
    meets_known = False
    for item in flat(page.items):
        number = thread.names.number(item.id)
        meets_known = meets_known or thread.comments.get(number) is not None
        if number in thread.unseen:
            thread.unseen.remove(number)
        harvest.take_comment(item, thread)
    state.branches += [
        Branch(branch.post, item.id, item.more_replies, whole=branch.whole)
        for item in page.items
        if item.more_replies
    ]
    empty = 0 if page.items else branch.empty + 1
    is_over = page.after is None or (meets_known and not branch.whole)
    if page.after is not None and not is_over and empty < MOST_EMPTY:
        onward = Branch(branch.post, branch.comment, page.after, branch.whole, empty)
        state.branches.append(onward)
    elif not state.is_being_read(branch.post):
        _finish(state, branch, thread, harvest, certain=empty < MOST_EMPTY)


def flat(items: Sequence[Item]) -> Iterator[Item]:
    """Give comments and the replies that came with them."""
    for item in items:
        yield item
        yield from flat(item.replies)


def _finish(
    state: GraphState,
    branch: Branch,
    thread: Thread,
    harvest: Harvest,
    *,
    certain: bool,
) -> None:
    """Close a reading: ask about what a full one missed, or see that one is needed.

    Missing proves nothing: Graph leaves out what it may not show just now. Each
    missing comment is asked for by its id, and what can not be had then is counted.
    """
    if not branch.whole:
        if len(thread.comments.standing()) < thread.count:
            read_in_full(state, branch.post)
        return
    thread.read_at = int(harvest.now.timestamp())
    unseen, thread.unseen = thread.unseen, []
    post = state.names.name(branch.post)
    if certain:
        state.doubt(f"{post}/{thread.names.name(comment)}" for comment in unseen)


def closed(state: GraphState, post: int, now: int) -> None:
    """Leave the comments of a post that are not shown to us alone for a while."""
    state.drop_branches(post)
    thread = state.thread(post)
    thread.read_at, thread.unseen = now, []
