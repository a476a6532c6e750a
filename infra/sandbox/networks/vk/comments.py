"""wall.getComments: a tree of two levels, read by a cursor."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from infra.sandbox.networks.vk.call import Call
from infra.sandbox.networks.vk.errors import VkError
from infra.sandbox.networks.vk.objects import (
    PREVIEW,
    author_id,
    people,
    thread_of,
    wall_comment,
)
from infra.sandbox.stage import Item, Stage

MOST: Final = 100
MOST_OF_A_THREAD: Final = 10


@dataclass(frozen=True)
class _Tree:
    """Comments of a post: the top ones, and the replies below each."""

    top: list[Item]
    threads: dict[int, list[Item]]
    count: int


def get_comments(call: Call) -> dict[str, Any]:
    """List top comments, or the thread of `comment_id`."""
    page = call.wall()
    post = call.post(page)
    stage = call.network.stage
    tree = _tree(stage, stage.comments(page.code, post.id))
    level = _level(call, tree)
    start, shown = _window(call, level)
    can_post = not post.comments_closed
    thread = {
        "can_post": can_post,
        "show_reply_button": can_post,
        "groups_can_post": can_post,
    }
    told = {
        "count": tree.count,
        "items": [_written(call, item, tree, thread) for item in shown],
        "current_level_count": len(level),
        **thread,
    }
    if call.number("start_comment_id", 0):
        told["real_offset"] = start
    if call.flag("extended"):
        told |= people(stage, shown) | {"post_author_id": author_id(post.writer)}
    return told


def _tree(stage: Stage, items: Sequence[Item]) -> _Tree:
    """Sort comments; a deleted one stays, as a stub, where somebody answered it."""
    threads: dict[int, list[Item]] = {}
    for item in items:
        top = thread_of(stage, item)
        if top is not None and not item.is_deleted:
            threads.setdefault(top, []).append(item)
    top_items = [
        item
        for item in items
        if item.parent == item.root and (not item.is_deleted or item.id in threads)
    ]
    standing = sum(not item.is_deleted for item in items)
    return _Tree(top_items, threads, standing)


def _level(call: Call, tree: _Tree) -> list[Item]:
    above = call.number("comment_id", 0)
    if above and above not in {item.id for item in tree.top}:
        raise VkError(100, "comment_id is invalid")
    level = tree.threads.get(above, []) if above else tree.top
    return list(reversed(level)) if call.text("sort") == "desc" else list(level)


def _window(call: Call, level: Sequence[Item]) -> tuple[int, Sequence[Item]]:
    """Cut out a page: from `start_comment_id` (included) on, moved by `offset`."""
    start = 0
    if begin := call.number("start_comment_id", 0):
        is_before = [_is_before(call, item, begin) for item in level]
        start = sum(is_before)
    start = max(0, start + call.number("offset", 0))
    return start, level[start : start + call.at_most("count", 10, MOST)]


def _is_before(call: Call, item: Item, begin: int) -> bool:
    return item.id > begin if call.text("sort") == "desc" else item.id < begin


def _written(
    call: Call, item: Item, tree: _Tree, thread: dict[str, bool]
) -> dict[str, Any]:
    comment = _comment(call, item)
    if item.parent != item.root:
        return comment
    replies = tree.threads.get(item.id, [])
    first = replies[: call.at_most("thread_items_count", 0, MOST_OF_A_THREAD)]
    comment["thread"] = {
        "count": len(replies),
        "items": [_comment(call, one) for one in first],
        **thread,
    }
    return comment


def _comment(call: Call, item: Item) -> dict[str, Any]:
    return wall_comment(
        call.network.stage,
        item,
        need_likes=call.flag("need_likes"),
        preview=max(0, call.number("preview_length", PREVIEW)),
    )
