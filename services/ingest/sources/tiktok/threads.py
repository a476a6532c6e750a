"""Reading comments: of which videos, and what is missing from them."""

from typing import Final

from services.ingest.sources.tiktok.harvest import Harvest
from services.ingest.sources.tiktok.parse import Item, comment_of
from services.ingest.sources.tiktok.state import Branch, TikTokState
from shared.networks.tiktok.client import Page

MOST_EMPTY: Final = 10

_MINUTE: Final = 60
_HOUR: Final = 60 * _MINUTE
_DAY: Final = 24 * _HOUR
_CONFIRMING: Final = 5 * _MINUTE
_SILENT_FOR: Final = 6 * _HOUR
# The older a video, the rarer its comments are read without a sign of change.
_AGES: Final = ((_DAY, _HOUR), (3 * _DAY, 4 * _HOUR))
_OLD: Final = 12 * _HOUR


def plan(state: TikTokState, video: Item, now: int) -> None:
    """Queue the reading of a video's comments if there is a reason to, in this order.

    1. They are being read: not twice at once.
    2. An absence waits to be confirmed, or it was long ago: in full.
    3. The count changed: in full, since pages have no order that could be trusted.

    A count of nought may be days old, so that the silent are read, too, but rarely.
    """
    if state.is_being_read(video.video):
        return
    thread = state.thread(video.video)
    count = video.metrics.get("comments", thread.count)
    age = now - video.date
    if thread.comments.is_missing_some():
        pause = _CONFIRMING
    elif not count and not len(thread.comments):
        pause = max(_SILENT_FOR - age, 0) if not thread.read_at else _OLD
        if not thread.read_at and pause:
            return
    else:
        pause = next((pause for limit, pause in _AGES if age < limit), _OLD)
    if now - thread.read_at >= pause or count != thread.count:
        thread.count = count
        thread.unseen = thread.comments.standing()
        thread.is_certain = True
        state.branches.append(Branch(video.video))


def next_branch(state: TikTokState) -> Branch:
    """Comments of the newest video first: they are the news."""
    return max(
        state.branches, key=lambda each: (state.videos.date(each.video), each.video)
    )


def read_page(
    state: TikTokState, branch: Branch, page: Page, harvest: Harvest, now: int
) -> None:
    """Take in a page, and queue the next one and the replies there are."""
    thread = state.thread(branch.video)
    state.branches.remove(branch)
    for data in page.records:
        item = comment_of(data, harvest.unknown, video=branch.video)
        if item is None:
            continue
        if item.comment in thread.unseen:
            thread.unseen.remove(item.comment)
        harvest.take(item, thread.comments)
        if not branch.comment and item.metrics.get("comments"):
            state.branches.append(Branch(branch.video, item.comment))
    empty = 0 if page.records else branch.empty + 1
    if page.onward is not None:
        if page.onward > branch.cursor and empty < MOST_EMPTY:
            onward = Branch(branch.video, branch.comment, page.onward, empty)
            state.branches.append(onward)
        else:
            thread.is_certain = False
    if not state.is_being_read(branch.video):
        _finish(state, branch.video, harvest, now)


def _finish(state: TikTokState, video: int, harvest: Harvest, now: int) -> None:
    """Close a reading, and count what it missed."""
    thread = state.thread(video)
    thread.read_at = now
    unseen, thread.unseen = thread.unseen, []
    for comment in unseen if thread.is_certain else ():
        known = thread.comments.get(comment)
        if known is not None and not known.is_gone:
            harvest.lose_comment(video, comment, thread)


def closed(state: TikTokState, video: int, now: int) -> None:
    """Leave comments that TikTok does not show us alone for a while."""
    state.drop_branches(video)
    thread = state.thread(video)
    thread.read_at, thread.unseen = now, []
