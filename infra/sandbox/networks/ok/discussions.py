"""Discussions: comments from both ends, where something was written, answers."""

from typing import Any, Final

from infra.sandbox.networks.context import Published, ResponseLost
from infra.sandbox.networks.ok.call import GROUP_TOPIC, Call, Method
from infra.sandbox.networks.ok.errors import OkError
from infra.sandbox.networks.ok.ids import comment_id, find_comment, topic_id
from infra.sandbox.networks.ok.objects import comment, old_comment
from infra.sandbox.networks.ok.paging import newest_first, oldest_first, places_of
from infra.sandbox.networks.ok.times import unix_ms
from infra.sandbox.stage import Item, StagePage
from infra.sandbox.stage.plans import WriteMode

LONGEST: Final = 3000
STOP_WORD: Final = "казино"
_CONSTANTS: Final = frozenset({"FIRST", "LAST", "UNREAD"})
_DIRECTIONS: Final = frozenset({"FORWARD", "BACKWARD"})


def get_comments(call: Call) -> dict[str, Any]:
    """List comments from an anchor on or back; removed ones only if asked for.

    A page is cut before what nobody may see is left out, so that it may be empty and
    still have a next one.
    """
    call.session()
    root = call.topic(call.text("discussionId"), call.text("discussionType"))
    if call.flag("mark_as_read", default=True):
        call.server.mark_as_read(root)
    anchor = call.text("anchor") or "FIRST"
    direction = call.text("direction") or "FORWARD"
    if direction not in _DIRECTIONS:
        raise OkError(100, "direction")
    cut = oldest_first if direction == "FORWARD" else newest_first
    start = "" if anchor in _CONSTANTS else anchor
    places = places_of(call.stage.comments(root.page, root.id))
    part = cut(places, start, call.count())
    items = [call.stage.item(root.page, number) for _, number in sorted(part.places)]
    shown = _visible(call, items)
    number = _number(call, root)
    told: dict[str, Any] = {
        "discussionId": number,
        "discussionType": GROUP_TOPIC,
        "has_more": part.has_more,
        "comments": [comment(call.server, item, number) for item in shown],
    }
    return told | ({"anchor": part.anchor} if part.anchor else {})


def get_discussion_comments(call: Call) -> dict[str, Any]:
    """List comments by offset; OK really calls the list `commentss`."""
    call.session()
    root = call.topic(call.text("entityId"), call.text("entityType"))
    comments = call.stage.comments(root.page, root.id)
    standing = [item for item in comments if not item.is_deleted]
    start = max(0, call.number("offset", 0))
    shown = standing[start : start + call.count()]
    number = _number(call, root)
    return {"commentss": [old_comment(call.server, item, number) for item in shown]}


def get_list(call: Call) -> dict[str, Any]:
    """List the discussions in the user's groups, the latest written in first."""
    token = call.session()
    pages = [
        page for page in call.stage.pages if token.owner in {None, page.code}
    ]  # An administrator of the sandbox has joined no other group.
    active = [each for page in pages for each in _discussions(call, page)]
    active.sort(key=lambda each: int(each["last_activity_date_ms"]), reverse=True)
    return {"discussions": active[: call.count()], "has_more": False}


def add_discussion_comment(call: Call) -> str:
    """Publish the official answer of a group's administrator; return its id."""
    root = call.topic(call.text("entityId"), call.text("entityType"))
    page = call.stage.page(root.page)
    token = call.check_admin(page)
    text = call.text("comment")
    if not call.flag("as_admin") or root.comments_closed:
        raise OkError(10)
    if not text.strip():
        raise OkError(100, "comment")
    if len(text) > LONGEST:
        raise OkError(601)
    if STOP_WORD in text.lower():
        raise OkError(454)
    target = _target(call, root)
    went = call.server.network.publish(
        page.code, target.id, text, token=token, guid=None
    )
    return _told(call, went, root, target)


def _visible(call: Call, items: list[Item]) -> list[Item]:
    includes = call.flag("includeRemoved")
    return [
        item
        for item in items
        if not item.is_deleted
        or (includes and (item.page, item.id) not in call.server.vanished)
    ]


def _number(call: Call, root: Item) -> str:
    return topic_id(call.stage.page(root.page), root.id)


def _discussions(call: Call, page: StagePage) -> list[dict[str, Any]]:
    return [
        _discussion(call, page, post)
        for post in call.stage.posts(page.code)
        if post.counters.comments
    ]


def _discussion(call: Call, page: StagePage, post: Item) -> dict[str, Any]:
    """Count what was written since the person has read, and tell the last word."""
    read_at = call.server.read_at.get((post.page, post.id))
    written = [item.created_at for item in call.stage.comments(post.page, post.id)]
    return {
        "object_id": topic_id(page, post.id),
        "object_type": GROUP_TOPIC,
        "new_comments_count": sum(read_at is None or at > read_at for at in written),
        "last_activity_date_ms": unix_ms(max(written)),
    }


def _target(call: Call, root: Item) -> Item:
    """Find what is answered: the topic, or a comment of it that still stands."""
    name = call.text("reply_to_comment_id")
    if not name:
        return root
    above = find_comment(call.stage, root, name)
    if above is None:
        raise OkError(141)
    if above.is_deleted:
        raise OkError(700)
    return above


def _told(call: Call, went: Published, root: Item, target: Item) -> str:
    """Answer as the write plan wants it."""
    if went.mode is WriteMode.LIMITED:
        raise OkError(went.code or 8)
    if went.mode is WriteMode.DELETED_TARGET:
        raise OkError(went.code or (300 if target.root is None else 700))
    if went.item is None:
        raise OkError(went.code or 454)
    if went.mode is WriteMode.LOST:
        raise ResponseLost
    return comment_id(went.item, _number(call, root))


METHODS: Final[dict[str, Method]] = {
    "discussions.getComments": get_comments,
    "discussions.getDiscussionComments": get_discussion_comments,
    "discussions.getList": get_list,
    "discussions.addDiscussionComment": add_discussion_comment,
}
